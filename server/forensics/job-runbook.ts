import type { Bundle } from '../../schemas/index.ts'
import type { JobFacts } from '../jobs/detail.ts'

export function runbookForJob(job: JobFacts, { title, detail }: Bundle['diagnosis'], { state }: Bundle['completeness']): Bundle['runbook'] {
  return {
    title: titleFor(job),
    whyNow: `${title} ${detail}`,
    prerequisites: [
      { label: 'The evidence covers the whole life of the job', met: state === 'complete' },
      { label: 'You may act on this job', met: Object.values(job.operations).some(({ allowed }) => allowed) },
    ],
    cautions: [
      ...(state === 'complete' ? [] : ['The evidence has gaps: no record of a problem does not mean there was none.']),
      ...(job.state === 'executing' ? ['It may be half done; check what it has already written before it runs again.'] : []),
      ...(job.state === 'completed' ? ['It has already done its work; a retry does it a second time.'] : []),
      'Changes made in the engine or in its own dashboard are not recorded here.',
    ],
    steps: stepsFor(job),
  }
}

function titleFor({ state, waiting }: JobFacts): string {
  if (waiting.length) return 'A job that is not running'
  if (state === 'discarded') return 'A job that failed for good'
  return state === 'executing' ? 'A job that is executing' : 'A job that has ended'
}

function stepsFor({ state, waiting }: JobFacts): string[] {
  const reasons = new Set(waiting.map(({ reason }) => reason))
  if (reasons.has('queue_paused')) return ['Find out who paused the queue and why.', 'Check that the reason no longer holds.', 'Resume the queue, not the job.']
  if (reasons.has('waits_for_dependency')) return ['Open the jobs it waits for.', 'Fix the one that does not finish.']
  if (reasons.has('no_executor')) return ['Check whether the workers of the queue are running.', 'Ask the people who deploy them.']
  if (reasons.has('scheduled_until')) return ['Decide whether it can wait.', 'Retry it if the engine allows that, or wait until it is due.']
  if (waiting.length) return ['Look at the queue: how deep is it, and is anything finishing?', 'Compare it with other jobs in the queue.']
  if (state === 'discarded') return ['Read the last error.', 'Fix the cause; a retry alone repeats the failure.', 'Retry it, or leave it and record why.']
  if (state === 'executing') return ['Compare how long it has been running with how long it usually takes.', 'Cancel it only if it is safe to stop halfway.']
  return ['Compare attempts and times with what you expect.', 'Retry it only if its work should be done again.']
}
