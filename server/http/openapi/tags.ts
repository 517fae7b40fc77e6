/** The chapters of the document, with the first segments of the paths that belong to each. */
export const tags: readonly { name: string; description: string; paths: readonly string[] }[] = [
  { name: 'Session', description: 'Who is signed in, what they may do, and what the engine can do.', paths: ['session'] },
  { name: 'Overview', description: 'Whether work is moving, what is wrong, and what changed.', paths: ['overview'] },
  { name: 'Operations', description: 'The only way to change anything: preview and execute, or both in one request with an `Idempotency-Key`.', paths: ['previews', 'operations'] },
  { name: 'Jobs', description: 'Search, count and export jobs; one job with its attempts; saved views.', paths: ['jobs', 'job-views'] },
  { name: 'Bulk runs', description: 'Operations on many jobs: progress, outcomes, what became of the jobs.', paths: ['bulk'] },
  { name: 'Queues', description: 'Depth, waiting time, rates and the diagnosis of each queue.', paths: ['queues'] },
  { name: 'Executors', description: 'Worker processes as they report themselves.', paths: ['executors'] },
  { name: 'Cron', description: 'Cron entries, their history and their coming runs.', paths: ['cron-entries', 'cron-runs', 'cron-schedule'] },
  { name: 'Incidents', description: 'What the detector found, with evidence and repairs, and the webhooks that were sent about it.', paths: ['incidents', 'webhook-deliveries'] },
  { name: 'Errors', description: 'Failed attempts, grouped by error.', paths: ['errors'] },
  { name: 'Forensics', description: 'Everything known about one subject, and how complete that is.', paths: ['forensics'] },
  { name: 'Audit', description: 'The append-only record of what was done, refused and observed.', paths: ['audit-events'] },
  { name: 'Deploys', description: 'Marks of deploys, which charts and chronologies show.', paths: ['deploys'] },
  { name: 'Live', description: 'Hints about what changed, as server-sent events.', paths: ['live'] },
  { name: 'Service', description: 'Health, readiness, metrics and this document.', paths: ['healthz', 'readyz', 'metrics', 'openapi.json'] },
]

export function tagOf(path: string): string {
  const segment = path.split('/')[1]!
  const tag = tags.find(({ paths }) => paths.includes(segment))
  if (!tag) throw new Error(`No tag of server/http/openapi/tags.ts has the path ${path}.`)
  return tag.name
}
