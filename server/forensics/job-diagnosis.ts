import type { Bundle } from '../../schemas/index.ts'
import { waitReasons } from '../../schemas/index.ts'
import type { JobFacts } from '../jobs/detail.ts'
import { byStatus, statusOfJob } from '../jobs/status.ts'

type Diagnosis = Bundle['diagnosis']

/** Derived from the job's state and from why it is not running; never guesses a cause. */
export function diagnoseJob(job: JobFacts): Diagnosis {
  if (job.waiting.length) return diagnoseWaiting(job)
  const attempts = `attempt ${job.attempt}${job.maxAttempts === undefined ? '' : ` of ${job.maxAttempts}`}`
  const byState: Partial<Record<JobFacts['state'], Pick<Diagnosis, 'title' | 'detail'>>> = {
    discarded: { title: 'It failed for good.', detail: `The engine gave up on it${at(job.finishedAt)}, on ${attempts}.` },
    cancelled: { title: 'It was cancelled.', detail: `It ended${at(job.finishedAt)}, on ${attempts}.` },
    completed: { title: 'It is done.', detail: `It completed${at(job.finishedAt)}, on ${attempts}.` },
    executing: { title: 'It is executing.', detail: `It started${at(job.startedAt)}${job.executor ? ` on ${job.executor}` : ''}; this is ${attempts}.` },
  }
  const diagnosis = byState[job.state] ?? { title: `It is ${job.state}.`, detail: 'Nothing known is blocking it.' }
  return { ...diagnosis, status: statusOfJob(job), provenance: 'durable' }
}

function diagnoseWaiting({ waiting, state }: JobFacts): Diagnosis {
  const { reason } = byStatus(waiting)[0]!
  return {
    status: statusOfJob({ state, waiting }),
    title: reason === 'unknown' ? `It is ${state}; why it is not running is unknown.` : `It is not running: ${waitReasons[reason]}.`,
    detail: waiting.map(({ detail }) => detail).join(' '),
    provenance: reason === 'unknown' ? 'unknown' : reason === 'no_executor' ? 'supporting' : 'durable',
  }
}

function at(instant: string | undefined): string {
  return instant === undefined ? '' : ` at ${instant}`
}
