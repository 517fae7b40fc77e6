import type { Session } from '../../../schemas/actor.ts'
import { operationActions, type OperationOn, operationsOn } from '../../../schemas/actions.ts'
import type { JobState } from '../../../schemas/vocabulary.ts'
import { t, tx } from '../../core/words.ts'

export type JobOperation = OperationOn<'job'>

export const jobOperations = operationsOn('job')

/** Whether they are possible depends on more than the state: on whose discard it was, on an executor that is missing. */
export const onEvidence: ReadonlySet<JobOperation> = new Set<JobOperation>(['restore_job', 'rescue_job'])

/** What to offer for a job in this state: the usual operations always, the others only where they can make sense. */
export function offeredIn(state: JobState): JobOperation[] {
  return jobOperations.filter((action) => !onEvidence.has(action) || statesOf(action).includes(state))
}

export function statesOf(action: JobOperation): readonly JobState[] {
  return operationActions[action].states
}

/** Why this actor on this engine may not do it at all; empty when they may. The server has the last word at the preview. */
export function refusedAltogether(session: Session | undefined, action: JobOperation): string {
  if (!session) return t`Checking what you may do…`
  const lacking = session.engine.lacks[action]
  if (lacking) return tx(lacking)
  const permission = session.permissions[action]
  return !permission || permission.allowed ? '' : (permission.reason ?? t`Your account may not do this.`)
}

/** The same for one job in its state. */
export function refusedFor(session: Session | undefined, action: JobOperation, state: JobState): string {
  return refusedAltogether(session, action) || (statesOf(action).includes(state) ? '' : t`Not while it is ${tx(state)}.`)
}
