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
  ownership: words(ownerships),
  /** The audit record that will be written. */
  record: z.object({ eventType: z.string(), subject: z.string(), actor: z.string() }),
})
export type Plan = z.infer<typeof plan>
