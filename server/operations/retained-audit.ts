import { sql } from 'kysely'
import { type Database, type Em, query } from '../db/database.ts'

/** One monthly partition of the audit log. */
export interface AuditMonth {
  /** Name of its table, e.g. `audit_event_2026_10`. */
  name: string
  from: Date
  to: Date
  /** No longer part of the log, because it is about to be dropped. */
  detached: boolean
}

/** The months of the log, oldest first, including one that a process detached before it died. */
export async function listAuditMonths(db: Database): Promise<AuditMonth[]> {
  const rows = await query(
    db.em(),
    sql<{ name: string; detached: boolean }>`
      select relname as name, not relispartition as detached from pg_class
      where relnamespace = ${db.schema}::regnamespace and relkind = 'r' and relname ~ '^audit_event_[0-9]{4}_[0-9]{2}$' order by relname`,
  )
  return rows.map(({ name, detached }) => {
    const [, , year, month] = name.split('_').map(Number)
    return { name, detached, from: new Date(Date.UTC(year!, month! - 1)), to: new Date(Date.UTC(year!, month!)) }
  })
}

/** Events of a month in order, each as one line. */
export function listMonthEvents(db: Database, { name }: AuditMonth, after: { at: string; id: string } | undefined, most: number): Promise<{ at: string; id: string; json: string }[]> {
  return query(
    db.em(),
    sql<{ at: string; id: string; json: string }>`
      select occurred_at::text as at, id::text, to_jsonb(event)::text as json from ${db.table(name)} event
      where ${after ? sql`(occurred_at, id) > (${after.at}::timestamptz, ${after.id}::uuid)` : sql`true`} order by occurred_at, id limit ${most}`,
  )
}

/** Waits for the lock no longer than any statement does; a failure is tried again by the next pass. */
export async function detachAuditMonth(db: Database, em: Em, { name }: AuditMonth): Promise<void> {
  await query(em, sql`alter table ${db.table('audit_event')} detach partition ${db.table(name)}`)
}

export async function restoreAuditMonth(db: Database, em: Em, { name, from, to }: AuditMonth): Promise<void> {
  const bound = (at: Date) => sql.lit(at.toISOString())
  await query(em, sql`alter table ${db.table('audit_event')} attach partition ${db.table(name)} for values from (${bound(from)}) to (${bound(to)})`)
}

/** Drops a detached month if it holds exactly `events` events. False: it does not. */
export async function dropDetachedMonth(db: Database, { name }: AuditMonth, events: number): Promise<boolean> {
  return db.transact(async (em) => {
    await query(em, sql`lock table ${db.table(name)} in access exclusive mode`)
    const [row] = await query(em, sql<{ events: string }>`select count(*)::text as events from ${db.table(name)}`)
    if (Number(row!.events) !== events) return false
    await query(em, sql`drop table ${db.table(name)}`)
    return true
  })
}
