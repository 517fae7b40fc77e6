import { type CreatedPreview, type Executed, operationRequest, type OperationRequest, type Plan, topicOf } from '../../schemas/index.ts'
import type { PreviewRow } from '../db/entities.ts'
import { OpsError } from '../error.ts'
import type { Resource } from '../host/auth.ts'
import { recordNotice } from '../notices/outbox.ts'
import { uuidv7 } from '../uuid.ts'
import { transactWithRetry } from './retry.ts'
import { type EventRow, type NewEvent, showExecuted, writeEvent } from './event.ts'
import { attemptOf, authorizeAgain, checkReason, findAuthorized, reasonRule, recordingRefusals, requirePrincipal, requireReady, consumeReadyPreview } from './guards.ts'
import { answerOnce, requireExecuted } from './idempotency.ts'
import type { Applied, Operation, Planned, Target } from './operation.ts'
import { executeRequested, isOutside, requestChange, type Requested } from './request-change.ts'
import { recheckSoon, scheduleJobRecheck } from './second-look.ts'
import { hashPlan, storePreview, markDrifted, previewToken, showPlan, showPreview } from './preview.ts'
import { type ActingScope, type Scope, traceOf } from './scope.ts'

/** Operations on a single subject: compared with the preview, applied and recorded in one transaction. */

export function previewOne(requested: Operation, scope: Scope, request: OperationRequest): Promise<CreatedPreview> {
  return recordingRefusals(scope, attemptOf(requested, request.subject), async (attempt) => {
    const acting = requirePrincipal(scope)
    const { operation, target } = await findAuthorized(requested, request, acting, attempt)
    const planned = await operation.plan(request, target, acting)
    const plan = showPlan(operation, request.subject, planned, acting)
    const preview = await storePreview(acting, { ...request, resource: target.resource }, plan, hashPlan(request, planned))
    return { ...showPreview(preview, acting.now, reasonRule(acting, operation).required), token: await previewToken(acting.kit.db, preview) }
  })
}

export interface Confirmed {
  token: string
  reason?: string
}

export function executeOne(requested: Operation, scope: Scope, preview: PreviewRow, { token, reason }: Confirmed): Promise<Executed> {
  const request = toRequest(preview)
  return recordingRefusals(scope, { ...attemptOf(requested, request.subject, reason), previewId: preview.id }, async (attempt) => {
    const acting = requirePrincipal(scope)
    await requireReady(acting, preview, token)
    const { operation, target } = await findAuthorized(requested, request, acting, attempt)
    const checkedReason = checkReason(acting, operation, reason)
    const seen = isOutside(operation, acting) ? { target, planned: await operation.plan(request, target, acting) } : undefined
    const outcome = await transactWithRetry(acting.kit, (em) =>
      commitPreview(operation, request, { ...acting, em, locking: true }, preview, { reason: checkedReason, authorized: target.resource, seen }),
    )
    if ('drifted' in outcome) {
      const message = 'What the preview showed has changed since; request a new preview.'
      throw new OpsError('preview_drifted', message, { plan: outcome.drifted })
    }
    return finish(operation, request, acting, target, outcome)
  })
}

export function runOne(requested: Operation, scope: Scope, request: OperationRequest & { reason?: string }, key?: string): Promise<Executed> {
  return recordingRefusals(scope, attemptOf(requested, request.subject, request.reason), async (attempt) => {
    const acting = requirePrincipal(scope)
    const { operation, target } = await findAuthorized(requested, request, acting, attempt)
    const prepare = async () => ({ target, planned: await operation.plan(request, target, acting) })
    const answer = await answerOnce(acting, request, key, {
      prepare: isOutside(operation, acting) ? prepare : undefined,
      async work(locked, eventId, seen) {
        const reason = checkReason(acting, operation, request.reason)
        return commit(operation, request, locked, { reason, authorized: target.resource, eventId, seen })
      },
    })
    if (answer.first) return finish(operation, request, acting, target, answer.done)
    return requireExecuted(answer.again)
  })
}

/** After the commit: calls an engine outside our transaction, publishes hints, and returns the response. */
async function finish(operation: Operation, request: OperationRequest, scope: ActingScope, target: Target, outcome: EventRow | Requested): Promise<Executed> {
  const publish = (event: EventRow) => {
    publishChange(operation, scope, target, event)
    if (operation.jobAction) recheckSoon(scope.kit)
  }
  const event = 'requested' in outcome ? await executeRequested(operation, request, scope, outcome, publish) : outcome
  publish(event)
  return showExecuted(event, scope.viewer)
}

/** Plans again under the lock and applies the change, without a preview. */
async function commit(operation: Operation, request: OperationRequest, scope: ActingScope, how: Commit): Promise<EventRow | Requested> {
  const { target, planned } = how.seen ?? (await planAgain(operation, request, scope, how.authorized))
  return applyPlanned(operation, request, target, planned, scope, how)
}

/** The state that a change is decided on. */
interface Seen {
  target: Target
  planned: Planned
}

async function planAgain(operation: Operation, request: OperationRequest, scope: ActingScope, authorized: Resource): Promise<Seen> {
  const target = await operation.find(request, scope)
  await authorizeAgain(scope, operation, authorized, target.resource)
  return { target, planned: await operation.plan(request, target, scope) }
}

interface Commit {
  /** Id of the event that will be written. */
  eventId: string
  reason?: string
  /** The resource authorized before the transaction; the host is asked again only if it differs now. */
  authorized: Resource
  previewId?: string
  /** For an engine outside our transaction, which is read before the transaction starts, so that no transaction of ours waits for an engine that hangs. */
  seen?: Seen
}

async function commitPreview(
  operation: Operation,
  request: OperationRequest,
  scope: ActingScope,
  preview: PreviewRow,
  how: Omit<Commit, 'eventId' | 'previewId'>,
): Promise<EventRow | Requested | { drifted: Plan }> {
  const eventId = uuidv7(scope.now.getTime())
  const { planHash } = await consumeReadyPreview(scope, preview.id, eventId)
  const { target, planned } = how.seen ?? (await planAgain(operation, request, scope, how.authorized))
  if (hashPlan(request, planned) !== planHash) {
    await markDrifted(scope, preview.id)
    return { drifted: showPlan(operation, request.subject, planned, scope) }
  }
  return applyPlanned(operation, request, target, planned, scope, { ...how, previewId: preview.id, eventId })
}

async function applyPlanned(
  operation: Operation,
  request: OperationRequest,
  target: Target,
  planned: Planned,
  scope: ActingScope,
  how: Commit,
): Promise<EventRow | Requested> {
  const describe = (applied: Applied) => eventOf(operation, request, target, planned, applied, scope, how)
  if (isOutside(operation, scope)) return requestChange(scope, target, planned, describe, { hash: hashPlan(request, planned), ...how })
  const acting = { ...scope, reason: how.reason }
  const applied = await operation.apply(request, target, acting, how.eventId)
  const result = (await operation.keep?.(request, target, applied, acting, how.eventId)) ?? applied
  await scope.em.flush()
  const event = await writeEvent(scope.kit.db, scope.em, describe(result))
  await scheduleJobRecheck(operation, target, scope, event.id)
  if (isNotified(operation, target)) await recordNotice(scope.kit, scope.em, event)
  return event
}

/** The event that records an operation. */
function eventOf(
  operation: Operation,
  request: OperationRequest,
  target: Target,
  planned: Planned,
  applied: Applied,
  scope: ActingScope,
  how: Pick<Commit, 'eventId' | 'reason' | 'previewId'>,
): NewEvent & { id: string } {
  return {
    id: how.eventId,
    action: operation.action,
    eventType: operation.eventType,
    outcome: 'succeeded',
    actor: scope.principal,
    subject: request.subject,
    reason: how.reason,
    before: applied.before ?? planned.before,
    after: applied.after ?? planned.after,
    source: scope.source,
    requestId: scope.requestId,
    previewId: how.previewId,
    metadata: { ...applied.metadata, ...traceOf(scope), resource: target.resource, result: applied.result },
  }
}

/** After the commit: publishes hints and notifies the host of a repair. */
function publishChange(operation: Operation, { kit }: Scope, target: Target, event: EventRow): void {
  const subject = { type: event.subject_type, id: event.subject_id }
  kit.publishHint({ topic: 'audit', about: subject, actor: { type: event.actor_type, id: event.actor_id }, resource: target.resource })
  kit.publishHint({ topic: topicOf(operation.action), subject, resource: target.resource })
  if (isNotified(operation, target)) kit.tellSoon()
}

function isNotified({ announced, repairs }: Operation, target: Target): boolean {
  return announced ?? repairs?.(target) ?? false
}

function toRequest({ action, subjectType: type, subjectId: id, input }: PreviewRow): OperationRequest {
  return operationRequest.parse({ action, subject: { type, id }, input }) as OperationRequest
}
