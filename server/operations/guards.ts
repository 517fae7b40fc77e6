import { type OperationRequest, viewOfSubject } from '../../schemas/index.ts'
import type { PreviewRow } from '../db/entities.ts'
import { isConflict, isUnavailable } from '../describe-failure.ts'
import { OpsError } from '../error.ts'
import type { Resource } from '../host/auth.ts'
import type { Operation, Target } from './operation.ts'
import { consumePreview, findOwnPreview, isTokenOf, previewStatus } from './preview.ts'
import { type Attempt, recordRefusal } from './refusal.ts'
import type { ActingScope, Scope } from './scope.ts'

/** The checks between a request and a change, for every kind of request: identity, permission, reason, and evidence of refusals. */

/** Runs `work`. If it refuses or fails, that is recorded as evidence, and the same error is rethrown. */
export async function recordingRefusals<T>(scope: Scope, attempt: Attempt, work: (attempt: Attempt) => Promise<T>): Promise<T> {
  try {
    return await work(attempt)
  } catch (error) {
    const failure = failureToRecord(error)
    if (failure) await recordRefusal(scope, attempt, failure)
    throw error
  }
}

/**
 * How an error is recorded as evidence; undefined if it is not. Nothing can be recorded while the database is unavailable. Of an
 * unexpected error only the fact is recorded; the details are in the log.
 */
function failureToRecord(error: unknown): Pick<OpsError, 'code' | 'status'> | undefined {
  if (error instanceof OpsError) return error.details.repeated || error.details.recorded ? undefined : error
  if (isUnavailable(error)) return undefined
  return isConflict(error) ? { code: 'mutation_conflict', status: 409 } : { code: 'internal', status: 500 }
}

export function attemptOf(operation: Operation, subject: Attempt['subject'], reason?: string): Attempt {
  return {
    action: operation.action,
    eventType: operation.eventType,
    subject,
    reason: reason?.trim() || undefined,
  }
}

export function requirePrincipal(scope: Scope): ActingScope {
  const { principal } = scope.viewer
  if (principal) return { ...scope, principal }
  throw new OpsError('unattributable_actor', 'Your account is read-only: it cannot be named in evidence, so it may not change anything.')
}

export async function authorize(scope: ActingScope, operation: Operation, resource: Resource, attempt?: Attempt): Promise<void> {
  if (attempt) attempt.resource = resource
  const { allowed, reason } = await scope.viewer.can(operation.action, resource)
  if (!allowed) throw new OpsError('forbidden', reason ?? `${operation.action} on ${resource.type}:${resource.id} is not allowed.`)
}

/**
 * Finds the subject and authorizes the operation. For an actor who may neither perform it nor see the subject, the request
 * continues as if there were no such subject, so that response and evidence are the same as for an id that never existed.
 */
export async function findAuthorized(operation: Operation, request: OperationRequest, scope: ActingScope, attempt: Attempt): Promise<{ operation: Operation; target: Target }> {
  const target = await operation.find(request, scope)
  const { absent } = target
  if (absent && !(await mayKnow(scope, operation, target.resource))) {
    await authorize(scope, operation, absent.resource, attempt)
    return { operation: { ...operation, find: async () => absent }, target: absent }
  }
  await authorize(scope, operation, target.resource, attempt)
  return { operation, target }
}

async function mayKnow({ viewer }: ActingScope, { action }: Operation, resource: Resource): Promise<boolean> {
  const view = viewOfSubject(resource.type)
  return (await viewer.can(action, resource)).allowed || (view !== undefined && (await viewer.can(view, resource)).allowed)
}

export async function authorizeAgain(scope: ActingScope, operation: Operation, before: Resource, resource: Resource): Promise<void> {
  if (JSON.stringify(before) !== JSON.stringify(resource)) await authorize(scope, operation, resource)
}

export interface ReasonRule {
  required: boolean
  minLength: number
}

/** The host may make an operation's rule stricter, but never weaker. */
export function reasonRule({ kit }: Scope, operation: Operation): ReasonRule {
  return kit.reasons[operation.action] ?? { required: operation.reason === 'required', minLength: 8 }
}

export function checkReason(scope: Scope, operation: Operation, given: string | undefined): string | undefined {
  const reason = given?.trim() || undefined
  const { required, minLength } = reasonRule(scope, operation)
  if (!required) return reason
  const readable = [...(reason ?? '').replace(/\p{Default_Ignorable_Code_Point}/gu, '').trim()].length
  if (!reason || !readable) throw new OpsError('reason_required', `${operation.action} needs a reason of at least ${minLength} characters.`, { values: { action: operation.action, minLength } })
  if (readable < minLength) throw new OpsError('reason_too_short', `The reason has ${readable} characters; expected at least ${minLength}.`, { values: { length: readable, minLength } })
  return reason
}

export async function requireOwnPreview(scope: ActingScope, id: string): Promise<PreviewRow> {
  const preview = await findOwnPreview(scope.em, id, scope.principal)
  if (!preview) throw new OpsError('not_found', `You have no preview ${id}.`)
  return preview
}

function refuseStatus(preview: PreviewRow, now: Date): void {
  const status = previewStatus(preview, now)
  if (status === 'consumed') throw new OpsError('preview_consumed', 'This preview has already been executed; it can be executed only once.')
  if (status === 'drifted') throw new OpsError('preview_drifted', 'What this preview showed has changed; request a new preview.')
  if (status === 'expired') {
    throw new OpsError('preview_expired', `This preview expired at ${preview.expiresAt.toISOString()}; request a new one.`)
  }
}

/** Consumes a preview in the transaction that makes its change. Throws if the preview is no longer ready. */
export async function consumeReadyPreview(scope: ActingScope, id: string, eventId: string): Promise<PreviewRow> {
  const consumed = await consumePreview(scope, id, eventId)
  if (consumed) return consumed
  const preview = await findOwnPreview(scope.em, id, scope.principal)
  if (preview) refuseStatus(preview, scope.now)
  throw new OpsError('preview_consumed', 'This preview no longer exists; request a new one.')
}

/** A preview can be executed once, with its token, while it is ready. */
export async function requireReady({ kit, now }: Scope, preview: PreviewRow, token: string): Promise<void> {
  if (!(await isTokenOf(kit.db, preview, token))) throw new OpsError('forbidden', 'The token does not belong to this preview.')
  refuseStatus(preview, now)
}
