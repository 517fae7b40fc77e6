import type { Bundle } from '../../../schemas/index.ts'
import type { JobFacts } from '../../jobs/detail.ts'
import { type Advice, byHost, here } from './runbook.ts'

export function adviceForJob(job: JobFacts, { title, detail }: Bundle['diagnosis'], { state }: Bundle['completeness']): Advice {
  return {
    title: titleFor(job),
    whyNow: `${title} ${detail}`,
    prerequisites: [
      { label: 'The evidence covers the whole life of the job', met: state === 'complete' },
      { label: 'You may act on this job', met: Object.values(job.operations).some(({ allowed }) => allowed) },
    ],
    cautions: [
      ...(job.state === 'executing' ? ['It may be half done. Check what it has already written before you run it again.'] : []),
      ...(job.state === 'completed' ? ['It has already done its work. A retry does it a second time.'] : []),
      'Changes made in the engine or in its own dashboard are not recorded here.',
    ],
    steps: stepsFor(job),
    needs: job.state === 'executing' ? ['cancel_job', 'rescue_job'] : ['retry_job'],
  }
}

function titleFor({ state, waiting }: JobFacts): string {
  if (waiting.length) return 'A job that is not running'
  if (state === 'discarded') return 'A job that failed for good'
  return state === 'executing' ? 'A job that is executing' : 'A job that has ended'
}

function stepsFor({ state, waiting }: JobFacts): Advice['steps'] {
  const reasons = new Set(waiting.map(({ reason }) => reason))
  if (reasons.has('queue_paused')) return [here('Find out who paused the queue and why.'), byHost('Check that the reason no longer holds.'), here('Resume the queue, not the job.')]
  if (reasons.has('waits_for_dependency')) return [here('Open the jobs it waits for.'), byHost('Fix the one that does not finish.')]
  if (reasons.has('no_executor')) return [byHost('Check whether the workers of the queue are running.'), byHost('Ask the people who deploy them.')]
  if (reasons.has('scheduled_until')) return [byHost('Decide whether it can wait.'), here('Retry it if the engine allows that, or wait until it is due.')]
  if (waiting.length) return [here('Check the queue: how deep is it, and is anything finishing?'), here('Compare it with other jobs in the queue.')]
  if (state === 'discarded') return [here('Read the last error.'), byHost('Fix the cause; a retry alone repeats the failure.'), here('Retry it, or leave it and record why.')]
  if (state === 'executing') return [here('Compare how long it has been running with how long it usually takes.'), byHost('Check what its process is doing.'), here('Cancel it only if it is safe to stop halfway.')]
  return [here('Compare attempts and times with what you expect.'), here('Retry it only if its work should be done again.')]
}
