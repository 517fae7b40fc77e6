import type { Bundle, OperatorStatus, WaitReason } from '../../schemas/index.ts'
import { waitReasons } from '../../schemas/index.ts'
import type { JobFacts } from '../jobs/detail.ts'

type Diagnosis = Bundle['diagnosis']

/** Reasons that end by themselves are waited for; the others need somebody. */
const statusOf: Record<WaitReason, OperatorStatus> = {
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

/** From the job's state and from why it does not run; a cause is never made up. */
export function diagnoseJob(job: JobFacts): Diagnosis {
  if (job.waiting.length) return diagnoseWaiting(job)
  const attempts = `attempt ${job.attempt}${job.maxAttempts === undefined ? '' : ` of ${job.maxAttempts}`}`
  const found: Partial<Record<JobFacts['state'], Omit<Diagnosis, 'provenance'>>> = {
    discarded: { status: 'needs_review', title: 'It failed for good.', detail: `The engine gave it up at ${attempts}${at(job.finishedAt)}.` },
    cancelled: { status: 'resolved', title: 'It was cancelled.', detail: `It ended${at(job.finishedAt)}, at ${attempts}.` },
    completed: { status: 'resolved', title: 'It is done.', detail: `It completed${at(job.finishedAt)}, at ${attempts}.` },
    executing: { status: 'runnable', title: 'It is executing.', detail: `It started${at(job.startedAt)}${job.executor ? ` on ${job.executor}` : ''}; ${attempts}.` },
  }
  const diagnosis = found[job.state] ?? { status: 'runnable', title: `It is ${job.state}.`, detail: 'Nothing that is known stands in its way.' }
  return { ...diagnosis, provenance: 'durable' }
}

function diagnoseWaiting({ waiting, state }: JobFacts): Diagnosis {
  const [first] = waiting.toSorted((a, b) => worstFirst.indexOf(statusOf[a.reason]) - worstFirst.indexOf(statusOf[b.reason]))
  const { reason } = first!
  return {
    status: statusOf[reason],
    title: reason === 'unknown' ? `It is ${state}; why it does not run is unknown.` : `It does not run: ${waitReasons[reason]}.`,
    detail: waiting.map(({ detail }) => detail).join(' '),
    provenance: reason === 'unknown' ? 'unknown' : reason === 'no_executor' ? 'supporting' : 'durable',
  }
}

function at(instant: string | undefined): string {
  return instant === undefined ? '' : ` at ${instant}`
}
