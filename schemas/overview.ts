import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { completenessStates, operatorStatuses, ownerships } from './vocabulary.ts'
import { instant, words } from './words.ts'

export const exemplar = z.object({
  label: z.string(),
  /** Why it deserves attention. */
  attention: z.string(),
  href: z.string(),
  forensicsHref: z.string().optional(),
  completeness: words(completenessStates),
  /** When it happened or will happen. */
  at: instant.optional(),
})

export type Exemplar = z.infer<typeof exemplar>

export const bucket = z.object({
  status: words(operatorStatuses),
  /** `Resolved Recently` for `resolved`, else the status label. */
  title: z.string(),
  /** null: unknown, because it was not measured recently; see `lookedAt`. */
  count: z.number().int().nullable(),
  /** True if `count` is a lower bound. */
  capped: z.boolean().optional(),
  /** The time of its oldest figure. */
  asOf: instant,
  /** Present if part of the bucket is unknown: when that part was last measured; null: never. */
  lookedAt: instant.nullable().optional(),
  /** One sentence, also for an empty bucket. */
  diagnosis: z.string(),
  ownership: words(ownerships),
  ownershipLabel: z.string(),
  posture: z.string(),
  nextStep: z.object({ label: z.string(), href: z.string() }).optional(),
  exemplars: z.array(exemplar).max(3),
})
export type Bucket = z.infer<typeof bucket>

/** One figure to watch, with its last hour. `value` is null if it was not measured. */
export const vital = z.object({
  key: z.enum(['finished_per_minute', 'waiting_now', 'wait_p95_seconds']),
  label: z.string(),
  value: z.number().nullable(),
  unit: z.string(),
  series: z.array(z.object({ at: instant, value: z.number() })),
  asOf: instant.nullable(),
  /** How it was counted, e.g. `exact`, `estimated`. */
  how: z.string(),
})
export type Vital = z.infer<typeof vital>

export const overview = z.object({
  /** One sentence: whether work is moving, and what is wrong. */
  sentence: z.string(),
  /** null if it is unknown, e.g. because nothing was measured recently. */
  moving: z.boolean().nullable(),
  vitals: z.array(vital),
  /** Always six, in the frozen order. */
  buckets: z.array(bucket),
  /** What was left out because this actor may not see it. */
  withheld: z.array(z.string()),
  asOf: instant,
})
export type Overview = z.infer<typeof overview>

export const getOverview = endpoint('getOverview', {
  summary: 'Whether work is moving, and what needs attention',
  access: 'view_overview',
  output: overview,
})
