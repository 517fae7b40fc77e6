import { z } from 'zod'
import { permission, principal } from './actor.ts'
import { endpoint } from './endpoint.ts'
import { page, pageQuery } from './page.ts'
import { countMethods, jobStates, operatorStatuses, queueDiagnoses } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

export const queueName = text({ max: 300 })

export const queue = z.object({
  name: z.string(),
  /** By the one rule that every surface uses. */
  status: words(operatorStatuses),
  /** What the status follows from. `not_looked`: the figures are too old to say anything of now. */
  diagnosis: words(queueDiagnoses),
  /** Since when it is so: paused, waiting, or for `not_looked` when it was last measured. Left out where that is not known. */
  since: instant.optional(),
  /** Jobs by state; a state the engine cannot count cheaply is left out. */
  depth: z.array(z.object({ state: words(jobStates), count: z.number().int(), how: words(countMethods) })),
  /** When the job that has been available longest became so. */
  oldestAvailableAt: instant.nullable(),
  /** null: not paused. An engine's own pause of which we know no author has no `by`. */
  paused: z
    .object({ at: instant.optional(), by: principal.optional(), reason: z.string().optional(), eventId: z.string().optional() })
    .nullable(),
  /** Executors seen at work on it; null when the engine does not tell. */
  executors: z.number().int().nullable(),
  /** Jobs it runs at once; null when the engine does not tell or sets no limit. */
  limit: z.number().int().nullable(),
  /** Ended per minute over the last hour; null until measured. */
  finishedPerMinute: z.number().nullable(),
  failedPerMinute: z.number().nullable(),
  /** 95th percentile of start minus due over the last hour; null when none started. */
  waitP95Seconds: z.number().nullable(),
  /** Minute by minute, oldest first, at most 60. */
  series: z.array(
    z.object({ at: instant, finished: z.number(), failed: z.number(), waiting: z.number().nullable(), waitP95Seconds: z.number().nullable() }),
  ),
  /** What may be done to it now, by this actor on this engine, with the reason when it may not. */
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
