import { css, html, nothing, svg, type TemplateResult } from 'lit'
import { describe } from '../../parts/sparkline.ts'

export interface Bar {
  at: string
  /** null: not measured; drawn as a gap, not as zero. */
  value: number | null
  /** The failed part, drawn in its own colour at the bottom. */
  bad?: number
}

export interface Chart {
  name: string
  bars: Bar[]
  /** The current figure, shown next to the name. */
  figure: string
  /** The failed part in words, shown below. */
  note?: string
  format: (value: number) => string
}

const minutes = 60
const height = 32

/** One bar per minute, starting at zero, so that bursts and silence are visible. */
export function barChart({ name, bars, figure, note = '', format }: Chart): TemplateResult {
  const recent = bars.slice(-minutes)
  const top = Math.max(0, ...recent.map(({ value, bad = 0 }) => Math.max(value ?? 0, bad))) || 1
  const scale = (value: number) => Math.round((value / top) * (height - 3) * 10) / 10
  const measured = recent.flatMap(({ at, value }) => (value === null ? [] : [{ at, value }]))
  const bad = recent.reduce((sum, each) => sum + (each.bad ?? 0), 0)
  const said = `${name}: ${describe(measured, format)}${bad > 0 ? `; ${format(bad)} failed` : ''}`
  const draw = ({ value, bad: hurt = 0 }: Bar, index: number) => {
    const x = (minutes - recent.length + index) * 2
    if (value === null) return svg`<rect class="gap" x=${x} y=${height - 2} width="1" height="1"/>`
    const size = Math.max(value > 0 ? 1.5 : 0, scale(value))
    return svg`<rect x=${x} y=${height - 1 - size} width="1.5" height=${size}/>${hurt > 0 ? svg`<rect class="bad" x=${x} y=${height - 1 - Math.max(1.5, scale(hurt))} width="1.5" height=${Math.max(1.5, scale(hurt))}/>` : nothing}`
  }
  return html`<figure class="chart" part="chart" title=${said}>
    <figcaption><span class="muted">${name}</span> <b class="num">${figure}</b></figcaption>
    <svg viewBox="0 0 ${minutes * 2} ${height}" preserveAspectRatio="none" role="img" aria-label=${said}>
      ${recent.map(draw)}
      <path class="ground" d="M0 ${height - 0.5}H${minutes * 2}" />
    </svg>
    ${note ? html`<span class="note num">${note}</span>` : nothing}
  </figure>`
}

export const chartStyles = css`
  .charts {
    display: grid;
    grid-template-columns: repeat(3, minmax(90px, 1fr));
    gap: 8px 14px;
  }
  .chart {
    margin: 0;
    min-width: 0;
  }
  .chart figcaption {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 3px;
    font-size: 12px;
    white-space: nowrap;
  }
  .chart svg {
    display: block;
    width: 100%;
    height: 36px;
  }
  .chart .note {
    font-size: 12px;
    color: var(--_review);
  }
  .chart rect {
    fill: var(--_accent);
  }
  .chart .bad {
    fill: var(--_review);
  }
  .chart .gap {
    fill: var(--_control-line);
  }
  .chart .ground {
    stroke: var(--_line-strong);
    vector-effect: non-scaling-stroke;
  }
`
