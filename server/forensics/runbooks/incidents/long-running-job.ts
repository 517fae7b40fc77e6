import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const longRunningJob: IncidentRunbook = {
  title: 'A job that has been running far longer than usual',
  needs: ['cancel_job', 'rescue_job'],
  cautions: ['It may be half done. Check what it has already written before you run it again.', 'The usual duration comes from earlier runs. This one may simply have more to do.'],
  prerequisites: ({ executors }) => [{ label: 'Its executor is alive', met: executors && executors.missing === 0 && executors.alive > 0 }],
  steps: () => [
    here('Compare its arguments with those of jobs that took the usual time.'),
    byHost('Check what its process is doing.'),
    here('Cancel it only if it is safe to stop halfway.'),
  ],
}
