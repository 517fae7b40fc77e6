import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'

/** One whole minute of the last hour. */
export interface MinuteFigures {
  /** Where it begins, as PostgreSQL writes it. */
  at: string
  /** Jobs that finished, per minute. */
  per_minute: number
  waiting: number
  /** 95th percentile, in seconds. */
  wait: number | null
}

/** The last snapshot, with the rates of the five minutes before it. */
export interface LatestFigures {
  at: string
  waiting: string
  executing: string
  how: string
  /** Jobs that finished, per minute. */
  recent: number | null
  /** 95th percentile, in seconds. */
  wait: number | null
}

type Reading = Pick<Scope, 'kit' | 'em' | 'now'>

/** The minute that is still running would always look like a fall, and half a minute an hour ago like a rise. */
export function listMinuteFigures({ kit: { db }, em, now }: Reading): Promise<MinuteFigures[]> {
  return query(
    em,
    sql<MinuteFigures>`
      select date_trunc('minute', at)::text as at,
        (sum(finished) * 60 / greatest(sum(seconds), 1))::float8 as per_minute,
        avg(waiting)::float8 as waiting,
        max(wait_p95_seconds)::float8 as wait
      from ${db.table('snapshot')}
      where at >= date_trunc('minute', ${now}::timestamptz) - interval '1 hour' and at < date_trunc('minute', ${now}::timestamptz)
      group by 1 order by 1`,
  )
}

/** Now means the last five minutes for a rate, and the last snapshot for a depth. Null: nothing was ever measured. */
export async function findLatestFigures({ kit: { db }, em, now }: Reading): Promise<LatestFigures | null> {
  const table = db.table('snapshot')
  const [latest] = await query(
    em,
    sql<LatestFigures>`
      select last.at::text, last.waiting, last.executing, last.how, rate.recent, rate.wait
      from (select * from ${table} where at <= ${now} order by at desc limit 1) last,
        lateral (
          select (sum(finished) * 60 / greatest(sum(seconds), 1))::float8 as recent, max(wait_p95_seconds)::float8 as wait
          from ${table} where at > last.at - interval '5 minutes' and at <= last.at
        ) rate`,
  )
  return latest ?? null
}
