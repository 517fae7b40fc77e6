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
  /** When what it tells happened, or will happen. */
  at: instant.optional(),
})

export type Exemplar = z.infer<typeof exemplar>

export const bucket = z.object({
  status: words(operatorStatuses),
  /** `Resolved Recently` for `resolved`, else the status label. */
  title: z.string(),
  /** null: not known, because nobody looked; see `lookedAt`. */
  count: z.number().int().nullable(),
  /** There are at least so many: they were not counted to the end. */
  capped: z.boolean().optional(),
  /** Of the oldest figure in it. */
  asOf: instant,
  /** There when a part of it is not known: when somebody last looked for that; null: never. */
  lookedAt: instant.nullable().optional(),
  /** One sentence; a quiet bucket has its own. */
  diagnosis: z.string(),
  ownership: words(ownerships),
  ownershipLabel: z.string(),
  posture: z.string(),
  nextStep: z.object({ label: z.string(), href: z.string() }).optional(),
  exemplars: z.array(exemplar).max(3),
})
export type Bucket = z.infer<typeof bucket>

/** One number to watch, with its last hour. `value` is null when nobody measured it. */
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
  /** Is work moving, and what is wrong. */
  sentence: z.string(),
  /** null when nothing was measured yet. */
  moving: z.boolean().nullable(),
  vitals: z.array(vital),
  /** Always six, in the frozen order. */
  buckets: z.array(bucket),
  /** What this actor may not see and was left out. */
  withheld: z.array(z.string()),
  asOf: instant,
})
export type Overview = z.infer<typeof overview>

export const getOverview = endpoint('getOverview', {
  summary: 'Diagnosis first: is work moving, and what needs a person',
  access: 'view_overview',
  output: overview,
})
