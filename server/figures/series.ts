import { type RawBuilder, sql } from 'kysely'
import { type Database, type Em, query } from '../db/database.ts'

/** Ranges of a series with the minutes of one step. */
export const seriesRanges = { '1h': { minutes: 60, step: 1 }, '6h': { minutes: 360, step: 5 }, '24h': { minutes: 1_440, step: 15 } } as const
export type SeriesRange = keyof typeof seriesRanges

/** One step of a series; a step in which nothing was measured is left out. Rates are per minute that was measured; null: not known. */
export interface SeriesPoint {
  /** Start of the step, ISO-8601. */
  at: string
  startedPerMinute: number | null
  /** Jobs that ended, successfully or not. */
  finishedPerMinute: number
  /** Attempts that failed, also of jobs that did not end by it. */
  failedPerMinute: number
  /** Jobs that failed for good. */
  discardedPerMinute: number | null
  /** At the end of the step. */
  waiting: number | null
  due: number | null
  executing: number | null
  oldestDueSeconds: number | null
  /** 95th percentile of how long jobs waited after they were due, including those still waiting: the greatest of the step. */
  waitP95Seconds: number | null
  runP50Seconds: number | null
  runP95Seconds: number | null
}

interface Reading {
  kit: { db: Database }
  em: Em
  now: Date
}

/** Complete steps only: the current one would always look like a drop. */
export function windowOf(now: Date, range: SeriesRange): { from: Date; to: Date; stepSeconds: number } {
  const { minutes, step } = seriesRanges[range]
  const to = new Date(Math.floor(now.getTime() / (step * 60_000)) * step * 60_000)
  return { from: new Date(to.getTime() - minutes * 60_000), to, stepSeconds: step * 60 }
}

const columns = sql`extract(epoch from step) * 1000 as at, seconds, started, finished, failed, discarded, waiting, due, executing, oldest_due, delay, run_p50, run_p95`

/** The engine as a whole, or, where `notQueues` are hidden, the sum of all other queues. */
export async function listSeries({ kit: { db }, em, now }: Reading, range: SeriesRange, notQueues: readonly string[] = []): Promise<SeriesPoint[]> {
  const { from, to, stepSeconds } = windowOf(now, range)
  if (notQueues.length) return listSumOfQueues({ kit: { db }, em, now }, range, notQueues)
  const rows = await query(
    em,
    sql<Row>`
      select ${columns} from (
        select date_bin(make_interval(secs => ${stepSeconds}), minute, ${from}) as step, sum(seconds) as seconds, sum(started) as started, sum(finished) as finished, sum(failed) as failed,
          sum(discarded) as discarded, ${latest('waiting')} as waiting, ${latest('due')} as due, ${latest('executing')} as executing,
          ${latest('oldest_due_seconds')} as oldest_due, ${percentiles}
        from ${db.table('engine_minute')} where minute >= ${from} and minute < ${to} group by 1
      ) steps order by step`,
  )
  return rows.map(pointOf)
}

/** Percentiles cannot be merged exactly: the greatest is an upper bound. The median run is that of an average minute. */
const percentiles = sql`max(delay_p95_seconds) as delay, avg(run_p50_seconds) as run_p50, max(run_p95_seconds) as run_p95`

function latest(column: string): RawBuilder<unknown> {
  return sql`(array_agg(${sql.ref(column)} order by minute desc))[1]`
}

/** One queue. In a measured minute without a row of its own, nothing happened in it; a queue that is not known has no points. */
export function listQueueSeries(reading: Reading, queue: string, range: SeriesRange): Promise<SeriesPoint[]> {
  return listFromMinutes(reading, range, sql`queue = ${queue}`)
}

function listSumOfQueues(reading: Reading, range: SeriesRange, notQueues: readonly string[]): Promise<SeriesPoint[]> {
  return listFromMinutes(reading, range, sql`queue <> all(${notQueues}::text[])`)
}

async function listFromMinutes({ kit: { db }, em, now }: Reading, range: SeriesRange, which: RawBuilder<unknown>): Promise<SeriesPoint[]> {
  const { from, to, stepSeconds } = windowOf(now, range)
  const rows = await query(
    em,
    sql<Row>`
      with known as (
        -- Whether an engine tells what started, what is due and what failed for good does not change from minute to minute.
        select count(*) > 0 as known, bool_and(started is not null) as tells_started, bool_and(due is not null) as tells_due
        from ${db.table('queue_figure')} where ${which}
      ),
      minutes as (
        select minute, seconds, known.* from ${db.table('engine_minute')}, known where minute >= ${from} and minute < ${to} and known
      ),
      sums as (
        select minute, sum(started) as started, sum(finished) as finished, sum(failed) as failed, sum(discarded) as discarded, sum(waiting) as waiting,
          sum(due) as due, sum(executing) as executing, max(oldest_due_seconds) as oldest_due_seconds, max(delay_p95_seconds) as delay_p95_seconds,
          avg(run_p50_seconds) as run_p50_seconds, max(run_p95_seconds) as run_p95_seconds
        from ${db.table('queue_minute')} where ${which} and minute >= ${from} and minute < ${to} group by minute
      )
      select ${columns} from (
        select date_bin(make_interval(secs => ${stepSeconds}), minute, ${from}) as step, sum(seconds) as seconds,
          sum(case when tells_started then coalesce(started, 0) end) as started, sum(coalesce(finished, 0)) as finished, sum(coalesce(failed, 0)) as failed,
          sum(case when tells_started then coalesce(discarded, 0) end) as discarded,
          (array_agg(coalesce(waiting, 0) order by minute desc))[1] as waiting,
          (array_agg(case when tells_due then coalesce(due, 0) end order by minute desc))[1] as due,
          (array_agg(coalesce(executing, 0) order by minute desc))[1] as executing,
          ${latest('oldest_due_seconds')} as oldest_due, ${percentiles}
        from minutes left join sums using (minute) group by 1
      ) steps order by step`,
  )
  return rows.map(pointOf)
}

type Figure = string | number | null
interface Row {
  at: Figure
  seconds: Figure
  started: Figure
  finished: Figure
  failed: Figure
  discarded: Figure
  waiting: Figure
  due: Figure
  executing: Figure
  oldest_due: Figure
  delay: Figure
  run_p50: Figure
  run_p95: Figure
}

function pointOf(row: Row): SeriesPoint {
  const number = (value: Figure) => (value === null ? null : Number(value))
  const perMinute = (count: Figure) => (count === null ? null : (Number(count) * 60) / Math.max(1, Number(row.seconds)))
  return {
    at: new Date(Number(row.at)).toISOString(),
    startedPerMinute: perMinute(row.started),
    finishedPerMinute: perMinute(row.finished)!,
    failedPerMinute: perMinute(row.failed)!,
    discardedPerMinute: perMinute(row.discarded),
    waiting: number(row.waiting),
    due: number(row.due),
    executing: number(row.executing),
    oldestDueSeconds: number(row.oldest_due),
    waitP95Seconds: number(row.delay),
    runP50Seconds: number(row.run_p50),
    runP95Seconds: number(row.run_p95),
  }
}
