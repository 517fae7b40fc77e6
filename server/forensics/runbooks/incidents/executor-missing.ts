import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const executorMissing: IncidentRunbook = {
  title: 'A missing executor',
  needs: ['rescue_job'],
  cautions: ['It may still be working and only have lost its connection. In that case a rescued job runs twice.', 'An executor that is only late is not missing, and none of its jobs are rescued.'],
  prerequisites: ({ executors }) => [
    { label: 'It has not come back', met: executors && executors.missing > 0 },
    { label: 'Another executor is alive', met: executors && executors.alive > 0 },
  ],
  steps: ({ executors }) => [
    byHost('Check whether its process or its machine is gone.'),
    here('If so, rescue all of its jobs together.'),
    ...(executors?.alive ? [] : [byHost('Start an executor: otherwise nothing runs the rescued jobs.')]),
  ],
}
