import { html, nothing, type TemplateResult } from 'lit'
import type { Overview, Vital } from '../../../schemas/overview.ts'
import { t, tn, tx } from '../../core/words.ts'
import type { OpsChart } from '../../parts/chart.ts'

export interface VitalContext {
  locale: string | undefined
  /** Link to the jobs list with these filters; undefined if the actor may not open it. */
  jobsHref?: (query: Record<string, string>) => string
}

/** The jobs behind a bar. Levels have none: a job waits for longer than a minute. */
const jobsOf: Partial<Record<Vital['key'], string>> = { finished_per_minute: 'completed', failed_per_minute: 'discarded' }

/** One vital figure, with its chart. */
export function vitalView(vital: Vital, chart: Overview['chart'], { locale, jobsHref }: VitalContext): TemplateResult {
  const { value, series, label } = vital
  const written = scaleFor(vital, value ?? 0, locale)
  // The current figure may differ a lot from those in the chart.
  const drawn = scaleFor(vital, Math.max(0, ...series.map((point) => point.value ?? 0)), locale)
  const { unit } = written
  const state = jobsOf[vital.key]
  const hrefOf = state && jobsHref ? (from: string, to: string) => jobsHref({ state, time: 'finished', from, to }) : undefined
  return html`<li class="vital" part="vital">
    <div class="vital-head">
      <span class="muted">${tx(label)}</span>
      ${value === null
        ? html`<span class="muted">${vital.asOf ? t`unknown` : t`not measured yet`}</span>`
        : html`<span class="value num ${vital.alarming ? 'bad' : ''}">${written.format(value)} <span class="unit">${unit === 'jobs' ? tn(value, 'job', 'jobs') : tx(unit)}</span></span>`}
    </div>
    <ops-chart
      .label=${tx(label)}
      .kind=${vital.kind as OpsChart['kind']}
      .series=${series}
      .from=${chart.from}
      .to=${chart.to}
      .step=${chart.stepSeconds * 1000}
      .marks=${chart.marks}
      .unit=${unit === 'for good' ? '' : tx(drawn.unit)}
      .usual=${vital.usual}
      .note=${tx(vital.note ?? '')}
      .format=${drawn.format}
      .hrefOf=${hrefOf}
      group="vitals"
    ></ops-chart>
    ${vital.how === 'exact' || !vital.asOf ? nothing : html`<span class="hidden-text">${tx(vital.how)}</span>`}
  </li>`
}

interface Scale {
  unit: string
  format: (figure: number) => string
}

function scaleFor({ unit: own }: Vital, greatest: number, locale = 'en-GB'): Scale {
  const [unit, size] = own === 's' ? scaleOf(greatest) : [own, 1]
  return { unit, format: (figure) => (figure / size).toLocaleString(locale, { maximumFractionDigits: Math.abs(figure / size) < 100 ? 1 : 0 }) }
}

/** Long waits are shown in minutes or hours. */
function scaleOf(seconds: number): [string, number] {
  return seconds < 90 ? [t`s`, 1] : seconds < 5400 ? [t`min`, 60] : [t`h`, 3600]
}
