import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const schedulerDown: IncidentRunbook = {
  title: 'No scheduler is running',
  needs: [],
  cautions: ['Once a scheduler is back, each entry catches up according to its own policy: some run the latest slot, some all of them, some none.'],
  prerequisites: ({ scheduling }) => [{ label: 'A scheduler is on record within the last minute', met: scheduling }],
  steps: () => [
    byHost('Start a process with the scheduler enabled, or find out why the last one stopped.'),
    here('Open the entries that missed runs.'),
    here('Run a missed slot if its work is still wanted.'),
  ],
}
