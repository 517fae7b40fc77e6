import { sql } from 'kysely'
import { type Database, type Em, query } from '../db/database.ts'

interface Reading {
  kit: { db: Database }
  em: Em
}

/** Measurements follow each other every few seconds; a shorter silence is not told. */
const slackSeconds = 60
const maxGaps = 50

export interface Unmeasured {
  /** The stretches of the window without measurements, newest first, at most 50. */
  gaps: { from: Date; to: Date }[]
  /** The oldest measurement that is kept; null if there is none. */
  firstAt: Date | null
}

/** When the engine was not measured, according to the stored measurements. */
export async function listUnmeasured({ kit: { db }, em }: Reading, { from, to }: { from: Date; to: Date }): Promise<Unmeasured> {
  const table = db.table('snapshot')
  const [first] = await query(em, sql<{ at: string | null }>`select min(at)::text as at from ${table}`)
  if (!first?.at) return { gaps: [], firstAt: null }
  const firstAt = new Date(first.at)
  const start = firstAt > from ? firstAt : from
  const rows = await query(
    em,
    sql<{ from: string; to: string }>`
      select ended.from::text, ended.at::text as to from (
        select at, lag(at, 1, ${start}::timestamptz) over (order by at) as from
        from (select at from ${table} where at >= ${start} and at <= ${to} union all select ${to}::timestamptz) measured
      ) ended
      where ended.at - ended.from > make_interval(secs => ${slackSeconds}) order by ended.at desc limit ${maxGaps}`,
  )
  return { gaps: rows.map((row) => ({ from: new Date(row.from), to: new Date(row.to) })), firstAt }
}
