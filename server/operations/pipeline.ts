import { LockMode } from '@mikro-orm/core'
import { type CreatedPreview, type Executed, operationRequest, type OperationRequest, type Plan, type Preview } from '../../schemas/index.ts'
import { Preview as PreviewEntity, type PreviewRow } from '../db/entities.ts'
import { codeOf } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import type { Resource } from '../host/auth.ts'
import { uuidv7 } from '../uuid.ts'
import { type Along, type NewEvent, showExecuted, writeEvent, writeGuarded } from './event.ts'
import { answerOnce, claimWithChange } from './idempotency.ts'
import type { Applied, Operation, Planned, Target } from './operation.ts'
import { findOwnPreview, hashPlan, keepPreview, previewStatus, sameToken, showPlan, showPreview } from './preview.ts'
import { followUp } from './follow-up.ts'
import { type Attempt, recordRefusal } from './refusal.ts'
import type { ActingScope, Scope } from './scope.ts'

/** Every operation there is, by action. */
export type Operations = Readonly<Record<string, Operation>>

/** Shows what an operation would do. Changes and emits nothing but the preview, or the evidence that it was refused. */
export function createPreview(operations: Operations, scope: Scope, request: OperationRequest): Promise<CreatedPreview> {
  const operation = operations[request.action]!
  return refusing(scope, attemptOf(operation, request), async (attempt) => {
    const acting = requirePrincipal(scope)
    const target = await operation.find(request, acting)
    await authorize(acting, operation, target.resource, attempt)
    const planned = await operation.plan(request, target, acting)
    const plan = showPlan(operation, request, planned, acting)
    const kept = await keepPreview(acting, request, plan, hashPlan(request, planned))
    return { ...showPreview(kept, acting.now, reasonRule(acting, operation).required), token: kept.token }
  })
}

export async function readPreview(operations: Operations, scope: Scope, id: string): Promise<Preview> {
  const preview = await ownPreview(requirePrincipal(scope), id)
  return showPreview(preview, scope.now, reasonRule(scope, operations[preview.action]!).required)
}

export interface ExecuteRequest {
  id: string
  token: string
  reason?: string
}

/** Does what a preview showed, once, in one transaction with its evidence. */
export async function executePreview(operations: Operations, scope: Scope, { id, token, reason }: ExecuteRequest): Promise<Executed> {
  const unknown = { action: 'execute_preview', eventType: 'preview.refused', subject: { type: 'preview', id }, reason: reason?.trim() }
  const preview = await refusing(scope, unknown, () => ownPreview(requirePrincipal(scope), id))
  const operation = operations[preview.action]!
  const request = readRequest(preview)
  return refusing(scope, { ...attemptOf(operation, request, reason), previewId: id }, async (attempt) => {
    const acting = requirePrincipal(scope)
    if (!sameToken(token, preview.token)) throw new OpsError('forbidden', 'The token does not belong to this preview.')
    refuseStatus(preview, acting.now)
    const target = await operation.find(request, acting)
    await authorize(acting, operation, target.resource, attempt)
    const said = checkReason(acting, operation, reason)
    const outcome = await acting.kit.db.transact((em) =>
      commitPreview(operation, request, { ...acting, em, locking: true }, preview, { reason: said, authorized: target.resource }),
    )
    if ('drifted' in outcome) {
      const message = 'What the preview showed has changed since; take a new preview and look again.'
      throw new OpsError('preview_drifted', message, { plan: outcome.drifted })
    }
    announce(operation, acting, target, outcome)
    return outcome
  })
}

/** Preview and execute in one step, for scripts. A repeat with the same key gets the first answer. */
export async function runOperation(
  operations: Operations,
  scope: Scope,
  request: OperationRequest & { reason?: string },
  key?: string,
): Promise<Executed> {
  const operation = operations[request.action]!
  return refusing(scope, attemptOf(operation, request, request.reason), async (attempt) => {
    const acting = requirePrincipal(scope)
    const target = await operation.find(request, acting)
    await authorize(acting, operation, target.resource, attempt)
    const quick = operation.inOneStatement ? await applyAtOnce(operation, request, target, acting, key) : null
    const { done, first } = quick
      ? { done: quick, first: true }
      : await answerOnce(acting, request, key, async (locked, eventId) => {
          const reason = checkReason(acting, operation, request.reason)
          return commit(operation, request, locked, { reason, authorized: target.resource, eventId })
        })
    if (first) announce(operation, acting, target, done)
    return done
  })
}

/** The one place where state changes: plan again under the lock, compare, apply, audit, consume. */
async function commit(operation: Operation, request: OperationRequest, scope: ActingScope, how: Commit): Promise<Executed> {
  const target = await operation.find(request, scope)
  await authorizeAgain(scope, operation, how.authorized, target.resource)
  const planned = await operation.plan(request, target, scope)
  return applyPlanned(operation, request, target, planned, scope, how)
}

interface Commit {
  /** Of the event that will be written. */
  eventId: string
  reason?: string
  /** What was asked about before the transaction; the host is asked again only if it became something else. */
  authorized: Resource
  previewId?: string
}

async function commitPreview(
  operation: Operation,
  request: OperationRequest,
  scope: ActingScope,
  preview: PreviewRow,
  how: Omit<Commit, 'eventId' | 'previewId'>,
): Promise<Executed | { drifted: Plan }> {
  const { em, now } = scope
  const locked = await em.findOneOrFail(PreviewEntity, { id: preview.id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
  refuseStatus(locked, now)
  const target = await operation.find(request, scope)
  await authorizeAgain(scope, operation, how.authorized, target.resource)
  const planned = await operation.plan(request, target, scope)
  if (hashPlan(request, planned) !== locked.planHash) {
    locked.driftedAt = now
    await em.flush()
    return { drifted: showPlan(operation, request, planned, scope) }
  }
  locked.consumedAt = now
  locked.eventId = uuidv7(now.getTime())
  return applyPlanned(operation, request, target, planned, scope, { ...how, previewId: preview.id, eventId: locked.eventId })
}

/**
 * The same change and the same evidence in a single statement, which is a transaction by itself. Null, and nothing
 * done, whenever anything is not plain: the subject has changed, the key was used, the request is refused. Then the
 * locked way finds out what to answer.
 */
async function applyAtOnce(
  operation: Operation,
  request: OperationRequest & { reason?: string },
  target: Target,
  scope: ActingScope,
  key: string | undefined,
): Promise<Executed | null> {
  const eventId = uuidv7(scope.now.getTime())
  try {
    const reason = checkReason(scope, operation, request.reason)
    const planned = await operation.plan(request, target, scope)
    const applied = await operation.apply(request, target, { ...scope, reason }, eventId)
    const { event, along } = eventOf(operation, request, target, planned, applied, scope, { eventId, reason })
    const claim = key === undefined ? [] : [claimWithChange(scope, key, request, eventId)]
    const change = applied.change && { ...applied.change, along: [...(applied.change.along ?? []), ...claim] }
    const row = await writeGuarded(scope.kit.db, scope.em, event, { ...along, change })
    return row && showExecuted(row, scope.viewer)
  } catch (error) {
    if (error instanceof OpsError || codeOf(error) === uniqueViolation) return null
    throw error
  }
}

const uniqueViolation = '23505'

async function applyPlanned(
  operation: Operation,
  request: OperationRequest,
  target: Target,
  planned: Planned,
  scope: ActingScope,
  how: Commit,
): Promise<Executed> {
  const applied = await operation.apply(request, target, { ...scope, reason: how.reason }, how.eventId)
  await scope.em.flush()
  const { event, along } = eventOf(operation, request, target, planned, applied, scope, how)
  return showExecuted(await writeEvent(scope.kit.db, scope.em, event, along), scope.viewer)
}

/** The event that tells of an operation, and what goes along with it. */
function eventOf(
  operation: Operation,
  request: OperationRequest,
  target: Target,
  planned: Planned,
  applied: Applied,
  scope: ActingScope,
  how: Pick<Commit, 'eventId' | 'reason' | 'previewId'>,
): { event: NewEvent; along: Along } {
  return {
    event: {
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
      metadata: { ...applied.metadata, resource: target.resource, result: applied.result },
    },
    along: {
      change: applied.change,
    },
  }
}

/** What follows a commit: everybody who listens is told, and the host of a repair. */
function announce(operation: Operation, { kit }: Scope, target: Target, { event }: Executed): void {
  kit.tell({ topic: 'audit' })
  for (const topic of operation.topics) kit.tell({ topic, subject: event.subject })
  if (operation.repairs?.(target)) followUp(kit, event)
}

/** A refusal leaves this function as the same error, after it was kept as evidence. */
async function refusing<T>(scope: Scope, attempt: Attempt, work: (attempt: Attempt) => Promise<T>): Promise<T> {
  try {
    return await work(attempt)
  } catch (error) {
    if (error instanceof OpsError && error.status < 500 && !error.details.repeated) await recordRefusal(scope, attempt, error)
    throw error
  }
}

function attemptOf(operation: Operation, request: OperationRequest, reason?: string): Attempt {
  return {
    action: operation.action,
    eventType: operation.eventType,
    subject: request.subject,
    reason: reason?.trim() || undefined,
  }
}

function requirePrincipal(scope: Scope): ActingScope {
  const { principal } = scope.viewer
  if (principal) return { ...scope, principal }
  throw new OpsError('unattributable_actor', 'Your account may look, but it cannot be named in evidence, so it may not change anything.')
}

async function authorize(scope: ActingScope, operation: Operation, resource: Resource, attempt?: Attempt): Promise<void> {
  if (attempt) attempt.resource = resource
  const { allowed, reason } = await scope.viewer.can(operation.action, resource)
  if (!allowed) throw new OpsError('forbidden', reason ?? `${operation.action} on ${resource.type}:${resource.id} is not allowed.`)
}

async function authorizeAgain(scope: ActingScope, operation: Operation, before: Resource, resource: Resource): Promise<void> {
  if (JSON.stringify(before) !== JSON.stringify(resource)) await authorize(scope, operation, resource)
}

async function ownPreview(scope: ActingScope, id: string): Promise<PreviewRow> {
  const preview = await findOwnPreview(scope.em, id, scope.principal.id)
  if (!preview) throw new OpsError('not_found', `No preview ${id} of yours.`)
  return preview
}

function refuseStatus(preview: PreviewRow, now: Date): void {
  const status = previewStatus(preview, now)
  if (status === 'consumed') throw new OpsError('preview_consumed', 'This preview was already executed; it works once.')
  if (status === 'drifted') throw new OpsError('preview_drifted', 'What this preview showed has changed; take a new preview.')
  if (status === 'expired') {
    throw new OpsError('preview_expired', `This preview expired at ${preview.expiresAt.toISOString()}; take a new one.`)
  }
}

export interface ReasonRule {
  required: boolean
  minLength: number
}

/** The host may tighten what an operation asks for, never loosen it. */
export function reasonRule({ kit }: Scope, operation: Operation): ReasonRule {
  return kit.reasons[operation.action] ?? { required: operation.reason === 'required', minLength: 8 }
}

function checkReason(scope: Scope, operation: Operation, given: string | undefined): string | undefined {
  const reason = given?.trim() || undefined
  const { required, minLength } = reasonRule(scope, operation)
  if (!required) return reason
  if (!reason) throw new OpsError('reason_required', `${operation.action} needs a reason of at least ${minLength} characters.`)
  if ([...reason].length < minLength) {
    throw new OpsError('reason_too_short', `The reason has ${[...reason].length} characters; expected at least ${minLength}.`)
  }
  return reason
}

function readRequest(preview: PreviewRow): OperationRequest {
  const { action, subjectType: type, subjectId: id, input } = preview
  return operationRequest.parse({ action, subject: { type, id }, input })
}

