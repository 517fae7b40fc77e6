import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'

/** One complete minute of the last hour. */
export interface MinuteFigures {
  /** Start of the minute, as PostgreSQL writes it. */
  at: string
  /** Jobs that finished, per minute. */
  per_minute: number
  waiting: number
  /** 95th percentile, in seconds. */
  wait: number | null
}

/** The latest snapshot, with the rates over the five minutes before it. */
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

type ReadScope = Pick<Scope, 'em' | 'now'> & { kit: Pick<Scope['kit'], 'db'> }

/**
 * Complete minutes only: the current one would always look like a drop, and a partial one an hour ago like a rise. Jobs in
 * `notQueues` are left out.
 */
export function listMinuteFigures({ kit: { db }, em, now }: ReadScope, notQueues: string[] = []): Promise<MinuteFigures[]> {
  if (notQueues.length) return listMinutesWithout({ kit: { db }, em, now }, notQueues)
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

/** Rates are over the last five minutes, depths from the latest snapshot. Null: nothing has been measured yet. */
export async function findLatestFigures({ kit: { db }, em, now }: ReadScope, notQueues: string[] = []): Promise<LatestFigures | null> {
  if (notQueues.length) return findLatestWithout({ kit: { db }, em, now }, notQueues)
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

/** The same minutes, computed from the figures of the single queues without `notQueues`. */
function listMinutesWithout({ kit: { db }, em, now }: ReadScope, notQueues: string[]): Promise<MinuteFigures[]> {
  return query(
    em,
    sql<MinuteFigures>`
      select minutes.minute::text as at, coalesce(sum(of.finished), 0)::float8 as per_minute, coalesce(sum(of.waiting), 0)::float8 as waiting,
        max(of.wait_p95_seconds)::float8 as wait
      from (
        select distinct date_trunc('minute', at) as minute from ${db.table('snapshot')}
        where at >= date_trunc('minute', ${now}::timestamptz) - interval '1 hour' and at < date_trunc('minute', ${now}::timestamptz)
      ) minutes
      left join ${db.table('queue_minute')} of on of.minute = minutes.minute and of.queue <> all(${notQueues}::text[])
      group by 1 order by 1`,
  )
}

async function findLatestWithout({ kit: { db }, em, now }: ReadScope, notQueues: string[]): Promise<LatestFigures | null> {
  const held = (...states: string[]) => sql`(
    select coalesce(sum((of.held ->> 'count')::bigint), 0)::text from ${db.table('queue_figure')} figure, jsonb_array_elements(figure.depth) as of (held)
    where figure.queue <> all(${notQueues}::text[]) and of.held ->> 'state' = any(${states}::text[]))`
  const [latest] = await query(
    em,
    sql<LatestFigures>`
      select last.at::text, ${held('available', 'retryable')} as waiting, ${held('executing')} as executing, last.how, rate.recent, rate.wait
      from (select at, how from ${db.table('snapshot')} where at <= ${now} order by at desc limit 1) last,
        lateral (
          select coalesce(sum(finished), 0)::float8 / 5 as recent, max(wait_p95_seconds)::float8 as wait from ${db.table('queue_minute')}
          where minute > last.at - interval '5 minutes' and minute <= last.at and queue <> all(${notQueues}::text[])
        ) rate`,
  )
  return latest ?? null
}
