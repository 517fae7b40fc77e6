import { z } from 'zod'
import { principal } from './actor.ts'
import { operationActions, ownerships, risks, subjectTypes } from './vocabulary.ts'
import { words } from './words.ts'

export const subject = z.object({ type: words(subjectTypes), id: z.string() })
export type Subject = z.infer<typeof subject>

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
