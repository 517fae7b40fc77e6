import { z } from 'zod'
import { permission, principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { errorGroupings, errorOrders, errorStates, errorStatuses } from './error-words.ts'
import { page, pageQuery } from './page.ts'
import { queueName } from './queue.ts'
import { instant, text, words } from './words.ts'

/** `e1:` and 16 hexadecimal digits; the version of the rules comes first. */
export const errorFingerprint = z.string().regex(/^e\d{1,3}:[0-9a-f]{16}$/, 'expected a fingerprint such as e1:7c0d41b2a90f33e8')

export const errorSilence = z.object({
  at: instant,
  by: principal,
  until: instant.optional(),
  /** Ends as soon as more than this many fail per minute. */
  untilRate: z.number().optional(),
  /** Ends after more than this many further failures. */
  untilCount: z.number().int().optional(),
  reason: z.string().optional(),
  /** Set once it has ended, with the reason. */
  ended: z.object({ at: instant, why: z.string() }).optional(),
})

/** Failures in equal steps from `from` on. */
export const errorHistogram = z.object({
  from: instant,
  stepSeconds: z.number().int(),
  /** null: the engine's failures were not read during that step. */
  counts: z.array(z.number().int().nullable()),
})

export const errorBurst = z.object({
  /** The failure rate is far above the usual one now. */
  active: z.boolean(),
  /** Since when; omitted if it is not. */
  since: instant.optional(),
  /** How likely at least this many failures in five minutes would be at the usual rate; null: fewer than five, or no baseline yet. */
  probability: z.number().nullable(),
  /** Failures and attempts of the queue in the last five complete minutes; attempts are null if the engine does not report them. */
  failures: z.number().int(),
  attempts: z.number().int().nullable(),
  /** Failures per minute that are usual. */
  usualPerMinute: z.number().nullable(),
})
export type ErrorBurst = z.infer<typeof errorBurst>

export const errorGroup = z.object({
  fingerprint: z.string(),
  state: words(errorStates),
  status: words(errorStatuses),
  /** The first lines of the message without ids, numbers, times and addresses. */
  title: z.string(),
  errorClass: z.string(),
  grouping: words(errorGroupings),
  queue: z.string(),
  /** The queue itself in an engine whose jobs have no workers. */
  worker: z.string(),
  firstSeenAt: instant,
  lastSeenAt: instant,
  /** Failed attempts since it was first seen. */
  total: z.number().int(),
  /** Failed attempts within the time asked for. */
  count: z.number().int(),
  /** Those of them that were a job's last. */
  final: z.number().int(),
  /** Failed attempts per minute in the last five complete minutes. */
  perMinute: z.number(),
  histogram: errorHistogram,
  /** null: the usual rate has not been measured yet. */
  burst: errorBurst.nullable(),
  /** Versions of the host's program that it was seen in within the last seven days, the most frequent first; empty if unknown. */
  versions: z.array(z.string()),
  /** `by` is omitted if it came back since. */
  resolved: z.object({ at: instant, by: principal }).nullable(),
  /** When it came back after it was resolved. */
  regressedAt: instant.nullable(),
  silenced: errorSilence.nullable(),
  /** By operation: whether this actor may perform it now, and why not. */
  operations: z.record(z.string(), permission),
})
export type ErrorGroup = z.infer<typeof errorGroup>

export const errorExample = z.object({
  jobId: z.string(),
  at: instant,
  attempt: z.number().int(),
  /** It was the last attempt of the job. */
  final: z.boolean(),
  executor: z.string().optional(),
  /** Of the host's program on that executor. */
  version: z.string().optional(),
})

/** One line of a stack. `ofHost`: it belongs neither to the runtime nor to a library. */
export const stackLine = z.object({ text: z.string(), ofHost: z.boolean() })

const share = z.object({ name: z.string(), count: z.number().int() })

export const errorGroupDetail = errorGroup.extend({
  /** The newest message as it came. */
  sample: z.string().optional(),
  stack: z.array(stackLine),
  /** The last five that this viewer may see, newest first. */
  examples: z.array(errorExample),
  /** Where it happened within the time asked for, by whole hours. A count of 0 was measured: that executor serves the queue and reports its failures. */
  shares: z.object({ executors: z.array(share), versions: z.array(share) }),
  asOf: instant,
})
export type ErrorGroupDetail = z.infer<typeof errorGroupDetail>

/** A summary of the groups, over all pages. */
export const errorSummary = z.object({
  /** Failures within the time asked for that belong to groups this viewer may see. */
  failures: z.number().int(),
  groups: z.object({ unresolved: z.number().int(), silenced: z.number().int(), resolved: z.number().int() }),
  /** The finding, and what else there is to know, as sentences. */
  headline: z.string(),
  rest: z.string(),
  /** Up to when the engine's failures were read; null: never. */
  readTo: instant.nullable(),
  /** Why errors are not grouped with this engine. */
  lacks: z.string().optional(),
  /** What was searched in the engine, if that was not everything. */
  searched: z.string().optional(),
  gaps: z.array(z.object({ from: instant, to: instant })),
})

const range = { from: instant.optional(), to: instant.optional() }

export const listErrorGroups = endpoint('listErrorGroups', {
  summary: 'Groups of errors, with their failures within a time range',
  access: 'view_jobs',
  query: z.strictObject({
    status: words(errorStatuses).default('unresolved'),
    state: words(errorStates).optional(),
    queue: queueName.optional(),
    worker: text({ max: 300 }).optional(),
    version: text({ max: 200 }).optional(),
    text: text({ max: 200 }).optional(),
    ...range,
    order: words(errorOrders).default('frequent'),
    ...pageQuery,
  }),
  output: page(errorGroup).extend({ summary: errorSummary }),
})
export type ErrorGroupList = z.infer<typeof listErrorGroups.output>

export const getErrorGroup = endpoint('getErrorGroup', {
  summary: 'One group of errors, with examples and where they happened',
  access: 'view_jobs',
  params: z.object({ fingerprint: errorFingerprint }),
  query: z.strictObject(range),
  output: errorGroupDetail,
})
