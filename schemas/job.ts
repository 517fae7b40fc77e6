import { z } from 'zod'
import { auditEvent } from './audit.ts'
import { permission } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { bundle } from './forensics.ts'
import { page, pageQuery } from './page.ts'
import { countMethods, jobStates, waitReasons } from './vocabulary.ts'
import { findUnstorable, instant, text, words } from './words.ts'

/** An engine's id of a job, unique across its queues; never parsed by a client. */
export const jobId = text({ max: 400 })

/** Changes whenever the job's state does. Sent back, it proves which state the operator was looking at. */
export const jobVersion = text({ max: 200 })

const stateList = text({ max: 200 }).refine(
  (list) => list.split(',').every((state) => Object.hasOwn(jobStates, state)),
  { error: `expected job states with commas between them: ${Object.keys(jobStates).join(', ')}` },
)

/** PostgreSQL's numbers end not far beyond. */
const maxExponent = 10_000

const jsonObjectText = text({ max: 4000 })
  .superRefine((given, context) => {
    const parsed = parseObject(given)
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

/** The same flat words in the address of a page, a saved view and a selection. */
export const jobFilters = {
  /** One or more states, e.g. `retryable,discarded`. */
  state: stateList.optional(),
  queue: text({ max: 300 }).optional(),
  worker: text({ max: 300 }).optional(),
  id: jobId.optional(),
  tag: text({ max: 300 }).optional(),
  /** A JSON object that the arguments must contain. Text, so that numbers beyond 2^53 stay as they are. */
  args: jsonObjectText.optional(),
  /** A part of the last error's text, any case. */
  error: text({ max: 300 }).optional(),
  /** Jobs that this cron entry made. */
  cronEntry: text({ max: 100 }).optional(),
  /** Which time `from` and `to` are about. */
  time: z.enum(['created', 'due', 'finished']).optional(),
  /** Inclusive. */
  from: instant.optional(),
  /** Exclusive. */
  to: instant.optional(),
}
export const jobFilter = z.strictObject(jobFilters)
export type JobFilters = z.infer<typeof jobFilter>

/** Many jobs at once: by name, by what they have in common, or what a bulk run left over. */
export const jobSelection = z.union([
  z.strictObject({
    ids: z.array(jobId).min(1).max(10_000),
    /** By id: the version that was on the page. A job that is not so any more is left alone and named. */
    seen: z.record(z.string(), jobVersion).optional(),
  }),
  z.strictObject({ filter: jobFilter }),
  /** The jobs of an earlier bulk run that did not fare well, e.g. to try them again. */
  z.strictObject({ bulk: z.uuid() }),
], { error: 'expected an object with either ids, filter or bulk' })
export type JobSelection = z.infer<typeof jobSelection>

export const job = z.object({
  id: z.string(),
  queue: z.string(),
  worker: z.string().optional(),
  state: words(jobStates),
  /** The engine's own word for the state. */
  engineState: z.string(),
  version: z.string(),
  tags: z.array(z.string()),
  /** Through the display policy. */
  args: z.unknown(),
  /** Attempts begun. */
  attempt: z.number().int(),
  maxAttempts: z.number().int().optional(),
  priority: z.number().int().optional(),
  createdAt: instant,
  dueAt: instant.optional(),
  startedAt: instant.optional(),
  finishedAt: instant.optional(),
  /** Last error, through the display policy. */
  error: z.string().optional(),
  executor: z.string().optional(),
})
export type Job = z.infer<typeof job>

export const jobAttempt = z.object({
  number: z.number().int(),
  startedAt: instant.optional(),
  endedAt: instant.optional(),
  outcome: z.enum(['completed', 'failed', 'cancelled', 'executing', 'unknown']),
  error: z.string().optional(),
  executor: z.string().optional(),
})

export const jobRef = z.object({ id: z.string(), queue: z.string(), state: words(jobStates).optional() })

export const jobDetail = job.extend({
  meta: z.unknown().optional(),
  output: z.unknown().optional(),
  /** Oldest first. */
  attempts: z.array(jobAttempt),
  /** What the engine keeps of earlier attempts. */
  attemptsKept: z.enum(['all', 'last', 'none']),
  /** What happened when, oldest first. */
  timeline: z.array(z.object({ at: instant, label: z.string() })),
  origin: z.object({
    cronEntry: z.string().optional(),
    slotAt: instant.optional(),
    parent: jobRef.optional(),
    retryOf: jobRef.optional(),
  }),
  /** Unfinished ones stand in its way. */
  dependencies: z.array(jobRef),
  /** Why it is not running; empty when it runs or has ended. */
  waiting: z.array(z.object({ reason: words(waitReasons), detail: z.string() })),
  /** What may be done to it now, by this actor on this engine in this state, with the reason when it may not. */
  operations: z.record(z.string(), permission),
  /** Newest first, at most 20; left out when the actor may not see the audit log. */
  events: z.array(auditEvent).optional(),
  /** Left out when the actor may not see forensics. */
  forensics: bundle.optional(),
  asOf: instant,
})
export type JobDetail = z.infer<typeof jobDetail>

/** How far a filter without an index was allowed to look. */
const searched = z.object({
  /** What was searched, in words, e.g. `the newest 100,000 jobs`. */
  window: z.string(),
})

export const listJobs = endpoint('listJobs', {
  summary: 'Jobs, newest first unless told otherwise',
  access: 'view_jobs',
  query: z.strictObject({ ...jobFilters, order: z.enum(['newest', 'oldest']).default('newest'), ...pageQuery }),
  output: page(job).extend({
    searched: searched.optional(),
  }),
})

export const countJobs = endpoint('countJobs', {
  summary: 'How many jobs a filter matches, counted no further than is cheap',
  access: 'view_jobs',
  query: jobFilter,
  output: z.object({
    count: z.number().int(),
    how: words(countMethods),
    /** Of so many jobs not each could be asked about: some of those counted may be jobs that the actor may not see. */
    mayIncludeWithheld: z.boolean().optional(),
    searched: searched.optional(),
    asOf: instant,
  }),
})

export const hintJobs = endpoint('hintJobs', {
  summary: 'Values to filter by, never taken from arguments',
  access: 'view_jobs',
  query: z.strictObject({ field: z.enum(['queue', 'worker', 'tag']), prefix: text({ min: 0, max: 300 }).default('') }),
  output: z.object({ values: z.array(z.string()), asOf: instant }),
})

export const exportJobs = endpoint('exportJobs', {
  summary: 'Jobs as a CSV or NDJSON stream, redacted; the export itself is audited',
  access: 'view_jobs',
  query: z.strictObject({ format: z.enum(['csv', 'ndjson']), ...jobFilters }),
  output: z.string(),
  media: 'export',
})

export const getJob = endpoint('getJob', {
  summary: 'One job: where it came from, every attempt the engine kept, why it is not running, what was done to it',
  access: 'view_jobs',
  params: z.object({ id: jobId }),
  output: jobDetail,
})

export const jobView = z.object({
  name: z.string(),
  /** As in the address of the page, without a cursor. */
  filters: z.record(z.string(), z.string()),
  updatedAt: instant,
})
export type JobView = z.infer<typeof jobView>

const viewName = z.object({ name: text({ max: 100 }) })

export const listJobViews = endpoint('listJobViews', {
  summary: "The actor's own saved views of the job list",
  access: 'view_jobs',
  output: z.object({ items: z.array(jobView), asOf: instant }),
})

export const saveJobView = endpoint('saveJobView', {
  summary: 'Save filters under a name; the same name again replaces them',
  access: 'view_jobs',
  params: viewName,
  body: z.strictObject({ filters: z.strictObject({ ...jobFilters, order: z.enum(['newest', 'oldest']).optional() }) }),
  output: jobView,
})

export const deleteJobView = endpoint('deleteJobView', {
  summary: 'Forget a saved view',
  access: 'view_jobs',
  params: viewName,
  output: z.object({ deleted: z.boolean() }),
})
