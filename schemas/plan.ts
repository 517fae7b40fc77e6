import { z } from 'zod'
import { principal } from './actor.ts'
import { operationActions, ownerships, risks, subjectTypes } from './vocabulary.ts'
import { words } from './words.ts'

export const subject = z.object({ type: words(subjectTypes), id: z.string() })
export type Subject = z.infer<typeof subject>

/** What a selection is made of, from those of its eligible jobs that were looked at when it was frozen. */
export const selectionBreakdown = z.object({
  /** Up to 2,000 jobs, spread evenly over the set. */
  looked: z.number().int(),
  /** The most frequent errors, as this actor may see them. */
  byError: z.array(z.object({ title: z.string(), count: z.number().int() })),
  /** Jobs with other errors than these. */
  otherErrors: z.number().int(),
  /** When they ended or were created, in equal steps. */
  times: z.object({ which: z.enum(['finished', 'created']), from: z.string(), stepSeconds: z.number().int(), counts: z.array(z.number().int()) }).optional(),
  /** The newest of them, through the display policy. */
  sample: z.array(z.object({ id: z.string(), queue: z.string(), worker: z.string().optional(), state: z.string(), args: z.unknown(), at: z.string() })),
})
export type SelectionBreakdown = z.infer<typeof selectionBreakdown>

/** What an operation would do, shown before it is executed. */
export const plan = z.object({
  action: words(operationActions),
  subject,
  actor: principal,
  /** e.g. `Pause nightly_sync`. */
  title: z.string(),
  /** What will happen, in one or two sentences. */
  effect: z.string(),
  /** Only the values that change, already through the display policy. */
  before: z.record(z.string(), z.unknown()),
  after: z.record(z.string(), z.unknown()),
  risk: words(risks),
  /** What to know before confirming, e.g. that an executing job continues. */
  cautions: z.array(z.string()),
  counts: z.object({ subjects: z.number().int(), jobs: z.number().int() }),
  /** For a selection: the frozen set, and how many of its jobs the operation leaves alone, by reason. */
  selection: z
    .object({
      bulkId: z.string(),
      total: z.number().int(),
      eligible: z.number().int(),
      notEligible: z.record(z.string(), z.number().int()),
      byQueue: z.record(z.string(), z.number().int()),
      byState: z.record(z.string(), z.number().int()),
      /** Completed jobs that match and are left alone, because the selection does not name their state. */
      completedLeftOut: z.number().int().optional(),
      /** Omitted if the engine did not answer in time. */
      breakdown: selectionBreakdown.optional(),
      /** The set contains only jobs created before this instant. */
      until: z.string(),
      /** Whether it is processed in the background, with progress at `GET /bulk/{id}`. */
      background: z.boolean(),
    })
    .optional(),
  ownership: words(ownerships),
  /** The audit record that will be written. */
  record: z.object({ eventType: z.string(), subject: z.string(), actor: z.string() }),
})
export type Plan = z.infer<typeof plan>
