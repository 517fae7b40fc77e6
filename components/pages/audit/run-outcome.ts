import { html, nothing, type TemplateResult } from 'lit'
import type { AuditEvent } from '../../../schemas/audit.ts'
import { t } from '../../core/words.ts'

/** How a run ended as a bar and in words; nothing for a run that simply did everything. */
export function runOutcome({ run }: AuditEvent): TemplateResult | typeof nothing {
  if (!run || run.eligible === 0) return nothing
  const { done = 0, waiting = 0, aborted = 0 } = run.outcomes
  const other = run.eligible - done - waiting - aborted
  const words = [
    waiting > 0 && run.status !== 'aborted' && t`${waiting} still to do`,
    run.status === 'aborted' && t`aborted`,
    other > 0 && t`${other} not done`,
  ].filter(Boolean)
  if (words.length === 0 && run.batches < 2) return nothing
  const share = (count: number) => `${(100 * count) / run.eligible}%`
  return html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"
      ><rect class="rest" width="100" height="6" /><rect class="done" width=${share(done)} height="6" /><rect class="other" x=${share(done)} width=${share(other)} height="6" /></svg
    ><span class="fate">${words.length > 0 ? words.join(' · ') : t`all done`}</span>`
}
