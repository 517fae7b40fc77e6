import { html, nothing, type TemplateResult } from 'lit'
import type { Deploy } from '../../../schemas/deploy.ts'
import type { QueueDetail, QueueRange } from '../../../schemas/queue.ts'
import { t } from '../../core/words.ts'
import type { ChartMark, ChartPoint, OpsChart } from '../../parts/chart.ts'
import '../../parts/chart.ts'
import { segments } from '../../parts/segments.ts'
import { number, seconds } from '../queues/figures.ts'
import { type Metric, metrics, queueRanges } from './choices.ts'

type QueueStep = QueueDetail['chart']['steps'][number]

interface Drawn {
  label: () => string
  kind: OpsChart['kind']
  point: (step: QueueStep) => ChartPoint
  unit: () => string
  format: (value: number, locale?: string) => string
}

const at = (step: QueueStep, value: number | null, failed = 0): ChartPoint => ({ at: step.at, value, failed }) as ChartPoint

/** The rates of what is known: an engine that does not tell what started may still tell what ended. */
const started = (step: QueueStep): ChartPoint => at(step, step.startedPerMinute ?? step.finishedPerMinute ?? step.failedPerMinute, step.failedPerMinute ?? 0)

const drawn: Record<Metric, Drawn> = {
  waiting: { label: () => t`Waiting`, kind: 'line', point: (step) => at(step, step.due ?? step.waiting), unit: () => t`jobs`, format: number },
  started: { label: () => t`Started per minute, failed attempts in red`, kind: 'bars', point: started, unit: () => t`a minute`, format: number },
  wait: { label: () => t`Wait, 95th percentile, with jobs that still wait`, kind: 'line', point: (step) => at(step, step.waitP95Seconds), unit: () => '', format: seconds },
  run: { label: () => t`Run time, 95th percentile`, kind: 'line', point: (step) => at(step, step.runP95Seconds), unit: () => '', format: seconds },
}

export interface ChartContext {
  metric: Metric
  range: QueueRange
  deploys: readonly Deploy[]
  locale: string | undefined
  choose: (chosen: { metric?: Metric; range?: QueueRange }) => void
  /** Link to the jobs list with these filters; undefined if it is not open to the actor or the engine cannot find jobs by time. */
  jobsHref?: (query: Record<string, string>) => string
}

/** The chart of the chosen figure, with what started and failed on the same axis below it. */
export function chartCard(queue: QueueDetail, context: ChartContext): TemplateResult {
  const { metric, range, choose } = context
  return html`<section class="card padded chart-card" part="chart" aria-label=${t`Over time`}>
    <div class="choices">${segments({ label: t`Figure`, words: metrics, current: metric, choose: (chosen) => choose({ metric: chosen }) })}
      ${segments({ label: t`Range`, words: queueRanges, current: range, choose: (chosen) => choose({ range: chosen }) })}</div>
    ${chart(queue, metric, context, 'tall')} ${metric === 'started' ? nothing : html`<h3 class="lane small muted">${drawn.started.label()}</h3>${chart(queue, 'started', context, 'low')}`}
  </section>`
}

function chart(queue: QueueDetail, metric: Metric, { deploys, locale, jobsHref }: ChartContext, size: string) {
  const { label, kind, point, unit, format } = drawn[metric]
  const { from, to, stepSeconds, steps } = queue.chart
  const marks: ChartMark[] = deploys.map((deploy) => ({ at: deploy.at, kind: 'deploy', label: deploy.version }))
  return html`<ops-chart
    class=${size}
    .label=${label()}
    .kind=${kind}
    .series=${steps.map(point)}
    .from=${from}
    .to=${to}
    .step=${stepSeconds * 1000}
    .marks=${marks}
    .unit=${unit()}
    .format=${(value: number) => format(value, locale)}
    .hrefOf=${jobsHref && ((start: string, end: string) => jobsHref(jobsOf(metric, queue.name, start, end)))}
    ?ticks=${size === 'tall'}
    group="queue"
  ></ops-chart>`
}

/** The jobs behind a step: those that still wait since then, or those that ended in it. */
function jobsOf(metric: Metric, queue: string, from: string, to: string): Record<string, string> {
  return metric === 'waiting' ? { queue, state: 'available', time: 'due', to } : { queue, time: 'finished', from, to }
}
