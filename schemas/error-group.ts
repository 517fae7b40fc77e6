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
  untilRate: z.number().optional().describe('Ends as soon as more than this many fail per minute.'),
  untilCount: z.number().int().optional().describe('Ends after more than this many further failures.'),
  reason: z.string().optional(),
  ended: z.object({ at: instant, why: z.string() }).optional().describe('Set once it has ended, with the reason.'),
})

/** Failures in equal steps from `from` on. */
export const errorHistogram = z.object({
  from: instant,
  stepSeconds: z.number().int(),
  counts: z.array(z.number().int().nullable()).describe("null: the engine's failures were not read during that step."),
})

export const errorBurst = z.object({
  active: z.boolean().describe('The failure rate is far above the usual one now.'),
  since: instant.optional().describe('Since when; omitted if it is not.'),
  probability: z.number().nullable().describe('How likely at least this many failures in five minutes would be at the usual rate; null: fewer than five, or no baseline yet.'),
  failures: z.number().int().describe('Failures and attempts of the queue in the last five complete minutes; attempts are null if the engine does not report them.'),
  attempts: z.number().int().nullable(),
  usualPerMinute: z.number().nullable().describe('Failures per minute that are usual.'),
})
export type ErrorBurst = z.infer<typeof errorBurst>

export const errorGroup = z.object({
  fingerprint: z.string(),
  state: words(errorStates),
  status: words(errorStatuses),
  title: z.string().describe('The first lines of the message without ids, numbers, times and addresses.'),
  errorClass: z.string(),
  grouping: words(errorGroupings),
  queue: z.string(),
  worker: z.string().describe('The queue itself in an engine whose jobs have no workers.'),
  firstSeenAt: instant,
  lastSeenAt: instant,
  total: z.number().int().describe('Failed attempts since it was first seen.'),
  count: z.number().int().describe('Failed attempts within the time asked for.'),
  final: z.number().int().describe("Those of them that were a job's last."),
  perMinute: z.number().describe('Failed attempts per minute in the last five complete minutes.'),
  histogram: errorHistogram,
  burst: errorBurst.nullable().describe('null: the usual rate has not been measured yet.'),
  versions: z.array(z.string()).describe("Versions of the host's program that it was seen in within the last seven days, the most frequent first; empty if unknown."),
  resolved: z.object({ at: instant, by: principal }).nullable().describe('`by` is omitted if it came back since.'),
  regressedAt: instant.nullable().describe('When it came back after it was resolved.'),
  silenced: errorSilence.nullable(),
  operations: z.record(z.string(), permission).describe('By operation: whether this actor may perform it now, and why not.'),
})
export type ErrorGroup = z.infer<typeof errorGroup>

export const errorExample = z.object({
  jobId: z.string(),
  at: instant,
  attempt: z.number().int(),
  final: z.boolean().describe('It was the last attempt of the job.'),
  executor: z.string().optional(),
  version: z.string().optional().describe("Of the host's program on that executor."),
})

/** One line of a stack. `ofHost`: it belongs neither to the runtime nor to a library. */
export const stackLine = z.object({ text: z.string(), ofHost: z.boolean() })

const share = z.object({ name: z.string(), count: z.number().int() })

export const errorGroupDetail = errorGroup.extend({
  sample: z.string().optional().describe('The newest message as it came.'),
  stack: z.array(stackLine),
  examples: z.array(errorExample).describe('The last five that this viewer may see, newest first.'),
  shares: z.object({ executors: z.array(share), versions: z.array(share) }).describe('Where it happened within the time asked for, by whole hours. A count of 0 was measured: that executor serves the queue and reports its failures.'),
  asOf: instant,
})
export type ErrorGroupDetail = z.infer<typeof errorGroupDetail>

/** A summary of the groups, over all pages. */
export const errorSummary = z.object({
  failures: z.number().int().describe('Failures within the time asked for that belong to groups this viewer may see.'),
  groups: z.object({ unresolved: z.number().int(), silenced: z.number().int(), resolved: z.number().int() }),
  headline: z.string().describe('The finding, and what else there is to know, as sentences.'),
  rest: z.string(),
  readTo: instant.nullable().describe("Up to when the engine's failures were read; null: never."),
  lacks: z.string().optional().describe('Why errors are not grouped with this engine.'),
  searched: z.string().optional().describe('What was searched in the engine, if that was not everything.'),
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
