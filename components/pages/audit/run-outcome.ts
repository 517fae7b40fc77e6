import { html, nothing, svg, type TemplateResult } from 'lit'
import type { AuditEvent } from '../../../schemas/audit.ts'
import { t } from '../../core/words.ts'

/** How a run ended, and what became of its jobs, as a bar and in words; nothing for a small run that simply did everything. */
export function runOutcome({ run }: AuditEvent): TemplateResult | typeof nothing {
  if (!run || run.eligible === 0) return nothing
  const { done = 0, waiting = 0, aborted = 0 } = run.outcomes
  const undone = run.eligible - done - waiting - aborted
  const { completed = 0, failed = 0, gone = 0, cancelled = 0 } = run.fates ?? {}
  const open = run.fates ? done - completed - failed - gone - cancelled : 0
  const words = [
    run.fates && (completed === done && done > 0 ? t`all completed` : completed > 0 && t`${completed} completed`),
    failed > 0 && html`<span class="bad">${t`${failed} failed again`}</span>`,
    open > 0 && t`${open} not ended yet`,
    run.status === 'aborted' ? t`aborted` : waiting > 0 && t`${waiting} still to do`,
    undone > 0 && t`${undone} not done`,
  ].filter((word) => word)
  if (words.length === 0 && run.batches < 2) return nothing
  const parts = run.fates ? { completed, done: done - completed - failed, other: failed + undone } : { completed: 0, done, other: undone }
  let x = 0
  const bars = Object.entries(parts).map(([name, count]) => {
    const width = (100 * count) / run.eligible
    x += width
    return svg`<rect class=${name} x=${x - width} width=${width} height="6" />`
  })
  return html`<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="rest" width="100" height="6" />${bars}</svg
    ><span class="fate">${words.length > 0 ? words.map((word, index) => html`${index > 0 ? ' · ' : nothing}${word}`) : t`all done`}</span>`
}
