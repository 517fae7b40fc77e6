import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { coverageSlackMs } from './history.ts'

const extendEveryMs = 5_000

/** The state one scheduler process holds about its own recorded interval. */
export interface OwnCoverage {
  id?: string
  writtenAt?: Date
}

/**
 * Records that this process is scheduling. The interval is extended every few seconds; if this process was suspended for too
 * long, a new interval begins, so that the gap stays visible.
 */
export async function recordCoverage(kit: Kit, own: OwnCoverage, { final = false } = {}): Promise<void> {
  const now = await kit.dbNow()
  const age = own.writtenAt ? now.getTime() - own.writtenAt.getTime() : Infinity
  if (age < extendEveryMs && !final) return
  if (age > coverageSlackMs || !(await extend(kit, own, now))) {
    if (final) return
    own.id = await begin(kit, now)
  }
  own.writtenAt = now
}

async function extend({ db }: Kit, own: OwnCoverage, now: Date): Promise<boolean> {
  const moved = await query(
    db.em(),
    sql`update ${db.table('cron_coverage')} set to_at = greatest(to_at, ${now}) where id = ${own.id} returning id`,
  )
  return moved.length > 0
}

async function begin({ db }: Kit, now: Date): Promise<string> {
  const [row] = await query(
    db.em(),
    sql<{ id: string }>`
      insert into ${db.table('cron_coverage')} (kind, from_at, to_at) values ('scheduling', ${now}, ${now}) returning id`,
  )
  return row!.id
}

/** When a scheduler was last known to be alive, and how many seconds ago that was; null: never. */
export async function findLastScheduling({ db, now }: Pick<Kit, 'db' | 'now'>): Promise<{ seen: string; age: number } | null> {
  const [row] = await query(
    db.em(),
    sql<{ seen: string | null; age: number | null }>`
      select max(to_at)::text as seen, extract(epoch from ${now()}::timestamptz - max(to_at))::float8 as age
      from ${db.table('cron_coverage')} where kind = 'scheduling'`,
  )
  return row?.seen && row.age !== null ? { seen: row.seen, age: row.age } : null
}
