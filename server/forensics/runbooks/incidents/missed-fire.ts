import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const missedFire: IncidentRunbook = {
  title: 'A missed run',
  needs: [],
  cautions: ['A later run may already have done its work.'],
  prerequisites: ({ scheduling }) => [{ label: 'A scheduler is on record within the last minute', met: scheduling }],
  steps: () => [here('Open the entry: which slots were missed, and was a scheduler running?'), byHost('Decide whether the missed work is still wanted.'), here('Run the missed slot if it is.')],
}
