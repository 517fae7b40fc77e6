import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const orphanRequest: IncidentRunbook = {
  title: 'A request without an outcome',
  needs: [],
  cautions: ['The change may have been made. Do not repeat it before you know.'],
  prerequisites: ({ measured }) => [{ label: 'The engine was measured within the last minute', met: measured }],
  steps: () => [
    here('Open the request: who requested what, and for which subject?'),
    here('Open its subject: was the change made?'),
    byHost('If that is not clear, check the engine itself.'),
    here('Repeat the operation if the change was not made. A later operation on the subject closes this incident.'),
  ],
}
