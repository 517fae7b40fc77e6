import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import { type Finding, ok, warning } from './finding.ts'

const freshSeconds = 60

/** A scheduler that lives moves its interval on every few seconds. */
export async function checkScheduler({ db, now }: Kit): Promise<Finding[]> {
  const [row] = await query(
    db.em(),
    sql<{ seen: string | null; age: number | null }>`
      select max(to_at)::text as seen, extract(epoch from ${now()}::timestamptz - max(to_at))::float8 as age
      from ${db.table('cron_coverage')} where kind = 'scheduling'`,
  )
  const hint = 'A process of the host must call ops.start(), and scheduler.enabled must not be false in all of them.'
  if (!row?.seen || row.age === null) return [warning('scheduler', 'no scheduler has ever been on record', hint)]
  const age = Math.max(0, Math.round(row.age))
  if (age > freshSeconds) return [warning('scheduler', `no scheduler has been on record for ${age} s, since ${row.seen}`, hint)]
  return [ok('scheduler', `on record ${age} s ago`)]
}
