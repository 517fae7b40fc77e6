import { type RawBuilder, sql } from 'kysely'
import { query } from '../db/database.ts'
import { ErrorGroup, type ErrorGroupRow } from '../db/entities.ts'
import type { Scope } from '../operations/scope.ts'
import { feedDelayMinutes, judge, windowMinutes } from './burst.ts'
import { findFeed } from './feed.ts'
import { lastMinuteEnd, listRecent, type RecentGroup } from './recent.ts'
import { isSilenced, stateOf, statusOf } from './state.ts'

/** Made for others: the input of the detector. Values are raw. */
export interface GroupVerdict {
  fingerprint: string
  queue: string
  worker: string
  /** The newest message. */
  sample: string
  title: string
  errorClass: string
  state: ReturnType<typeof stateOf>
  status: ReturnType<typeof statusOf>
  silenced: boolean
  firstSeenAt: Date
  lastSeenAt: Date
  /** Its rate is far above the usual one in the last five complete minutes. */
  burst: boolean
  /** Since when, if it is or was a quarter of an hour ago. */
  burstSince: Date | null
  /** Of at least as many failures at the usual rate; null for fewer than five. */
  probability: number | null
  failures: number
  /** Of its queue; null if the engine does not report them. */
  attempts: number | null
  /** Failures in five minutes that are usual. */
  expected: number
  /** Jobs of the group that failed for good: in those five minutes, and within the last day. */
  exhausted: number
  exhaustedOfDay: number
  /** The last five jobs, newest first. */
  jobIds: string[]
}

export interface Verdicts {
  /** Up to when the failures were read. */
  asOf: Date
  groups: GroupVerdict[]
}

/** Groups that failed within the last hour, or for good within the last day. Null: failures were not read, or what was attempted was not measured. */
export async function listVerdicts(scope: Pick<Scope, 'kit' | 'em' | 'now'>): Promise<Verdicts | null> {
  const { kit, em, now } = scope
  const feed = await findFeed(em)
  if (!feed || feed.sweeps === 0) return null
  const end = lastMinuteEnd(feed.readTo, now)
  const lately = sql<boolean>`g.last_seen_at > ${new Date(end.getTime() - 3_600_000)} or (g.final_count > 0 and g.last_seen_at > ${new Date(end.getTime() - 86_400_000)})`
  const recent = await listRecent(kit, em, end, lately)
  if (!recent) return null
  const rows = await listRows(scope, lately)
  const byFingerprint = new Map(recent.map((each) => [each.fingerprint, each]))
  return { asOf: feed.readTo, groups: rows.flatMap((row) => verdictOf(row, byFingerprint.get(row.fingerprint), end, now) ?? []) }
}

type CountedRow = ErrorGroupRow & { exhaustedOfDay: number }

async function listRows({ kit: { db }, em, now }: Pick<Scope, 'kit' | 'em' | 'now'>, which: RawBuilder<boolean>): Promise<CountedRow[]> {
  const rows = await query(
    em,
    sql<Record<string, unknown> & { of_day: number }>`
      select g.*, coalesce((select sum(final_count) from ${db.table('error_minute')} m where m.fingerprint = g.fingerprint
        and m.minute >= ${new Date(now.getTime() - 86_400_000)}), 0)::int as of_day
      from ${db.table('error_group')} g where ${which}`,
  )
  return rows.map(({ of_day, ...row }) => ({ ...(em.map(ErrorGroup, row) as unknown as ErrorGroupRow), exhaustedOfDay: of_day }))
}

function verdictOf(row: CountedRow, recent: RecentGroup | undefined, end: Date, now: Date): GroupVerdict | undefined {
  if (!recent) return undefined
  const { burst, probability, expected } = judge(recent.recent, recent.baseline)
  return {
    fingerprint: row.fingerprint,
    queue: row.queue,
    worker: row.worker,
    sample: row.sample,
    title: row.title,
    errorClass: row.errorClass,
    state: stateOf(row, now),
    status: statusOf(row, now),
    silenced: isSilenced(row.silence, now),
    firstSeenAt: row.firstSeenAt,
    lastSeenAt: row.lastSeenAt,
    burst,
    burstSince: burstSinceOf(recent, end) ?? (burst ? end : null),
    probability,
    ...recent.recent,
    expected,
    exhausted: recent.final,
    exhaustedOfDay: row.exhaustedOfDay,
    jobIds: row.examples.map(({ jobId }) => jobId),
  }
}

/** Two bursts that are no further apart are one. */
export function burstSinceOf({ burstSince, burstSeenAt }: Pick<RecentGroup, 'burstSince' | 'burstSeenAt'>, end: Date): Date | null {
  return burstSeenAt && end.getTime() - burstSeenAt.getTime() <= (feedDelayMinutes + windowMinutes) * 60_000 ? burstSince : null
}
