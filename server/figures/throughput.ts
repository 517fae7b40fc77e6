import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'

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
