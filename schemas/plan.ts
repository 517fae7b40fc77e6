import { z } from 'zod'
import { principal } from './actor.ts'
import { operationActions, ownerships, risks, subjectTypes } from './vocabulary.ts'
import { words } from './words.ts'

export const subject = z.object({ type: words(subjectTypes), id: z.string() })
export type Subject = z.infer<typeof subject>

/** What a selection is made of, from those of its eligible jobs that were looked at when it was frozen. */
export const selectionBreakdown = z.object({
  looked: z.number().int().describe('Up to 2,000 jobs, spread evenly over the set.'),
  byError: z.array(z.object({ title: z.string(), count: z.number().int() })).describe('The most frequent errors, as this actor may see them.'),
  otherErrors: z.number().int().describe('Jobs with other errors than these.'),
  times: z.object({ which: z.enum(['finished', 'created']), from: z.string(), stepSeconds: z.number().int(), counts: z.array(z.number().int()) }).optional().describe('When they ended or were created, in equal steps.'),
  sample: z.array(z.object({ id: z.string(), queue: z.string(), worker: z.string().optional(), state: z.string(), args: z.unknown(), at: z.string() })).describe('The newest of them, through the display policy.'),
})
export type SelectionBreakdown = z.infer<typeof selectionBreakdown>

/** What an operation would do, shown before it is executed. */
export const plan = z.object({
  action: words(operationActions),
  subject,
  actor: principal,
  title: z.string().describe('e.g. `Pause nightly_sync`.'),
  effect: z.string().describe('What will happen, in one or two sentences.'),
  before: z.record(z.string(), z.unknown()).describe('Only the values that change, already through the display policy.'),
  after: z.record(z.string(), z.unknown()),
  risk: words(risks),
  cautions: z.array(z.string()).describe('What to know before confirming, e.g. that an executing job continues.'),
  counts: z.object({ subjects: z.number().int(), jobs: z.number().int() }),
  selection: z
    .object({
      bulkId: z.string(),
      total: z.number().int(),
      eligible: z.number().int(),
      notEligible: z.record(z.string(), z.number().int()),
      byQueue: z.record(z.string(), z.number().int()),
      byState: z.record(z.string(), z.number().int()),
      completedLeftOut: z.number().int().optional().describe('Completed jobs that match and are left alone, because the selection does not name their state.'),
      breakdown: selectionBreakdown.optional().describe('Omitted if the engine did not answer in time.'),
      until: z.string().describe('The set contains only jobs created before this instant.'),
      background: z.boolean().describe('Whether it is processed in the background, with progress at `GET /bulk/{id}`.'),
    })
    .optional()
    .describe('For a selection: the frozen set, and how many of its jobs the operation leaves alone, by reason.'),
  ownership: words(ownerships),
  record: z.object({ eventType: z.string(), subject: z.string(), actor: z.string() }).describe('The audit record that will be written.'),
})
export type Plan = z.infer<typeof plan>
