import { css, html, svg, type TemplateResult } from 'lit'

export interface Histogram {
  /** One value per step, oldest first; null: not measured. */
  values: (number | null)[]
  /** The highest value of all histograms that are compared, so that they share one scale. */
  top: number
  /** The text alternative. */
  label: string
  /** `failed` is red; otherwise the neutral blue of charts. */
  tone?: 'failed' | 'level'
}

const height = 22

/** A small picture of a series for a row of a list; heights can be compared between rows. A full chart is `ops-chart`. */
export function histogram({ values, top, label, tone = 'failed' }: Histogram): TemplateResult {
  const bars = values
    .map((value, index) => {
      if (value === null || value <= 0) return ''
      const tall = Math.max(1.5, (value / Math.max(1, top)) * (height - 2))
      return `M${index + 0.14} ${height - 1}v${-Math.round(tall * 10) / 10}h.72V${height - 1}Z`
    })
    .join('')
  return html`<svg class="histogram ${tone}" part="histogram" viewBox="0 0 ${values.length} ${height}" preserveAspectRatio="none" role="img" aria-label=${label}>
    <title>${label}</title>
    ${values.map((value, index) => (value === null ? svg`<rect class="unmeasured" x=${index} width="1" height=${height - 1}/>` : ''))}
    <path class="bars" d=${bars} />
    <path class="ground" d="M0 ${height - 0.5}H${values.length}" />
  </svg>`
}

export const histogramStyles = css`
  .histogram {
    display: block;
    width: 84px;
    height: 22px;
  }
  .histogram:dir(rtl) {
    transform: scaleX(-1);
  }
  .histogram .bars {
    fill: var(--_chart-bar);
  }
  .histogram.failed .bars {
    fill: var(--_review);
  }
  .histogram .unmeasured {
    fill: var(--_chart-gap);
  }
  .histogram .ground {
    stroke: var(--_line-strong);
    vector-effect: non-scaling-stroke;
  }
  @media (forced-colors: active) {
    .histogram .bars {
      fill: CanvasText;
    }
  }
`
