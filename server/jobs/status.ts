import type { JobState, OperatorStatus, WaitReason } from '../../schemas/index.ts'

/** Reasons that end by themselves are waited for; the others need somebody. */
const statusOfReason: Record<WaitReason, OperatorStatus> = {
  queue_paused: 'blocked',
  waits_for_dependency: 'blocked',
  no_executor: 'blocked',
  attempts_used_up: 'needs_review',
  scheduled_until: 'waiting',
  concurrency_limit: 'waiting',
  rate_limit: 'waiting',
  unknown: 'runnable',
}
const worstFirst: OperatorStatus[] = ['needs_review', 'blocked', 'waiting', 'runnable']

const statusOfState: Partial<Record<JobState, OperatorStatus>> = { discarded: 'needs_review', cancelled: 'resolved', completed: 'resolved' }

/** Why it does not run, the worst first. */
export function byStatus<Why extends { reason: WaitReason }>(waiting: Why[]): Why[] {
  return waiting.toSorted((a, b) => worstFirst.indexOf(statusOfReason[a.reason]) - worstFirst.indexOf(statusOfReason[b.reason]))
}

/** The one rule for a job's status: every surface asks for it. `waiting`: why it does not run, as far as that is known. */
export function statusOfJob({ state, waiting = [] }: { state: JobState; waiting?: { reason: WaitReason }[] }): OperatorStatus {
  const [worst] = byStatus(waiting)
  return worst ? statusOfReason[worst.reason] : (statusOfState[state] ?? 'runnable')
}
