import type { AuditEvent } from '../../../schemas/index.ts'
import { type Advice, here } from './runbook.ts'

export function adviceForEvent({ outcome, code }: AuditEvent): Advice {
  return {
    title: 'One event',
    whyNow: outcome === 'succeeded' ? 'This change was made.' : outcome === 'requested' ? 'This change was requested; its outcome is a separate event.' : `This attempt was refused: ${code ?? 'no code'}.`,
    prerequisites: [{ label: 'The event exists', met: true }],
    cautions: ['Events in the same minute are not necessarily related.'],
    steps: [here('Compare before and after.'), here("Open the subject's own timeline.")],
    needs: [],
  }
}
