import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const saturatedQueue: IncidentRunbook = {
  title: 'A queue whose slots are all in use',
  needs: ['scale_queue', 'pause_queue'],
  cautions: ['More concurrent jobs also mean more load on whatever they call.'],
  prerequisites: ({ measured, executors }) => [
    { label: 'The engine was measured within the last minute', met: measured },
    { label: 'None of its executors is missing', met: executors && executors.missing === 0 },
  ],
  steps: () => [
    here('Check the time until the backlog is gone: does it have to be faster?'),
    here('Look for a job that has held its slot far longer than usual.'),
    here('Raise the concurrency of the queue, if it can be changed here.'),
    byHost('Add executors.'),
    here('Pause the cron entries that feed it, if their work can wait.'),
  ],
}
