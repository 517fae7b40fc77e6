import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const stuckQueue: IncidentRunbook = {
  title: 'A stuck queue',
  needs: ['pause_queue', 'resume_queue', 'cancel_job'],
  cautions: ['Once it moves again, all of its waiting jobs may start at the same time.'],
  prerequisites: ({ measured, queue, executors }) => [
    { label: 'The engine was measured within the last minute', met: measured },
    { label: 'The queue is not paused', met: queue && queue.paused === null },
    { label: 'One of its executors is alive', met: executors && executors.alive > 0 },
  ],
  steps: ({ queue, executors }) => [
    ...(queue?.paused ? [here('Resume the queue, once it is clear why it was paused.')] : []),
    ...(executors && executors.alive > 0
      ? [byHost('Its executors are alive but take no jobs: find out what they are waiting for, e.g. connections or locks.')]
      : [byHost('Check whether the workers of this queue are running and connected.')]),
    here('Open the job that has waited longest, and find out why.'),
    byHost('Restart the workers if they are running but unresponsive.'),
    here('Watch the first jobs start.'),
  ],
}
