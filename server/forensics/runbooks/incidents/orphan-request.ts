import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const orphanRequest: IncidentRunbook = {
  title: 'A request without an outcome',
  needs: [],
  cautions: ['It may have been done. Do not repeat it before you know.'],
  prerequisites: ({ measured }) => [{ label: 'The engine was measured within the last minute', met: measured }],
  steps: () => [
    here('Open the request: who wanted what, and of which subject?'),
    here('Open its subject: is it as it was requested?'),
    byHost('Look in the engine itself where that is not clear.'),
    here('Repeat the operation if it was not done; a later operation on the subject closes this.'),
  ],
}
