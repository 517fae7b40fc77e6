import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const executorMissing: IncidentRunbook = {
  title: 'An executor that is missing',
  needs: ['rescue_job'],
  cautions: ['It may still be working and only have lost its connection. A job that is rescued then runs twice.', 'An executor that is only late is not missing, and nothing of it is rescued.'],
  prerequisites: ({ executors }) => [
    { label: 'It has not come back', met: executors && executors.missing > 0 },
    { label: 'Another executor is alive', met: executors && executors.alive > 0 },
  ],
  steps: ({ executors }) => [
    byHost('Check whether its process, or its machine, is gone.'),
    here('Once it is, rescue the jobs it had in hand, all of them together.'),
    ...(executors?.alive ? [] : [byHost('Start an executor: nothing takes the rescued jobs otherwise.')]),
  ],
}
