import type { Session } from '../../../schemas/actor.ts'
import type { JobState } from '../../../schemas/vocabulary.ts'

export const jobOperations = { retry_job: 'Retry', cancel_job: 'Cancel', discard_job: 'Discard', restore_job: 'Restore' } as const
export type JobOperation = keyof typeof jobOperations

const unfinished: JobState[] = ['scheduled', 'available', 'executing', 'retryable']

const legal: Record<JobOperation, JobState[]> = {
  retry_job: ['retryable', 'discarded', 'cancelled', 'completed'],
  cancel_job: unfinished,
  discard_job: unfinished,
  restore_job: ['discarded'],
}

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
  return refusedAltogether(session, action) || (legal[action].includes(state) ? '' : `Not while it is ${state}.`)
}
