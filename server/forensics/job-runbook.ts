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
      ...(state === 'complete' ? [] : ['The evidence has gaps; what is not recorded is unknown, not fine.']),
      ...(job.state === 'executing' ? ['It may be half done; find out what it has written before it runs again.'] : []),
      ...(job.state === 'completed' ? ['It has done its work once; a retry does it twice.'] : []),
      'Changes made in the engine or its own dashboard leave no event here.',
    ],
    steps: stepsFor(job),
  }
}

function titleFor({ state, waiting }: JobFacts): string {
  if (waiting.length) return 'A job that does not run'
  if (state === 'discarded') return 'A job that failed for good'
  return state === 'executing' ? 'A job at work' : 'A job that has ended'
}

function stepsFor({ state, waiting }: JobFacts): string[] {
  const reasons = new Set(waiting.map(({ reason }) => reason))
  if (reasons.has('queue_paused')) return ['Read who paused the queue and why.', 'Check that the reason no longer holds.', 'Resume the queue, not the job.']
  if (reasons.has('waits_for_dependency')) return ['Open the jobs it waits for.', 'Fix the one that does not end.']
  if (reasons.has('no_executor')) return ['See whether the workers of the queue are running.', 'Ask the people who deploy them.']
  if (reasons.has('scheduled_until')) return ['Decide whether it can wait.', 'Retry it where the engine allows, or let its time come.']
  if (waiting.length) return ['Look at the queue: is it deep, and does anything finish?', 'Compare with other jobs of the queue.']
  if (state === 'discarded') return ['Read the last error.', 'Fix the cause; a retry alone repeats the failure.', 'Retry it, or leave it with a reason on record.']
  if (state === 'executing') return ['Compare how long it runs with how long it usually does.', 'Cancel it only if it may stop half way.']
  return ['Compare attempts and times with what you expect.', 'Retry it only if its work is wanted again.']
}
