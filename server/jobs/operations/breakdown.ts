import type { SelectionBreakdown } from '../../../schemas/index.ts'
import type { EngineJob } from '../../engines/engine.ts'
import { groupsOfJob } from '../../errors/jobs-of-group.ts'
import { parseError } from '../../errors/parse-error.ts'
import type { StoredBreakdown } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { visibleJobs } from '../resource.ts'
import { showJob } from '../show.ts'

const pageOfIds = 1_000
const maxErrors = 4
const maxTitle = 200
const maxSample = 3
const steps = 36

/**
 * What the given jobs of a selection are made of: how many have which error, when they ended, and a sample. For what is stored,
 * errors and jobs are only named by ids; their texts are read when it is shown.
 */
export async function describeJobs(scope: ActingScope, ids: readonly string[]): Promise<StoredBreakdown> {
  const jobs: EngineJob[] = []
  for (let from = 0; from < ids.length; from += pageOfIds) {
    jobs.push(...(await visibleJobs(scope, await scope.kit.engine.read(ids.slice(from, from + pageOfIds)))))
  }
  const failed = jobs.filter(({ error, state }) => error !== undefined && state !== 'completed')
  const groups = [...Map.groupBy(failed, (job) => groupsOfJob(scope.kit, job).fingerprint).values()].toSorted((a, b) => b.length - a.length)
  const byError = groups.slice(0, maxErrors).map((group) => ({ job: group[0]!.id, count: group.length }))
  const counted = byError.reduce((sum, { count }) => sum + count, 0)
  return { looked: jobs.length, byError, otherErrors: failed.length - counted, times: timesOf(jobs), sample: newestOf(jobs) }
}

/** When they ended, if most have, otherwise when they were created. */
function timesOf(jobs: EngineJob[]): StoredBreakdown['times'] {
  const ended = jobs.filter(({ finishedAt }) => finishedAt).length * 2 > jobs.length
  const times = jobs.flatMap(({ finishedAt, createdAt }) => (ended ? (finishedAt?.getTime() ?? []) : createdAt.getTime()))
  if (times.length === 0) return undefined
  const from = times.reduce((least, time) => Math.min(least, time))
  const to = times.reduce((most, time) => Math.max(most, time))
  const stepSeconds = Math.max(1, Math.ceil((to - from + 1) / 1_000 / steps))
  const counts = Array.from({ length: Math.floor((to - from) / 1_000 / stepSeconds) + 1 }, () => 0)
  for (const time of times) counts[Math.floor((time - from) / 1_000 / stepSeconds)]! += 1
  return { which: ended ? 'finished' : 'created', from: new Date(from).toISOString(), stepSeconds, counts }
}

function newestOf(jobs: EngineJob[]): string[] {
  return jobs
    .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1))
    .slice(0, maxSample)
    .map(({ id }) => id)
}

/** The texts of at most seven jobs, as this actor may see them now. An error whose job is gone or has run since counts among the others. */
export async function showBreakdown(scope: ActingScope, stored: StoredBreakdown): Promise<SelectionBreakdown> {
  const ids = [...new Set([...stored.byError.map(({ job }) => job), ...stored.sample])]
  const jobs = new Map((await visibleJobs(scope, await scope.kit.engine.read(ids))).map((job) => [job.id, showJob(scope.viewer, job, 'preview')]))
  const byTitle = new Map<string, number>()
  for (const { job, count } of stored.byError) {
    const error = jobs.get(job)?.error
    if (error !== undefined) byTitle.set(titleOf(error), (byTitle.get(titleOf(error)) ?? 0) + count)
  }
  const all = stored.byError.reduce((sum, { count }) => sum + count, stored.otherErrors)
  const named = [...byTitle.values()].reduce((sum, count) => sum + count, 0)
  const sample = stored.sample.flatMap((id) => {
    const job = jobs.get(id)
    return job ? [{ id, queue: job.queue, worker: job.worker, state: job.state, args: job.args, at: job.finishedAt ?? job.createdAt }] : []
  })
  return { looked: stored.looked, times: stored.times, byError: [...byTitle].map(([title, count]) => ({ title, count })), otherErrors: all - named, sample }
}

function titleOf(error: string): string {
  const [line = ''] = parseError({ text: error }).message.split('\n')
  return (line || error).slice(0, maxTitle)
}
