import { z } from 'zod'
import { auditEvent } from './audit.ts'
import { cronDefinition, cronName } from './cron.ts'
import { endpoint } from './endpoint.ts'
import { plan } from './plan.ts'
import { previewStatuses } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

const cronSubject = z.strictObject({ type: z.literal('cron_entry'), id: text({ max: 100 }) })
const noInput = z.strictObject({}).default({})

/** What each action needs. The action decides the shape of subject and input. */
export const operationRequests = {
  pause_cron_entry: z.strictObject({
    action: z.literal('pause_cron_entry'),
    subject: cronSubject,
    /** `resumeAt`: the system resumes the entry then, and says so in the audit. */
    input: z.strictObject({ resumeAt: instant.optional() }).default({}),
  }),
  resume_cron_entry: z.strictObject({ action: z.literal('resume_cron_entry'), subject: cronSubject, input: noInput }),
  run_cron_entry: z.strictObject({ action: z.literal('run_cron_entry'), subject: cronSubject, input: noInput }),
  skip_cron_slot: z.strictObject({
    action: z.literal('skip_cron_slot'),
    subject: cronSubject,
    input: z.strictObject({ slotAt: instant }),
  }),
  create_cron_entry: z.strictObject({
    action: z.literal('create_cron_entry'),
    subject: z.strictObject({ type: z.literal('cron_entry'), id: cronName }),
    input: cronDefinition,
  }),
  update_cron_entry: z.strictObject({
    action: z.literal('update_cron_entry'),
    subject: cronSubject,
    /** Only what changes; a policy left out stays as it is. */
    input: z.strictObject({
      queue: cronDefinition.shape.queue.optional(),
      worker: cronDefinition.shape.worker,
      args: cronDefinition.shape.args.unwrap().optional(),
      expression: cronDefinition.shape.expression.optional(),
      timezone: cronDefinition.shape.timezone.unwrap().optional(),
      overlap: cronDefinition.shape.overlap.unwrap().optional(),
      catchUp: cronDefinition.shape.catchUp.unwrap().optional(),
      maxCatchUp: cronDefinition.shape.maxCatchUp.unwrap().optional(),
    }),
  }),
  delete_cron_entry: z.strictObject({ action: z.literal('delete_cron_entry'), subject: cronSubject, input: noInput }),
} as const

export const operationRequest = z.discriminatedUnion('action', [
  operationRequests.pause_cron_entry,
  operationRequests.resume_cron_entry,
  operationRequests.run_cron_entry,
  operationRequests.skip_cron_slot,
  operationRequests.create_cron_entry,
  operationRequests.update_cron_entry,
  operationRequests.delete_cron_entry,
])
export type OperationRequest = z.infer<typeof operationRequest>
/** As a client may send it: defaults left out. */
export type OperationInput = z.input<typeof operationRequest>

const reason = text({ min: 0, max: 2000 }).optional()

/** The reason belongs beside each member, because a union of strict objects has no place to extend. */
export const operationRequestWithReason = z.discriminatedUnion('action', [
  operationRequests.pause_cron_entry.extend({ reason }),
  operationRequests.resume_cron_entry.extend({ reason }),
  operationRequests.run_cron_entry.extend({ reason }),
  operationRequests.skip_cron_slot.extend({ reason }),
  operationRequests.create_cron_entry.extend({ reason }),
  operationRequests.update_cron_entry.extend({ reason }),
  operationRequests.delete_cron_entry.extend({ reason }),
])

export const preview = z.object({
  id: z.string(),
  status: words(previewStatuses),
  plan,
  reasonRequired: z.boolean(),
  expiresAt: instant,
})
export type Preview = z.infer<typeof preview>

/** The token is in this answer only; it belongs in bodies, never in a URL. */
export const createdPreview = preview.extend({ token: z.string() })
export type CreatedPreview = z.infer<typeof createdPreview>

export const executed = z.object({
  /** The audit event that committed together with the change. */
  event: auditEvent,
  /** What the operation has to tell besides, e.g. `{ jobId }` of a run now. */
  result: z.record(z.string(), z.unknown()),
})
export type Executed = z.infer<typeof executed>

const byId = z.object({ id: z.uuid() })

export const createPreview = endpoint('createPreview', {
  summary: 'Show what an operation would do; changes nothing',
  access: 'session',
  body: operationRequest,
  status: 201,
  output: createdPreview,
})

export const getPreview = endpoint('getPreview', {
  summary: "A preview's status and plan, for its actor",
  access: 'session',
  params: byId,
  output: preview,
})

export const executePreview = endpoint('executePreview', {
  summary: 'Do what a preview showed, once, together with its audit event',
  access: 'session',
  params: byId,
  body: z.strictObject({ token: text({ max: 100 }), reason }),
  output: executed,
})

export const runOperation = endpoint('runOperation', {
  summary: 'Preview and execute in one shot, for scripts; a repeat with the same Idempotency-Key returns the first answer',
  access: 'session',
  headers: z.object({ 'idempotency-key': text({ max: 200 }) }),
  body: operationRequestWithReason,
  output: executed,
})
