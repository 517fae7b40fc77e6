import { z } from 'zod'
import { auditEvent } from './audit.ts'
import { bulkRun } from './bulk.ts'
import { cronDefinition, cronName } from './cron.ts'
import { deployVersion, webAddress } from './deploy.ts'
import { endpoint } from './endpoint.ts'
import { errorFingerprint } from './error-group.ts'
import { assignee, silenceInput } from './incident.ts'
import { jobId, jobSelection, jobVersion } from './job.ts'
import { plan } from './plan.ts'
import { queueName } from './queue.ts'
import { type OperationAction, operationActions, type OperationOn, previewStatuses } from './vocabulary.ts'
import { instant, text, words } from './words.ts'

const cronSubject = z.strictObject({ type: z.literal('cron_entry'), id: text({ max: 100 }) })
const queueSubject = z.strictObject({ type: z.literal('queue'), id: queueName })
const errorSubject = z.strictObject({ type: z.literal('error_group'), id: errorFingerprint })
const incidentSubject = z.strictObject({ type: z.literal('incident'), id: z.uuid() })
const noInput = z.strictObject({}).default({})

/** For one job or many: exactly one of `subject` and `selection`. `input` is optional. */
function jobRequest<Action extends OperationOn<'job'>>(action: Action) {
  return jobRequestWith(action, seenInput.default({}))
}

function jobRequestWith<Action extends OperationOn<'job'>, Input extends z.ZodType>(action: Action, input: Input) {
  return z.strictObject({
    action: z.literal(action),
    subject: z.strictObject({ type: z.literal('job'), id: jobId }).optional(),
    selection: jobSelection.optional(),
    input,
  })
}

/** `seen`: the version of the job that the page showed; if the job has changed since, the operation is refused. */
const seenInput = z.strictObject({ seen: jobVersion.optional() })

/** The number that an operation needs, as a field of its input. */
function numberOf<Name extends string>({ name, min, max }: { name: Name; min: number; max: number }): Record<Name, z.ZodNumber> {
  return { [name]: z.number().int().min(min).max(max) } as Record<Name, z.ZodNumber>
}

function queueRequest<Action extends string>(action: Action) {
  return z.strictObject({ action: z.literal(action), subject: queueSubject, input: noInput })
}

function errorRequest<Action extends OperationOn<'error_group'>>(action: Action) {
  return z.strictObject({ action: z.literal(action), subject: errorSubject, input: noInput })
}

function incidentRequest<Action extends OperationOn<'incident'>>(action: Action) {
  return z.strictObject({ action: z.literal(action), subject: incidentSubject, input: noInput })
}

/** The request of each action. The action determines the shape of subject and input. */
export const operationRequests = {
  pause_cron_entry: z.strictObject({
    action: z.literal('pause_cron_entry'),
    subject: cronSubject,
    input: z.strictObject({ resumeAt: instant.optional() }).default({}).describe('`resumeAt`: when the system resumes the entry, with an audit event.'),
  }),
  resume_cron_entry: z.strictObject({ action: z.literal('resume_cron_entry'), subject: cronSubject, input: noInput }),
  run_cron_entry: z.strictObject({
    action: z.literal('run_cron_entry'),
    subject: cronSubject,
    input: z.strictObject({ slotAt: instant.optional() }).default({}).describe('`slotAt`: the missed slot that the run makes up for; each is run once. Without it, a run of its own.'),
  }),
  skip_cron_slot: z.strictObject({
    action: z.literal('skip_cron_slot'),
    subject: cronSubject,
    input: z.strictObject({ slotAt: instant }),
  }),
  unskip_cron_slot: z.strictObject({
    action: z.literal('unskip_cron_slot'),
    subject: cronSubject,
    input: z.strictObject({ slotAt: instant }).describe('A coming run that was marked as skipped.'),
  }),
  create_cron_entry: z.strictObject({
    action: z.literal('create_cron_entry'),
    subject: z.strictObject({ type: z.literal('cron_entry'), id: cronName }),
    input: cronDefinition,
  }),
  update_cron_entry: z.strictObject({
    action: z.literal('update_cron_entry'),
    subject: cronSubject,
    input: z.strictObject({
      queue: cronDefinition.shape.queue.optional(),
      worker: cronDefinition.shape.worker,
      args: cronDefinition.shape.args.unwrap().optional(),
      expression: cronDefinition.shape.expression.optional(),
      timezone: cronDefinition.shape.timezone.unwrap().optional(),
      overlap: cronDefinition.shape.overlap.unwrap().optional(),
      catchUp: cronDefinition.shape.catchUp.unwrap().optional(),
      maxCatchUp: cronDefinition.shape.maxCatchUp.unwrap().optional(),
    }).describe('Only the fields to change; omitted ones keep their values.'),
  }),
  delete_cron_entry: z.strictObject({ action: z.literal('delete_cron_entry'), subject: cronSubject, input: noInput }),
  retry_job: jobRequest('retry_job'),
  cancel_job: jobRequest('cancel_job'),
  discard_job: jobRequest('discard_job'),
  restore_job: jobRequest('restore_job'),
  rescue_job: jobRequest('rescue_job'),
  pause_queue: queueRequest('pause_queue'),
  resume_queue: queueRequest('resume_queue'),
  scale_queue: z.strictObject({
    action: z.literal('scale_queue'),
    subject: queueSubject,
    input: z.strictObject(numberOf(operationActions.scale_queue.asks)).describe('The number of jobs that each executor of the queue runs at once; for some engines, the total of all executors.'),
  }),
  redeliver_webhook: z.strictObject({ action: z.literal('redeliver_webhook'), subject: z.strictObject({ type: z.literal('webhook_delivery'), id: z.uuid() }), input: noInput }),
  mark_deploy: z.strictObject({
    action: z.literal('mark_deploy'),
    subject: z.strictObject({ type: z.literal('deploy'), id: deployVersion }),
    input: z.strictObject({ at: instant.optional(), url: webAddress.optional() }).default({}).describe('`at`: when it went live; default: now.'),
  }),
  resolve_error_group: errorRequest('resolve_error_group'),
  reopen_error_group: errorRequest('reopen_error_group'),
  silence_error_group: z.strictObject({ action: z.literal('silence_error_group'), subject: errorSubject, input: silenceInput }),
  unsilence_error_group: errorRequest('unsilence_error_group'),
  acknowledge_incident: incidentRequest('acknowledge_incident'),
  unacknowledge_incident: incidentRequest('unacknowledge_incident'),
  assign_incident: z.strictObject({
    action: z.literal('assign_incident'),
    subject: incidentSubject,
    input: z.strictObject({ to: assignee.nullable().optional() }).default({}).describe('`to`: who takes it on; null: nobody. Without it, the actor.'),
  }),
  note_incident: incidentRequest('note_incident'),
  silence_incident: z.strictObject({ action: z.literal('silence_incident'), subject: incidentSubject, input: silenceInput }),
  unsilence_incident: incidentRequest('unsilence_incident'),
} as const satisfies Record<OperationAction, z.ZodObject>

type Request = (typeof operationRequests)[OperationAction]
const requests = Object.values(operationRequests) as [Request, ...Request[]]

function oneOrMany(request: { subject?: unknown; selection?: unknown }, context: z.RefinementCtx): void {
  if ((request.subject === undefined) !== (request.selection === undefined)) return
  const got = request.subject === undefined ? 'neither' : 'both'
  context.addIssue({ code: 'custom', path: ['subject'], message: `expected either 'subject' or 'selection', got ${got}` })
}

export const operationRequest = z.discriminatedUnion('action', requests).superRefine(oneOrMany)
export type AnyRequest = z.infer<typeof operationRequest>
/** A request about one subject. */
export type OperationRequest = AnyRequest & { subject: { type: string; id: string } }
/** A request about many jobs. */
export type SelectionRequest = Extract<AnyRequest, { selection?: unknown }> & { selection: z.infer<typeof jobSelection> }
/** As a client may send it, with defaults omitted. */
export type OperationInput = z.input<typeof operationRequest>

const reason = text({ min: 0, max: 2000 }).optional()

type WithReason<Each> = Each extends z.ZodObject<infer Shape, infer Config> ? z.ZodObject<Shape & { reason: typeof reason }, Config> : never

/** The request of each action with its reason. Added to each member, because a union of strict objects cannot be extended as a whole. */
export const operationRequestsWithReason = Object.fromEntries(
  Object.entries(operationRequests).map(([action, request]) => [action, request.extend({ reason })]),
) as unknown as { readonly [Action in OperationAction]: WithReason<(typeof operationRequests)[Action]> }
const requestsWithReason = Object.values(operationRequestsWithReason) as [WithReason<Request>, ...WithReason<Request>[]]
export const operationRequestWithReason = z.discriminatedUnion('action', requestsWithReason).superRefine(oneOrMany)

export const preview = z.object({
  id: z.string(),
  status: words(previewStatuses),
  plan,
  reasonRequired: z.boolean(),
  expiresAt: instant,
})
export type Preview = z.infer<typeof preview>

/** The token is returned only here; send it in request bodies, never in a URL. */
export const createdPreview = preview.extend({
  token: z.string(),
  recentReasons: z.array(z.string()).optional().describe('The reasons that this actor gave last, at most three, the newest first.'),
})
export type CreatedPreview = z.infer<typeof createdPreview>

export const executed = z.object({
  event: auditEvent.describe('The audit event that committed together with the change.'),
  result: z.record(z.string(), z.unknown()).describe('Further results of the operation, e.g. `{ jobId }` for a manual run.'),
})
export type Executed = z.infer<typeof executed>

/** A selection of more than 1,000 jobs is processed in the background: 202, with progress at `GET /bulk/{id}`. */
export const bulkStarted = z.object({ bulk: bulkRun })
export const executedOrBulk = z.union([executed, bulkStarted])
export type ExecutedOrBulk = z.infer<typeof executedOrBulk>

const byId = z.object({ id: z.uuid() })

export const createPreview = endpoint('createPreview', {
  summary: 'Preview what an operation would do, without changing anything',
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
  summary: 'Execute what a preview showed, once, together with its audit event',
  access: 'session',
  params: byId,
  body: z.strictObject({ token: text({ max: 100 }), reason }),
  output: executedOrBulk,
  outputs: { 200: executed, 202: bulkStarted },
})

export const runOperation = endpoint('runOperation', {
  summary: 'Preview and execute in one request, for scripts; a repeat with the same Idempotency-Key returns the first response',
  access: 'session',
  headers: z.object({ 'idempotency-key': text({ max: 200 }) }),
  body: operationRequestWithReason,
  output: executedOrBulk,
  outputs: { 200: executed, 202: bulkStarted },
})
