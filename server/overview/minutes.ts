import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { engineMinutes, queueMinutes } from '../figures/tables.ts'
import { type SeriesRange, seriesRanges } from '../figures/series.ts'
import type { Scope } from '../operations/scope.ts'

/** The steps of a chart. */
export interface Frame {
  from: Date
  to: Date
  stepSeconds: number
}

/** Whole steps only: the current one would always look like a drop. */
export function frameOf(range: SeriesRange, now: Date): Frame {
  const { minutes, step } = seriesRanges[range]
  const to = Math.floor(now.getTime() / (step * 60_000)) * step * 60_000
  return { from: new Date(to - minutes * 60_000), to: new Date(to), stepSeconds: step * 60 }
}

/** The last five minutes, up to now. Null: unknown. */
export interface Lately {
  /** Jobs that failed for good, per minute. */
  discarded: number | null
  due: number | null
  /** 95th percentile of the wait, with those still waiting. */
  delay: number | null
}

export async function findLately({ kit: { db }, em, now }: Scope, hidden: string[]): Promise<Lately> {
  const minutes = hidden.length
    ? sql`(
        select engine.minute, engine.seconds, case when count(of.queue) = count(of.discarded) then coalesce(sum(of.discarded), 0) end as discarded,
          case when count(of.queue) = count(of.due) then coalesce(sum(of.due), 0) end as due, max(of.delay_p95_seconds) as delay_p95_seconds
        from ${engineMinutes(db)} engine left join ${queueMinutes(db)} of on of.minute = engine.minute and of.queue <> all(${hidden}::text[])
        group by engine.minute, engine.seconds)`
    : engineMinutes(db)
  const [row] = await query(
    em,
    sql<Lately>`
      select (sum(discarded) * 60 / greatest(sum(seconds), 1))::float8 as discarded, max(delay_p95_seconds)::float8 as delay,
        (array_agg(due order by minute desc))[1]::float8 as due
      from ${minutes} lately where minute > ${now}::timestamptz - interval '5 minutes' and minute <= ${now}::timestamptz`,
  )
  return row!
}
