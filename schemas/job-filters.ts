/**
 * The filters of the job list as data. The API's query, the flags of the command line, the fields and chips of the page and the
 * filter that engines get are derived from these tables. No zod here, because elements load this file.
 *
 * An engine that cannot evaluate a filter lists it in `lacks` as `filter_<name>`, with the reason.
 */

/** How a value is entered and validated; in a URL each is text. */
export type JobFilterKind =
  | { kind: 'states' }
  | { kind: 'text'; max: number; hinted?: true; pattern?: string; expected?: string }
  | { kind: 'integer'; min: number; max: number }
  | { kind: 'object'; max: number }
  | { kind: 'choice'; choices: readonly string[] }
  | { kind: 'instant' }

/** Times of a job that lists filter and sort by. */
export const jobTimes = ['created', 'due', 'finished'] as const
export type JobTimeName = (typeof jobTimes)[number]

export const jobFilterTable = {
  state: { label: 'State', kind: 'states' },
  queue: { label: 'Queue', kind: 'text', max: 300, hinted: true },
  notQueue: { label: 'Not queue', kind: 'text', max: 300 },
  worker: { label: 'Worker', kind: 'text', max: 300, hinted: true },
  id: { label: 'Id', kind: 'text', max: 400 },
  tag: { label: 'Tag', kind: 'text', max: 300, hinted: true },
  args: { label: 'Arguments contain', kind: 'object', max: 4000 },
  error: { label: 'Error text', kind: 'text', max: 300 },
  words: { label: 'Error or arguments', kind: 'text', max: 300 },
  cronEntry: { label: 'Cron entry', kind: 'text', max: 100 },
  incident: { label: 'Incident', kind: 'text', max: 40, pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', expected: 'the id of an incident, a UUID' },
  errorGroup: { label: 'Error', kind: 'text', max: 40, pattern: '^e\\d{1,3}:[0-9a-f]{16}$', expected: 'a fingerprint such as e1:7c0d41b2a90f33e8' },
  failedAgain: { label: 'Failed again after run', kind: 'text', max: 40, pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', expected: 'the id of a bulk run, a UUID' },
  /** The time to which `from` and `to` apply. */
  time: { label: 'Time', kind: 'choice', choices: jobTimes },
  /** Inclusive. */
  from: { label: 'From', kind: 'instant' },
  /** Exclusive. */
  to: { label: 'Until', kind: 'instant' },
} as const satisfies Record<string, JobFilterKind & { label: string }>

type Table = typeof jobFilterTable
export type JobFilterName = keyof Table
export type JobFilterValue<Name extends JobFilterName> = Table[Name] extends { choices: readonly (infer Choice)[] } ? Choice : string

/** Filters that name a set of jobs by an id of ours. Engines know nothing of them: the set is resolved into what they do know. */
export const jobSetNames = ['incident', 'errorGroup', 'failedAgain'] as const satisfies readonly JobFilterName[]
export type JobSetName = (typeof jobSetNames)[number]

/** Flags of the command line: the placeholder of the value, and the help. A table of its own, because no element needs it. */
export const jobFilterFlags: Record<JobFilterName, [value: string, help: string]> = {
  state: ['states', 'jobs in these states, separated by commas'],
  queue: ['queue', 'jobs of this queue'],
  notQueue: ['queue', 'jobs of all queues but this one'],
  worker: ['worker', 'jobs of this worker'],
  id: ['id', 'the job with this id'],
  tag: ['tag', 'jobs with this tag'],
  args: ['json', 'jobs whose arguments contain this object, e.g. \'{"orderId":1}\''],
  error: ['text', 'jobs with this text in the last error, case-insensitive'],
  words: ['text', 'jobs with this text in the last error or the arguments, case-insensitive'],
  cronEntry: ['name', 'jobs created by this cron entry'],
  incident: ['id', 'jobs that this incident affects'],
  errorGroup: ['fingerprint', 'jobs whose last error belongs to this group'],
  failedAgain: ['run', 'jobs that failed for good again after this bulk run'],
  time: ['which', 'the time that --from and --to refer to: created (default), due, finished'],
  from: ['instant', 'jobs whose time is at or after this, e.g. 2026-11-21T02:00:00Z'],
  to: ['instant', 'jobs whose time is before this'],
}
