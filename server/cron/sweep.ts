import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'

const keptDays = 60
const maxAtOnce = 5_000

/** Slots have the same retention as the coverage that explains them; manual runs stay in the audit log. */
export async function deleteOldSlots({ db, now }: Kit): Promise<void> {
  const table = db.table('cron_slot')
  await query(
    db.em(),
    sql`
      delete from ${table} where id in (
        select id from ${table} where slot_at < ${now()}::timestamptz - make_interval(days => ${keptDays})
        order by slot_at limit ${maxAtOnce})`,
  )
}
