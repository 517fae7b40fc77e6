import type { Vital } from '../../schemas/index.ts'
import { findLatestFigures, listMinuteFigures, type MinuteFigures } from '../figures/throughput.ts'
import { listRefusedQueues } from '../queues/known.ts'
import type { Scope } from '../operations/scope.ts'

export interface Vitals {
  shown: Vital[]
  /** null when nothing was measured in the last minute. */
  moving: boolean | null
  waiting: number
  /** When figures were last measured; null: never. */
  asOf: Date | null
  /** Measured too long ago, or never. */
  stale: boolean
  /** Measured, but the engine does not report finished jobs. */
  silent: boolean
}

const freshSeconds = 60

/** The last hour by whole minutes, from the snapshotter's figures; pages never count jobs themselves. */
export async function getVitals(scope: Scope): Promise<Vitals> {
  const hidden = await listRefusedQueues(scope)
  const [minutes, latest] = await Promise.all([listMinuteFigures(scope, hidden), findLatestFigures(scope, hidden)])
  const fresh = latest && scope.now.getTime() - Date.parse(latest.at) < freshSeconds * 1000 ? latest : undefined
  const asOf = latest ? new Date(latest.at).toISOString() : null
  const how = latest?.how ?? 'not measured'
  const vital = (key: Vital['key'], label: string, unit: string, value: number | null | undefined, pick: (minute: MinuteFigures) => number | null): Vital => ({
    key,
    label,
    unit,
    value: value === undefined || value === null ? null : Math.round(value * 10) / 10,
    series: minutes.flatMap((minute) => {
      const picked = pick(minute)
      return picked === null ? [] : [{ at: new Date(minute.at).toISOString(), value: Math.round(picked * 10) / 10 }]
    }),
    asOf,
    how,
  })
  const waiting = Number(fresh?.waiting ?? 0)
  const counts = scope.kit.engine.lacks.finished_jobs === undefined
  const seen = fresh && ((fresh.recent ?? 0) > 0 || Number(fresh.executing) > 0 || waiting === 0)
  return {
    asOf: latest ? new Date(latest.at) : null,
    stale: !fresh,
    waiting,
    moving: fresh ? seen || (counts ? false : null) : null,
    silent: fresh !== undefined && !counts,
    shown: [
      vital('finished_per_minute', 'Finished per minute', 'jobs/min', counts ? fresh?.recent : null, ({ per_minute }) => (counts ? per_minute : null)),
      vital('waiting_now', 'Waiting now', 'jobs', fresh && waiting, ({ waiting }) => waiting),
      vital('wait_p95_seconds', 'Wait, 95th percentile', 's', fresh?.wait, ({ wait }) => wait),
    ],
  }
}
