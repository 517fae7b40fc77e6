import { sql } from 'kysely'
import type { Vital } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'

export interface Vitals {
  shown: Vital[]
  /** null when nothing was measured in the last minute. */
  moving: boolean | null
  waiting: number
  /** Measured, but by an engine that does not tell what has finished. */
  silent: boolean
}

interface Minute {
  at: string
  per_minute: number
  waiting: number
  wait: number | null
}

interface Latest {
  at: string
  waiting: string
  executing: string
  how: string
  recent: number | null
  wait: number | null
}

const freshSeconds = 60

/** The last hour as the snapshotter saw it, by whole minutes; no page ever counts jobs. */
export async function getVitals(scope: Scope): Promise<Vitals> {
  const [minutes, [latest]] = await Promise.all([listMinutes(scope), findLatest(scope)])
  const fresh = latest && scope.now.getTime() - Date.parse(latest.at) < freshSeconds * 1000 ? latest : undefined
  const asOf = latest ? new Date(latest.at).toISOString() : null
  const how = latest?.how ?? 'not measured'
  const vital = (key: Vital['key'], label: string, unit: string, value: number | null | undefined, pick: (minute: Minute) => number | null): Vital => ({
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

/** The minute that is still running would always look like a fall, and half a minute an hour ago like a rise. */
function listMinutes({ kit: { db }, em, now }: Scope): Promise<Minute[]> {
  return query(
    em,
    sql<Minute>`
      select date_trunc('minute', at)::text as at,
        (sum(finished) * 60 / greatest(sum(seconds), 1))::float8 as per_minute,
        avg(waiting)::float8 as waiting,
        max(wait_p95_seconds)::float8 as wait
      from ${db.table('snapshot')}
      where at >= date_trunc('minute', ${now}::timestamptz) - interval '1 hour' and at < date_trunc('minute', ${now}::timestamptz)
      group by 1 order by 1`,
  )
}

/** Now means the last five minutes for a rate, and the last snapshot for a depth. */
function findLatest({ kit: { db }, em, now }: Scope): Promise<Latest[]> {
  const table = db.table('snapshot')
  return query(
    em,
    sql<Latest>`
      select last.at::text, last.waiting, last.executing, last.how, rate.recent, rate.wait
      from (select * from ${table} where at <= ${now} order by at desc limit 1) last,
        lateral (
          select (sum(finished) * 60 / greatest(sum(seconds), 1))::float8 as recent, max(wait_p95_seconds)::float8 as wait
          from ${table} where at > last.at - interval '5 minutes' and at <= last.at
        ) rate`,
  )
}
