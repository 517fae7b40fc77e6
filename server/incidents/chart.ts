import type { IncidentChart, IncidentClassName } from '../../schemas/index.ts'
import type { IncidentRow } from '../db/entities.ts'
import { listDeploys } from '../deploys/read.ts'
import { listQueueSeries, type SeriesPoint, type SeriesRange, seriesRanges } from '../figures/series.ts'
import type { Scope } from '../operations/scope.ts'

/** Classes about waiting jobs; all others are about jobs that end, and how. */
const aboutWaiting: ReadonlySet<IncidentClassName> = new Set(['stuck_queue', 'saturated_queue'])

/** What happened in its queue since some time before it began, from measurements that are stored already. */
export async function chartOf(scope: Scope, { class: name, scope: { queue }, beganAt, state, resolvedAt }: IncidentRow): Promise<IncidentChart | null> {
  if (queue === undefined) return null
  const { now } = scope
  const range = rangeOf(now.getTime() - beganAt.getTime())
  const { minutes, step } = seriesRanges[range]
  const to = new Date(Math.floor(now.getTime() / (step * 60_000)) * step * 60_000)
  const from = new Date(to.getTime() - minutes * 60_000)
  const [points, deploys] = await Promise.all([listQueueSeries(scope, queue, range), listDeploys(scope, from, now)])
  const marks: IncidentChart['marks'] = [
    ...deploys.map(({ at, version }) => ({ at, kind: 'deploy' as const, label: version })),
    ...(beganAt >= from ? [{ at: beganAt.toISOString(), kind: 'incident' as const, label: 'began' }] : []),
    ...(state === 'resolved' && resolvedAt && resolvedAt >= from ? [{ at: resolvedAt.toISOString(), kind: 'incident' as const, label: 'resolved' }] : []),
  ]
  const base = { from: from.toISOString(), to: to.toISOString(), stepSeconds: step * 60, marks }
  if (aboutWaiting.has(name)) return { ...base, label: 'Jobs waiting', kind: 'line', unit: 'jobs', points: points.map(({ at, due, waiting }) => ({ at, value: due ?? waiting })) }
  return { ...base, label: 'Jobs ended per minute', kind: 'bars', unit: '/min', points: points.map(endedPoint) }
}

function rangeOf(ageMs: number): SeriesRange {
  if (ageMs < 50 * 60_000) return '1h'
  return ageMs < 5 * 3_600_000 ? '6h' : '24h'
}

/** Failed attempts may be more than what ended, because a job that will be retried has not ended. */
function endedPoint({ at, finishedPerMinute, failedPerMinute }: SeriesPoint): IncidentChart['points'][number] {
  return { at, value: Math.max(finishedPerMinute, failedPerMinute), failed: failedPerMinute }
}
