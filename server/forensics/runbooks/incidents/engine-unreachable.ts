import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const engineUnreachable: IncidentRunbook = {
  title: 'The engine does not answer',
  needs: [],
  cautions: [
    'While it does not answer, nothing is known about its jobs: all figures are from the last measurement.',
    'An operation that is confirmed now may end without a known outcome. It is recorded, and its outcome is checked later.',
  ],
  prerequisites: ({ measured }) => [{ label: 'The engine was measured within the last minute', met: measured }],
  steps: () => [
    byHost('Check that its database or Redis is up, and that this host can reach it.'),
    byHost('Check its connections, locks and disk.'),
    here('Wait until it is measured again: the incidents that it caused resolve by themselves.'),
    here('Review requests without an outcome before repeating any of them.'),
  ],
}
