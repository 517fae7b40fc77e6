import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const saturatedQueue: IncidentRunbook = {
  title: 'A queue with every slot held',
  needs: ['scale_queue', 'pause_queue'],
  cautions: ['More jobs at once also mean more load on whatever they call.'],
  prerequisites: ({ measured, executors }) => [
    { label: 'The engine was measured within the last minute', met: measured },
    { label: 'No executor of it is missing', met: executors && executors.missing === 0 },
  ],
  steps: () => [
    here('Look at the time until the backlog is gone: does it have to be faster at all?'),
    here('Look for a job that holds its slot for far longer than usual.'),
    here('Raise the concurrency of the queue, where it can be changed here.'),
    byHost('Add executors.'),
    here('Pause the entries that feed it, if their work can wait.'),
  ],
}
