import { sql } from 'kysely'
import type { ErrorGroup } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'
import { findFeed } from './feed.ts'
import type { ErrorRange } from './range.ts'

type Histogram = ErrorGroup['histogram']

export interface Gap {
  from: Date
  to: Date
}

/** The failures of each group in equal steps. A step that was not read, and for which nothing was found afterwards, is null. */
export async function listHistograms(scope: Scope, fingerprints: string[], range: ErrorRange): Promise<Map<string, Histogram>> {
  const { kit: { db }, em } = scope
  const stepMs = range.stepSeconds * 1_000
  const [rows, gaps] = await Promise.all([
    query(
      em,
      sql<{ fingerprint: string; step: number; n: number }>`
        select fingerprint, floor(extract(epoch from minute - ${range.from}::timestamptz) / ${range.stepSeconds})::int as step, sum(count)::int as n
        from ${db.table('error_minute')} where fingerprint = any(${fingerprints}::text[]) and minute >= ${range.from} and minute < ${range.to} group by 1, 2`,
    ),
    listGaps(scope, range),
  ])
  const counts = Map.groupBy(rows, ({ fingerprint }) => fingerprint)
  const length = Math.round((range.to.getTime() - range.from.getTime()) / stepMs)
  const unread = Array.from({ length }, (_, step) => {
    const from = range.from.getTime() + step * stepMs
    return gaps.some((gap) => gap.from.getTime() <= from && gap.to.getTime() >= from + stepMs)
  })
  return new Map(
    fingerprints.map((fingerprint) => {
      const byStep = new Map(counts.get(fingerprint)?.map(({ step, n }) => [step, n]))
      return [fingerprint, { from: range.from.toISOString(), stepSeconds: range.stepSeconds, counts: unread.map((missing, step) => byStep.get(step) ?? (missing ? null : 0)) }]
    }),
  )
}

/** When the engine's failures were not read: before the first read, in recorded gaps, and since the last read. */
export async function listGaps({ kit: { db }, em }: Scope, { from, to }: ErrorRange): Promise<Gap[]> {
  const feed = await findFeed(em)
  if (!feed) return [{ from, to }]
  const rows = await query(em, sql<{ from_at: string; to_at: string }>`select from_at::text, to_at::text from ${db.table('error_gap')} where to_at > ${from} and from_at < ${to} order by from_at`)
  const gaps = rows.map((row) => ({ from: new Date(row.from_at), to: new Date(row.to_at) }))
  if (feed.startedAt > from) gaps.unshift({ from, to: feed.startedAt })
  if (feed.readTo < to) gaps.push({ from: feed.readTo, to })
  return gaps
}
