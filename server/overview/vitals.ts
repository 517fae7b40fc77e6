import type { Overview, OverviewRange, Vital } from '../../schemas/index.ts'
import { vitalLabels, vitalUnits, waitNote } from '../../schemas/overview-words.ts'
import { ageOfFigures, type FigureAge } from '../figures/age.ts'
import { drainMinutes } from '../figures/drain.ts'
import { listSeries, type SeriesPoint } from '../figures/series.ts'
import { findLatestFigures, type LatestFigures } from '../figures/throughput.ts'
import { listRefusedQueues } from '../queues/known.ts'
import type { Scope } from '../operations/scope.ts'
import { findLately, type Frame, frameOf, type Lately } from './minutes.ts'

export interface Vitals {
  shown: Vital[]
  chart: Omit<Overview['chart'], 'marks'>
  /** How fresh the figures are. */
  figures: FigureAge
  /** null unless the figures are fresh. */
  moving: boolean | null
  waiting: number
  /** When figures were last measured; null: never. */
  asOf: Date | null
  /** Measured, but the engine does not report finished jobs. */
  silent: boolean
}

/** The figures that the snapshotter has measured, over the range of the charts; pages never count jobs themselves. */
export async function getVitals(scope: Scope, range: OverviewRange): Promise<Vitals> {
  const { kit, now } = scope
  const hidden = await listRefusedQueues(scope)
  const frame = frameOf(range, now)
  const [steps, lately, latest] = await Promise.all([listSeries(scope, range, hidden), findLately(scope, hidden), findLatestFigures(scope, hidden)])
  const asOf = latest && new Date(latest.at)
  const figures = ageOfFigures(asOf, now)
  const finishes = kit.engine.lacks.finished_jobs === undefined
  return {
    asOf,
    figures,
    waiting: Number(latest?.waiting ?? 0),
    moving: figures === 'fresh' && latest ? isMoving(latest, finishes) : null,
    silent: figures === 'fresh' && !finishes,
    chart: { from: frame.from.toISOString(), to: frame.to.toISOString(), stepSeconds: frame.stepSeconds },
    shown: showVitals({ steps, lately, latest: figures === 'unknown' ? null : latest, frame, finishes, asOf, how: latest?.how ?? 'not measured', drain: range === '1h' && figures === 'fresh' ? drainMinutes(steps, now) : null }),
  }
}

function isMoving({ recent, executing, waiting }: LatestFigures, finishes: boolean): boolean | null {
  const seen = (recent ?? 0) > 0 || Number(executing) > 0 || Number(waiting) === 0
  return seen || (finishes ? false : null)
}

interface Measured {
  steps: SeriesPoint[]
  lately: Lately
  /** null: too old to describe the present, or never measured. */
  latest: LatestFigures | null
  frame: Frame
  finishes: boolean
  asOf: Date | null
  how: string
  /** In how many minutes the backlog will be gone; null: it does not shrink, or nobody knows. */
  drain: number | null
}

type Figure = Pick<Vital, 'key' | 'label' | 'unit' | 'kind' | 'note'> & { value: number | null | undefined; pick: (step: SeriesPoint) => number | null; failed?: (step: SeriesPoint) => number | null }

function showVitals({ steps, lately, latest, frame, finishes, asOf, how, drain }: Measured): Vital[] {
  const due = latest && steps.length > 0 && lately.due !== null
  const figures: Figure[] = [
    { key: 'finished_per_minute', label: vitalLabels.finished_per_minute, unit: vitalUnits.jobs, kind: 'bars', value: finishes ? latest?.recent : null, pick: (step) => (finishes ? step.finishedPerMinute : null), failed: (step) => step.discardedPerMinute },
    { key: 'failed_per_minute', label: vitalLabels.failed_per_minute, unit: vitalUnits.forGood, kind: 'bars', value: latest && lately.discarded, pick: (step) => step.discardedPerMinute, failed: (step) => step.discardedPerMinute },
    { key: 'waiting_now', label: vitalLabels.waiting_now, unit: due ? vitalUnits.due : vitalUnits.jobs, kind: 'line', value: due ? lately.due : latest && Number(latest.waiting), pick: (step) => (due ? step.due : step.waiting), note: drain === null ? undefined : `gone in about ${Math.max(1, Math.round(drain))} min` },
    { key: 'wait_p95_seconds', label: vitalLabels.wait_p95_seconds, unit: vitalUnits.seconds, kind: 'line', value: latest && (lately.delay ?? latest.wait), pick: (step) => step.waitP95Seconds ?? 0, note: waitNote },
  ]
  return figures.map(({ value, pick, failed, ...figure }) => ({
    ...figure,
    value: rounded(value),
    series: seriesOf(steps, frame, (step) => ({ value: rounded(pick(step)), ...(failed && { failed: rounded(failed(step)) ?? 0 }) })),
    ...usualOf(steps.map(pick), figure.key, rounded(value)),
    asOf: asOf?.toISOString() ?? null,
    how,
  }))
}

/** Every step of the frame; steps that were not measured are null, not 0. */
function seriesOf(steps: SeriesPoint[], { from, to, stepSeconds }: Frame, point: (step: SeriesPoint) => Omit<Vital['series'][number], 'at'>): Vital['series'] {
  if (!steps.length) return []
  const measured = new Map(steps.map((step) => [Date.parse(step.at), step]))
  const series: Vital['series'] = []
  for (let at = from.getTime(); at < to.getTime(); at += stepSeconds * 1000) {
    const step = measured.get(at)
    series.push({ at: new Date(at).toISOString(), ...(step ? point(step) : { value: null }) })
  }
  return series
}

/** What is usual cannot be told from a few values. */
const minUsual = 20

/** Between the quartiles lies what is usual for a rate; levels have no such thing. Failures alarm when far above the lower one, which an outage moves last. */
function usualOf(values: (number | null)[], key: Vital['key'], value: number | null): Pick<Vital, 'usual' | 'alarming'> {
  const known = values.filter((each) => each !== null).toSorted((a, b) => a - b)
  if (known.length < minUsual || !key.endsWith('_per_minute')) return {}
  const at = (share: number) => rounded(known[Math.floor((known.length - 1) * share)]!)!
  const [low, high] = [at(0.25), at(0.75)]
  return { usual: { low, high }, ...(key === 'failed_per_minute' && value !== null && value > 3 * low + 0.5 && { alarming: true }) }
}

function rounded(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value * 10) / 10
}
