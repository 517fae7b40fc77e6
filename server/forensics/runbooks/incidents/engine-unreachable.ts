import { byHost, here } from '../runbook.ts'
import type { IncidentRunbook } from './incident-runbook.ts'

export const engineUnreachable: IncidentRunbook = {
  title: 'The engine does not answer',
  needs: [],
  cautions: [
    'While it does not answer, nothing is known about its jobs: all figures are those of the last measurement.',
    'An operation that is confirmed now may be left without an outcome; that is recorded and looked up later.',
  ],
  prerequisites: ({ measured }) => [{ label: 'The engine was measured within the last minute', met: measured }],
  steps: () => [
    byHost('Check whether its database or its Redis is up, and whether this host can reach it.'),
    byHost('Look at its connections, its locks and its disk.'),
    here('Wait until it is measured again: what followed from it resolves by itself.'),
    here('Review requests without an outcome before anybody repeats them.'),
  ],
}
