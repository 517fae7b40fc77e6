import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const failureBurst: IncidentRunbook = {
  title: 'Far more failures than usual',
  needs: ['retry_job', 'pause_queue'],
  cautions: ['A deploy shortly before proves only the order of events, not a cause.', 'While the failures continue, a retry fails again and uses up attempts.'],
  prerequisites: ({ measured }, { state }) => [
    { label: 'The engine was measured within the last minute', met: measured },
    { label: 'The failures have stopped', met: state === 'resolved' },
  ],
  steps: () => [
    here('Read the error and its examples.'),
    here('Compare executors and versions: do most failures come from one of them?'),
    here('Pause the queue if further attempts do harm.'),
    byHost('Fix the cause, or roll back the deploy.'),
    here('Retry the affected jobs together.'),
  ],
}
