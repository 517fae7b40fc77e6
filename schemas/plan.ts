import { z } from 'zod'
import { principal } from './actor.ts'
import { operationActions, ownerships, risks, subjectTypes } from './vocabulary.ts'
import { words } from './words.ts'

export const subject = z.object({ type: words(subjectTypes), id: z.string() })
export type Subject = z.infer<typeof subject>

/** What an operation will do, before it does it. */
export const plan = z.object({
  action: words(operationActions),
  subject,
  actor: principal,
  /** e.g. `Pause nightly_sync`. */
  title: z.string(),
  /** What will happen, in one or two sentences. */
  effect: z.string(),
  /** Only what changes, already through the display policy. */
  before: z.record(z.string(), z.unknown()),
  after: z.record(z.string(), z.unknown()),
  risk: words(risks),
  /** Things to know before confirming, e.g. a job that is executing now and goes on. */
  cautions: z.array(z.string()),
  counts: z.object({ subjects: z.number().int(), jobs: z.number().int() }),
  /** Of a selection: the frozen set, and how much of it the operation will leave alone, by reason in words. */
  selection: z
    .object({
      bulkId: z.string(),
      total: z.number().int(),
      eligible: z.number().int(),
      notEligible: z.record(z.string(), z.number().int()),
      byQueue: z.record(z.string(), z.number().int()),
      byState: z.record(z.string(), z.number().int()),
      /** Created before this; what came later is not in the set. */
      until: z.string(),
      /** Is it done in the background, with progress at `GET /bulk/{id}`? */
      background: z.boolean(),
    })
    .optional(),
  ownership: words(ownerships),
  /** The audit record that will be written. */
  record: z.object({ eventType: z.string(), subject: z.string(), actor: z.string() }),
})
export type Plan = z.infer<typeof plan>
