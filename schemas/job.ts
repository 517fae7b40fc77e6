import { z } from 'zod'
import { auditEvent } from './audit.ts'
import { permission } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { errorHistogram, stackLine } from './error-group.ts'
import { bundle } from './forensics.ts'
import { type JobFilterKind, type JobFilterName, jobFilterFlags, jobFilterTable, type JobFilterValue, jobTimes } from './job-filters.ts'
import { page, pageQuery } from './page.ts'
import { countMethods, jobStates, waitReasons } from './vocabulary.ts'
import { findUnstorable, instant, text, words } from './words.ts'

/** The engine's id of a job, unique across its queues; opaque to clients. */
export const jobId = text({ max: 400 })

/** Changes whenever the job's state does. Sent back by a client, it identifies the state that the operator saw. */
export const jobVersion = text({ max: 200 })

const stateList = text({ max: 200 }).refine(
  (list) => list.split(',').every((state) => Object.hasOwn(jobStates, state)),
  { error: `expected job states separated by commas: ${Object.keys(jobStates).join(', ')}` },
)

/** Close to the limits of PostgreSQL's numeric type. */
const maxExponent = 10_000

const jsonObjectText = text({ max: jobFilterTable.args.max })
  .superRefine((text, context) => {
    const parsed = parseObject(text)
    const message = parsed ? findUnstorable(parsed, 'as written')?.message : 'expected a JSON object as text, e.g. {"orderId":1}'
    if (message) context.addIssue({ code: 'custom', message })
  })
  .refine((given) => !hasUnstorableNumber(given), { error: `contains a number beyond 1e${maxExponent} or with more than ${maxExponent} decimal places, which no engine stores` })

function hasUnstorableNumber(given: string): boolean {
  const outsideStrings = given.replace(/"(?:[^"\\]|\\.)*"/g, '""')
  return [...outsideStrings.matchAll(/[eE]([+-]?\d+)/g)].some(([, exponent]) => Math.abs(Number(exponent)) > maxExponent)
}

function parseObject(given: string): object | undefined {
  try {
    const value: unknown = JSON.parse(given)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

const integerText = ({ min, max }: { min: number; max: number }) =>
  text({ max: 20 }).refine((given) => /^-?\d{1,15}$/.test(given) && Number(given) >= min && Number(given) <= max, { error: `expected a whole number from ${min} to ${max}` })

function filterSchema(filter: JobFilterKind): z.ZodType<string, string> {
  switch (filter.kind) {
    case 'states':
      return stateList
    case 'text':
      return filter.pattern === undefined ? text(filter) : text(filter).regex(new RegExp(filter.pattern), `expected ${filter.expected}`)
    case 'integer':
      return integerText(filter)
    case 'object':
      return jsonObjectText
    case 'choice':
      return z.enum(filter.choices)
    case 'instant':
      return instant
  }
}

/** In the words of the flag of the command line. */
function describedFilter(name: JobFilterName, filter: JobFilterKind) {
  const [, help] = jobFilterFlags[name]
  return filterSchema(filter).optional().describe(`${help[0]!.toUpperCase()}${help.slice(1).replaceAll(/--(from|to)/g, '`$1`')}.`)
}

/** The same flat keys are used in page URLs, saved views and selections. All values are text, so that numbers beyond 2^53 are preserved. */
export const jobFilters = Object.fromEntries(Object.entries(jobFilterTable).map(([name, filter]) => [name, describedFilter(name as JobFilterName, filter)])) as {
  [Name in JobFilterName]: z.ZodOptional<z.ZodType<JobFilterValue<Name>, JobFilterValue<Name>>>
}
export const jobFilter = z.strictObject(jobFilters)
export type JobFilters = z.infer<typeof jobFilter>

/** A set of jobs: by id, by filter, or the jobs that a bulk run left over. */
export const jobSelection = z.union([
  z.strictObject({
    ids: z.array(jobId).min(1).max(10_000),
    seen: z.record(z.string(), jobVersion).optional().describe('By id: the version that the page showed. A job with a different version is left alone and reported.'),
  }),
  z.strictObject({ filter: jobFilter }),
  /** The jobs that an earlier bulk run left over, e.g. to try them again. */
  z.strictObject({ bulk: z.uuid() }),
], { error: 'expected an object with one of ids, filter or bulk' })
export type JobSelection = z.infer<typeof jobSelection>

export const job = z.object({
  id: z.string(),
  queue: z.string(),
  worker: z.string().optional(),
  state: words(jobStates),
  engineState: z.string().describe("The engine's own name for the state."),
  version: z.string(),
  tags: z.array(z.string()),
  args: z.unknown().describe('Through the display policy.'),
  attempt: z.number().int().describe('Number of attempts started.'),
  maxAttempts: z.number().int().optional(),
  priority: z.number().int().optional(),
  createdAt: instant,
  dueAt: instant.optional(),
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
  error: z.string().optional().describe('Last error, through the display policy.'),
  executor: z.string().optional(),
})
export type Job = z.infer<typeof job>

export const jobAttempt = z.object({
  number: z.number().int(),
  startedAt: instant.optional(),
  endedAt: instant.optional(),
  outcome: z.enum(['completed', 'failed', 'cancelled', 'executing', 'unknown']),
  error: z.string().optional(),
  stack: z.array(stackLine).optional().describe('The frames of its stack, the innermost first, at most 60.'),
  executor: z.string().optional(),
})

/** The error group of a job's last error, counted over the last 24 hours. */
export const alike = z.object({
  fingerprint: z.string(),
  failures: z.number().int().describe("Failed attempts, this job's own among them."),
  final: z.number().int().describe("Those of them that were a job's last."),
  since: instant.describe('The first of them, to within a step of the histogram.'),
  lastSeenAt: instant,
  histogram: errorHistogram,
})
export type Alike = z.infer<typeof alike>

/** How long jobs of the same queue and worker usually run. */
export const usualRun = z.object({
  p50Seconds: z.number(),
  p95Seconds: z.number(),
  runs: z.number().int().describe('How many runs that is based on; older ones count less.'),
  exceeded: z.boolean().describe("This job is running far longer than that, by the host's thresholds."),
})

export const jobRef = z.object({ id: z.string(), queue: z.string(), state: words(jobStates).optional() })

export const jobDetail = job.extend({
  meta: z.unknown().optional(),
  output: z.unknown().optional(),
  attempts: z.array(jobAttempt).describe('Oldest first.'),
  attemptsKept: z.enum(['all', 'last', 'none']).describe('Which attempts the engine stores.'),
  runs: z.array(z.object({ attempt: z.number().int(), startedAt: instant, endedAt: instant.optional(), executor: z.string() })).optional().describe('Runs as its executors reported them, oldest first; of those that completed only the running one is kept.'),
  timeline: z.array(z.object({ at: instant, label: z.string() })).describe("Events in the job's life, oldest first."),
  origin: z.object({
    cronEntry: z.string().optional(),
    slotAt: instant.optional(),
    parent: jobRef.optional(),
    retryOf: jobRef.optional(),
  }),
  retries: z.object({ afterSeconds: z.number(), grows: z.boolean(), maxSeconds: z.number().optional() }).optional().describe('How the engine spaces its retries; omitted if there are none or only the workers know.'),
  keptUntil: instant.optional().describe('When the engine deletes it, if it has ended and the engine knows.'),
  usual: usualRun.optional().describe('Omitted unless it is executing and enough is known about its queue and worker.'),
  alike: alike.optional().describe('Omitted if it has no error, if the error has not been read yet, or if the actor may not see the group.'),
  dependencies: z.array(jobRef).describe('Jobs it depends on; unfinished ones block it.'),
  waiting: z.array(z.object({ reason: words(waitReasons), detail: z.string() })).describe('Why it is not running; empty if it is executing or has ended.'),
  operations: z.record(z.string(), permission).describe("By operation: whether this actor may perform it now, given the engine and the job's state, and why not."),
  events: z.array(auditEvent).optional().describe('Newest first, at most 20; omitted if the actor may not see the audit log.'),
  forensics: bundle.optional().describe('Omitted if the actor may not see forensics.'),
  asOf: instant,
})
export type JobDetail = z.infer<typeof jobDetail>

/** The bound of a search for which there is no index. */
const searched = z.object({
  window: z.string().describe('What was searched, e.g. `the newest 100,000 jobs`.'),
})

export const listJobs = endpoint('listJobs', {
  summary: 'Jobs, newest first by default',
  access: 'view_jobs',
  query: z.strictObject({
    ...jobFilters,
    sort: z.enum(jobTimes).default('created').describe('Which time the order is about. An engine that cannot sort by it at a bounded cost sorts by creation; `sortedBy` in the answer is what it did.'),
    order: z.enum(['newest', 'oldest']).default('newest'),
    ...pageQuery,
  }),
  output: page(job).extend({
    sortedBy: z.enum(jobTimes).optional().describe('Left out if the jobs are sorted by creation.'),
    searched: searched.optional(),
  }),
})

export const countJobs = endpoint('countJobs', {
  summary: 'The number of jobs that match a filter, capped where counting gets expensive',
  access: 'view_jobs',
  query: jobFilter,
  output: z.object({
    count: z.number().int(),
    how: words(countMethods),
    mayIncludeWithheld: z.boolean().optional().describe('There were too many jobs to authorize each one, so the count may include jobs that the actor may not see.'),
    searched: searched.optional(),
    asOf: instant,
  }),
})

/** A path or a value of arguments, as found among the newest jobs that the actor may see, through the display policy. */
const jobHint = z.object({
  value: z.string().describe('A path such as `order.id`, or a value as it is written in a filter: JSON, or plain text if it cannot be mistaken for JSON.'),
  kind: z.enum(['number', 'string', 'boolean', 'null', 'list', 'mixed']),
  count: z.number().int().describe('Number of jobs of the sample that have it.'),
  min: z.number().optional().describe('The range of a path whose values are all numbers.'),
  max: z.number().optional(),
  often: z.array(z.object({ value: z.string(), count: z.number().int() })).optional().describe('The values that a path has most often.'),
})
export type JobHint = z.infer<typeof jobHint>

export const hintJobs = endpoint('hintJobs', {
  summary: 'Suggested values to filter by; for arguments, paths and values among the newest jobs as the actor sees them',
  access: 'view_jobs',
  query: z.strictObject({
    field: z.enum(['queue', 'worker', 'tag', 'args']),
    prefix: text({ min: 0, max: 300 }).default(''),
    path: text({ max: 300 }).optional().describe('With `args`: suggest values found at this path, e.g. `order.id`; otherwise paths are suggested.'),
    queue: jobFilters.queue.describe('With `args`: only among jobs of this queue.'),
    state: jobFilters.state.describe('With `args`: only among jobs in these states.'),
  }),
  output: z.object({
    values: z.array(z.string()),
    hints: z.array(jobHint).optional().describe('Only with `args`: more about each value.'),
    asOf: instant,
  }),
})

const jobHistogram = z.object({
  from: instant.describe('The range of all counts together; `to` is exclusive.'),
  to: instant,
  counts: z.array(z.number().int().nullable()).describe('Jobs in each of equally long parts of the range, oldest first; null where jobs were not counted.'),
  jobs: z.number().int().describe('How many jobs were counted.'),
  partial: z.boolean().describe('There are more jobs than were counted.'),
  sortedBy: z.enum(jobTimes).describe('The time that was counted by.'),
  first: instant.optional().describe('The earliest and the latest time among the counted jobs.'),
  last: instant.optional(),
  asOf: instant,
})
export type JobHistogram = z.infer<typeof jobHistogram>

export const getJobHistogram = endpoint('getJobHistogram', {
  summary: 'How matching jobs are distributed over time, counted among the first 1,000 of the list',
  access: 'view_jobs',
  query: z.strictObject({ ...jobFilters, sort: z.enum(jobTimes).default('created') }),
  output: jobHistogram,
})

export const exportJobs = endpoint('exportJobs', {
  summary: 'Jobs as a CSV or NDJSON stream, redacted; the export itself is audited',
  access: 'view_jobs',
  query: z.strictObject({ format: z.enum(['csv', 'ndjson']), ...jobFilters }),
  output: z.string(),
  media: 'export',
})

export const getJob = endpoint('getJob', {
  summary: 'One job: its origin, every attempt the engine stored, why it is not running, and the operations on it',
  access: 'view_jobs',
  params: z.object({ id: jobId }),
  output: jobDetail,
})

export const jobView = z.object({
  name: z.string(),
  filters: z.record(z.string(), z.string()).describe('As in the URL of the page, without a cursor.'),
  updatedAt: instant,
})
export type JobView = z.infer<typeof jobView>

const jobLast = z.enum(['15m', '1h', '24h', '7d', 'deploy'])
export type JobLast = z.infer<typeof jobLast>

const viewName = z.object({ name: text({ max: 100 }) })

export const listJobViews = endpoint('listJobViews', {
  summary: "The actor's own saved views of the job list",
  access: 'view_jobs',
  output: z.object({ items: z.array(jobView), asOf: instant }),
})

export const saveJobView = endpoint('saveJobView', {
  summary: 'Save filters under a name, replacing any saved under the same name',
  access: 'view_jobs',
  params: viewName,
  body: z.strictObject({
    filters: z.strictObject({
      ...jobFilters,
      order: z.enum(['newest', 'oldest']).optional(),
      last: jobLast.optional().describe('A range that ends now, instead of `from` and `to`.'),
    }),
  }),
  output: jobView,
})

export const deleteJobView = endpoint('deleteJobView', {
  summary: 'Delete a saved view',
  access: 'view_jobs',
  params: viewName,
  output: z.object({ deleted: z.boolean() }),
})
