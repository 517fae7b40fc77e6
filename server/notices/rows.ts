import { sql } from 'kysely'
import { type Database, type Em, query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import type { ToldState } from './policy.ts'

/** A process that dies while calling the handler holds the thread for this long; the handler has 5 seconds. */
const leaseSeconds = 30

export interface ThreadRow {
  id: string
  subject_type: string
  subject_id: string
  told_state: ToldState | null
  told_at: string | null
  told_event_id: string | null
  flapping_told_at: string | null
  recorded: number
  /** This claim's number. */
  claims: number
}

export interface NoticeRow {
  id: string
  event_type: string
  recorded_at: string
  tries: number
}

/** Claims the thread that has been due for longest, for this process alone; undefined if none is due. */
export async function claimThread({ db }: Kit, now: Date): Promise<ThreadRow | undefined> {
  const table = db.table('notice_thread')
  const [claimed] = await query(
    db.em(),
    sql<ThreadRow>`
      update ${table} set claimed_until = ${now}::timestamptz + make_interval(secs => ${leaseSeconds}), claims = claims + 1 where id = (
        select id from ${table} where next_at <= ${now} and (claimed_until is null or claimed_until <= ${now})
        order by next_at limit 1 for update skip locked)
      returning id, subject_type, subject_id, told_state, told_at::text, told_event_id, flapping_told_at::text, recorded, claims`,
  )
  return claimed
}

export function listWaiting({ db }: Kit, em: Em, thread: string): Promise<NoticeRow[]> {
  return query(
    em,
    sql<NoticeRow>`select id, event_type, recorded_at::text, tries from ${db.table('notice')} where thread = ${thread} and settled_at is null order by recorded_at, id`,
  )
}

export interface ThreadChange {
  /** null: not before something is recorded. */
  nextAt: Date | null
  told?: { state: ToldState; at: Date; eventId: string; flapping: boolean }
}

/**
 * Releases the thread, first in the transaction that records what was done. False: the claim has expired and another process has
 * the thread, so nothing must be written.
 */
export async function releaseThread({ db }: Kit, em: Em, { id, recorded, claims }: ThreadRow, { nextAt, told }: ThreadChange): Promise<boolean> {
  const released = await query(
    em,
    sql`
      update ${db.table('notice_thread')} set claimed_until = null,
        -- A notice recorded meanwhile has set the time at which to look again.
        next_at = case when recorded > ${recorded} then least(next_at, ${nextAt}::timestamptz) else ${nextAt}::timestamptz end,
        told_state = coalesce(${told?.state ?? null}, told_state), told_at = coalesce(${told?.at ?? null}::timestamptz, told_at),
        told_event_id = coalesce(${told?.eventId ?? null}::uuid, told_event_id),
        flapping_told_at = case when ${told?.flapping ?? false} then ${told?.at ?? null}::timestamptz else flapping_told_at end
      where id = ${id} and claims = ${claims} returning id`,
  )
  return released.length > 0
}

export async function settleNotice({ db }: Kit, em: Em, id: string, now: Date, outcome: 'told' | 'failed' | 'left_out', detail?: string): Promise<void> {
  await query(em, sql`update ${db.table('notice')} set settled_at = ${now}, outcome = ${outcome}, detail = ${detail ?? null}, tries = tries + ${outcome === 'left_out' ? 0 : 1} where id = ${id}`)
}

export async function countTry({ db }: Kit, em: Em, id: string): Promise<void> {
  await query(em, sql`update ${db.table('notice')} set tries = tries + 1 where id = ${id}`)
}

/** A notice of a repair is sent once; nothing comes after it. */
export async function deleteThread({ db }: Kit, em: Em, { id, claims }: ThreadRow): Promise<boolean> {
  const deleted = await query(em, sql`delete from ${db.table('notice_thread')} where id = ${id} and claims = ${claims} returning id`)
  return deleted.length > 0
}

const keptDays = 30
const maxDeleted = 5_000

/** Deletes settled notices and old threads. The last notice of an open incident is kept. */
export async function deleteOldNotices({ db, now }: { db: Database; now(): Date }): Promise<void> {
  const old = sql`${now()}::timestamptz - make_interval(days => ${keptDays})`
  await query(
    db.em(),
    sql`delete from ${db.table('notice')} where id in (
          select id from ${db.table('notice')} where settled_at < ${old} order by settled_at limit ${maxDeleted})`,
  )
  await query(
    db.em(),
    sql`delete from ${db.table('notice_thread')} thread where id in (
          select id from ${db.table('notice_thread')} where next_at is null and (told_at is null or told_state = 'resolved' and told_at < ${old}) limit ${maxDeleted})
        and next_at is null and not exists (select from ${db.table('notice')} waiting where waiting.thread = thread.id and waiting.settled_at is null)`,
  )
}
