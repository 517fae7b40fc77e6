import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const retryExhausted: IncidentRunbook = {
  title: 'Jobs that failed for good',
  needs: ['retry_job'],
  cautions: ['A retry alone repeats the failure.', 'Each attempt may already have done part of the work.'],
  prerequisites: ({ measured }) => [{ label: 'The engine was measured within the last minute', met: measured }],
  steps: () => [here('Read the last error of one job of each kind.'), byHost('Fix the cause.'), here('Retry the affected jobs together, or discard them and record why.')],
}
