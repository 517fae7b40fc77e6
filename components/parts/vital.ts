import { css, html, nothing, type TemplateResult } from 'lit'
import type { Vital } from '../../schemas/overview.ts'
import { sparkline, sparklineStyles, spanOf } from './sparkline.ts'
import './time.ts'

/** One figure to watch, with its trend, and how and when it was counted. */
export function vitalView(vital: Vital, locale: string | undefined): TemplateResult {
  const { value } = vital
  const [unit, size] = vital.unit === 's' ? scaleOf(value ?? 0) : [value === 1 && vital.unit === 'jobs' ? 'job' : vital.unit, 1]
  const format = (value: number) => figure(value / size, locale)
  return html`<li class="vital" part="vital">
    <div class="vital-head">
      <span class="muted">${vital.label}</span>
      ${vital.value === null
        ? html`<span class="muted">not measured yet</span>`
        : html`<span class="value num">${format(vital.value)}<span class="unit"> ${unit}</span></span>`}
    </div>
    ${sparkline(vital.series, vital.label, format)}
    <p class="vital-foot muted num">
      ${vital.series.length > 1 ? html`<span>last ${spanOf(vital.series)}</span>` : nothing}
      ${vital.asOf ? html`<span>${vital.how} · <ops-time show="relative" at=${vital.asOf}></ops-time></span>` : nothing}
    </p>
  </li>`
}

/** Long waits are shown in minutes or hours. */
function scaleOf(seconds: number): [string, number] {
  return seconds < 90 ? ['s', 1] : seconds < 5400 ? ['min', 60] : ['h', 3600]
}

/** Small numbers have one decimal, large ones have none. */
function figure(value: number, locale = 'en-GB'): string {
  return value.toLocaleString(locale, { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 })
}

export const vitalStyles = [
  sparklineStyles,
  css`
    .vitals {
      display: grid;
      grid-template-columns: repeat(3, minmax(0, 1fr));
      gap: 16px 24px;
    }
    .vital-head,
    .vital-foot {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      justify-content: space-between;
      gap: 0 12px;
    }
    .vital-foot {
      margin-top: 4px;
      font-size: 12px;
    }
    .value {
      font-size: 17px;
      font-weight: 650;
    }
    .unit {
      font-size: 12px;
      font-weight: 400;
      color: var(--_muted);
    }
  `,
]
