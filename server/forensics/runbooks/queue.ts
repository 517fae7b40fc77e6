import { type Bundle, operationsOn, type Queue } from '../../../schemas/index.ts'
import { type Advice, byHost, here } from './runbook.ts'

export function adviceForQueue(queue: Queue, { title, detail }: Bundle['diagnosis'], { state }: Bundle['completeness']): Advice {
  return {
    title: queue.paused ? 'A paused queue' : queue.status === 'blocked' ? 'A queue in which no jobs start' : 'A queue',
    whyNow: `${title} ${detail}`,
    prerequisites: [
      { label: 'The whole last hour was measured', met: state === 'complete' },
      { label: 'It has an executor on record', met: queue.executors === null ? null : queue.executors > 0 },
      { label: 'You may act on this queue', met: Object.values(queue.operations).some(({ allowed }) => allowed) },
    ],
    cautions: [
      ...(queue.executors === null ? ['The engine does not report how many executors serve it.'] : []),
      'When a paused queue is resumed, all of its waiting jobs may start at the same time.',
    ],
    steps: stepsFor(queue),
    needs: operationsOn('queue'),
  }
}

function stepsFor({ paused, status }: Queue): Advice['steps'] {
  if (paused) return [here('Find out who paused it and why.'), byHost('Ask them, or check that the reason no longer holds.'), here('Resume it and watch it for the first few minutes.')]
  if (status === 'blocked') return [byHost('Check whether the workers of this queue are running.'), here('Open the oldest available job and see why it is waiting.'), byHost('Tell the owners of the workers.')]
  return [here('Compare depth and throughput with what you expect.'), here('Open the jobs that failed.')]
}
