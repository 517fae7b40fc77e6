import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const failureBurst: IncidentRunbook = {
  title: 'Far more failures than usual',
  needs: ['retry_job', 'pause_queue'],
  cautions: ['A deploy shortly before is order only, not a cause.', 'While it goes on failing, a retry fails again and uses up attempts.'],
  prerequisites: ({ measured }, { state }) => [
    { label: 'The engine was measured within the last minute', met: measured },
    { label: 'The failures have stopped', met: state === 'resolved' },
  ],
  steps: () => [
    here('Read the error and its examples.'),
    here('Compare executors and versions: does one of them have most of the failures?'),
    here('Pause the queue if every further attempt does harm.'),
    byHost('Fix the cause, or take the deploy back.'),
    here('Retry the affected jobs together.'),
  ],
}
