import { z } from 'zod'
import { permission, principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { countMethods, jobStates, operatorStatuses, queueDiagnoses } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

export const queueName = text({ max: 300 })

export const queue = z.object({
  name: z.string(),
  /** Every surface derives it by the same rule. */
  status: words(operatorStatuses),
  /** The reason for the status. `not_looked`: the figures are too old. */
  diagnosis: words(queueDiagnoses),
  /** Since when the diagnosis holds; for `not_looked`, when the queue was last measured. Omitted if unknown. */
  since: instant.optional(),
  /** Number of jobs by state; states that the engine cannot count cheaply are omitted. */
  depth: z.array(z.object({ state: words(jobStates), count: z.number().int(), how: words(countMethods) })),
  /** When the longest-waiting available job became available. */
  oldestAvailableAt: instant.nullable(),
  /** null: not paused. `by` is absent for a pause made in the engine itself, whose actor is unknown. */
  paused: z
    .object({ at: instant.optional(), by: principal.optional(), reason: z.string().optional(), eventId: z.string().optional() })
    .nullable(),
  /** Number of executors serving it; null if the engine does not report them. */
  executors: z.number().int().nullable(),
  /** Number of jobs it runs at once; null if the engine does not report it or there is no limit. */
  limit: z.number().int().nullable(),
  /** Jobs that ended per minute over the last hour; null until measured. */
  finishedPerMinute: z.number().nullable(),
  failedPerMinute: z.number().nullable(),
  /** 95th percentile over the last hour of the time from due to start; null if no job started. */
  waitP95Seconds: z.number().nullable(),
  /** One point per minute, oldest first, at most 60. */
  series: z.array(
    z.object({ at: instant, finished: z.number(), failed: z.number(), waiting: z.number().nullable(), waitP95Seconds: z.number().nullable() }),
  ),
  /** By operation: whether this actor may perform it now on this engine, and why not. */
  operations: z.record(z.string(), permission),
  asOf: instant,
})
export type Queue = z.infer<typeof queue>

export const listQueues = endpoint('listQueues', {
  summary: 'Queues by name, as last measured',
  access: 'view_queues',
  query: z.strictObject({ name: queueName.optional(), ...pageQuery }),
  output: page(queue),
})
