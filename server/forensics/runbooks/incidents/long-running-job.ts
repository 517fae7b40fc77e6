import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const longRunningJob: IncidentRunbook = {
  title: 'A job that runs for far longer than usual',
  needs: ['cancel_job', 'rescue_job'],
  cautions: ['It may be half done; check what it has already written before it runs again.', 'What is usual is measured from earlier runs: this one may simply have more to do.'],
  prerequisites: ({ executors }) => [{ label: 'Its executor is alive', met: executors && executors.missing === 0 && executors.alive > 0 }],
  steps: () => [
    here('Compare its arguments with those of jobs that ended in the usual time.'),
    byHost('Look at what its process is doing.'),
    here('Cancel it only if it is safe to stop halfway.'),
  ],
}
