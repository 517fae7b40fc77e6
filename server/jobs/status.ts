import type { JobState, OperatorStatus, WaitReason } from '../../schemas/index.ts'

/** Reasons that resolve themselves mean waiting; the others need an operator. */
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

/** Orders reasons by status, the worst first. */
export function byStatus<Why extends { reason: WaitReason }>(waiting: Why[]): Why[] {
  return waiting.toSorted((a, b) => worstFirst.indexOf(statusOfReason[a.reason]) - worstFirst.indexOf(statusOfReason[b.reason]))
}

/** The only rule for a job's status; every surface uses it. `waiting`: the known reasons why it is not running. */
export function statusOfJob({ state, waiting = [] }: { state: JobState; waiting?: { reason: WaitReason }[] }): OperatorStatus {
  const [worst] = byStatus(waiting)
  return worst ? statusOfReason[worst.reason] : (statusOfState[state] ?? 'runnable')
}
