import { html, nothing, type TemplateResult } from 'lit'
import type { JobHistogram } from '../../../schemas/job.ts'
import { t, tr } from '../../core/words.ts'
import type { PickedRange } from '../../parts/range-picker.ts'

export interface Summary {
  /** How many match, as sure as it was counted; empty until it is known. */
  matching: string
  /** What was searched, if not everything. */
  window: string | undefined
  histogram: JobHistogram | undefined
  failed: boolean
  locale: string | undefined
  range: (range: PickedRange) => void
  /** Controls of how the table is shown. */
  end: unknown
}

/** How many there are, the first and the last of them, and when they were. */
export function summaryLine({ matching, window, histogram, failed, locale, range, end }: Summary): TemplateResult {
  const number = html`<b>${matching}</b>`
  const { first, last, partial } = histogram ?? {}
  const time = (at: string) => html`<ops-time at=${at} show="relative"></ops-time>`
  return html`<div class="line">
    <div class="count">
      <span class="num">${matching ? (matching === '1' ? tr`${number} job` : tr`${number} jobs`) : nothing}</span>
      <div class="muted small num">
        ${first && last ? (partial ? tr`last ${time(last)}` : tr`first ${time(first)} · last ${time(last)}`) : nothing}
        ${window ? html`<span>${t`searched: ${window}`}</span>` : nothing}
      </div>
    </div>
    ${histogram && histogram.jobs > 1 ? html`<ops-time-bars .histogram=${histogram} ?failed=${failed} .locale=${locale} @ops-range=${({ detail }: CustomEvent<PickedRange>) => range(detail)}></ops-time-bars>` : nothing}
    <span class="end">${end}</span>
  </div>`
}
