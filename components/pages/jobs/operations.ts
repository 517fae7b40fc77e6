import type { Session } from '../../../schemas/actor.ts'
import { operationActions, type OperationOn, operationsOn } from '../../../schemas/actions.ts'
import type { JobState } from '../../../schemas/vocabulary.ts'

export type JobOperation = OperationOn<'job'>

export const jobOperations = operationsOn('job')

/** Why this actor on this engine may not do it at all; empty when they may. The server has the last word at the preview. */
export function refusedAltogether(session: Session | undefined, action: JobOperation): string {
  if (!session) return 'Asking what you may do…'
  const lacking = session.engine.lacks[action]
  if (lacking) return lacking
  const permission = session.permissions[action]
  return !permission || permission.allowed ? '' : (permission.reason ?? 'Your account may not do this.')
}

/** The same for one job in its state. */
export function refusedFor(session: Session | undefined, action: JobOperation, state: JobState): string {
  const states: readonly JobState[] = operationActions[action].states
  return refusedAltogether(session, action) || (states.includes(state) ? '' : `Not while it is ${state}.`)
}
