import { type RawBuilder, sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { engineMinutes, queueMinutes } from '../figures/tables.ts'
import type { Kit } from '../kit.ts'
import { type Baseline, type Recent, windowMinutes } from './burst.ts'

/** The last five complete minutes of a group, with its baseline. */
export interface RecentGroup {
  fingerprint: string
  queue: string
  recent: Recent
  /** Failures among them that were a job's last attempt. */
  final: number
  baseline: Baseline
  burstSince: Date | null
  burstSeenAt: Date | null
}

const minuteMs = 60_000
/** A minute of which less was measured does not count towards the attempts. */
const minMeasuredSeconds = 30

/** Does the engine report how many jobs end? */
export function countsAttempts({ engine }: Pick<Kit, 'engine'>): boolean {
  return engine.lacks.finished_jobs === undefined
}

/** The start of the minute that is still running: everything before it was read. */
export function lastMinuteEnd(readTo: Date, now: Date): Date {
  return new Date(Math.floor(Math.min(readTo.getTime(), now.getTime()) / minuteMs) * minuteMs)
}

/**
 * Groups with their last five minutes before `end`; `which` is a condition on `error_group g`. A group without a history of its own
 * inherits that of its queue: so many attempts, and it did not fail in any of them. Null: some of those minutes were not measured.
 */
export async function listRecent(kit: Pick<Kit, 'db' | 'engine'>, em: Em, end: Date, which: RawBuilder<boolean>): Promise<RecentGroup[] | null> {
  const { db } = kit
  const from = new Date(end.getTime() - windowMinutes * minuteMs)
  const counted = countsAttempts(kit)
  if (counted && (await countMeasured(kit, em, from, end)) < windowMinutes) return null
  const rows = await query(
    em,
    sql<RecentRow>`
      with failed as materialized (
        select fingerprint, sum(count)::int as n, sum(final_count)::int as finals from ${db.table('error_minute')} where minute >= ${from} and minute < ${end} group by 1
      ),
      of_queue as (select g.queue, sum(n) as n, sum(finals) as finals from failed join ${db.table('error_group')} g using (fingerprint) group by 1),
      ended as (select queue, sum(finished) as n from ${queueMinutes(db)} where minute >= ${from} and minute < ${end} group by 1)
      select g.fingerprint, g.queue, coalesce(failed.n, 0) as failures, coalesce(failed.finals, 0) as final,
        (greatest(0, coalesce(ended.n, 0) - coalesce(of_queue.finals, 0)) + coalesce(of_queue.n, 0))::int as attempts,
        coalesce(own.failures, 0) as usual_failures, coalesce(own.attempts, common.attempts, 0) as usual_attempts, coalesce(own.dispersion, 0) as dispersion,
        coalesce(own.weight, common.weight, 0) as weight, own.burst_since::text, own.burst_seen_at::text
      from ${db.table('error_group')} g left join failed using (fingerprint) left join of_queue using (queue) left join ended using (queue)
        left join ${db.table('error_baseline')} own on own.queue = g.queue and own.fingerprint = g.fingerprint
        left join ${db.table('error_baseline')} common on common.queue = g.queue and common.fingerprint = ''
      where ${which}`,
  )
  return rows.map((row) => ({
    fingerprint: row.fingerprint,
    queue: row.queue,
    recent: { failures: row.failures, attempts: counted ? row.attempts : null },
    final: row.final,
    baseline: { failures: row.usual_failures, attempts: row.usual_attempts, dispersion: row.dispersion, weight: row.weight },
    burstSince: row.burst_since === null ? null : new Date(row.burst_since),
    burstSeenAt: row.burst_seen_at === null ? null : new Date(row.burst_seen_at),
  }))
}

interface RecentRow {
  fingerprint: string
  queue: string
  failures: number
  final: number
  attempts: number
  usual_failures: number
  usual_attempts: number
  dispersion: number
  weight: number
  burst_since: string | null
  burst_seen_at: string | null
}

async function countMeasured({ db }: Pick<Kit, 'db'>, em: Em, from: Date, to: Date): Promise<number> {
  const [row] = await query(em, sql<{ n: number }>`select count(*)::int as n from ${engineMinutes(db)} where minute >= ${from} and minute < ${to} and seconds >= ${minMeasuredSeconds}`)
  return row!.n
}

/** The minutes between two instants that were measured, by their start in milliseconds. */
export async function listMeasured({ db }: Pick<Kit, 'db'>, em: Em, from: Date, to: Date): Promise<Set<number>> {
  const rows = await query(em, sql<{ minute: string }>`select minute::text from ${engineMinutes(db)} where minute >= ${from} and minute < ${to} and seconds >= ${minMeasuredSeconds}`)
  return new Set(rows.map(({ minute }) => Date.parse(minute)))
}
