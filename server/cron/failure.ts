import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { causesOf, describeFailure } from '../describe-failure.ts'
import type { Kit } from '../kit.ts'
import { hintEntries } from './rows.ts'

/**
 * Records the error and schedules the retry. The back-off is half the time for which the slot has been due, between 5 s and
 * 5 min. If the database itself is unavailable, this fails too, and the tick with it.
 */
export async function recordFailure(kit: Kit, id: string, error: unknown): Promise<void> {
  kit.log.warn('no job was created for a cron entry', { entryId: id, ...describeFailure(error) })
  const now = await kit.dbNow()
  const message = String(causesOf(error).at(-1)?.message ?? error).replaceAll('\0', '').slice(0, 500)
  await kit.db.transact(async (em) => {
    const [entry] = await query(
      em,
      sql<{ name: string; queue: string; worker: string | null }>`
        update ${kit.db.table('cron_entry')} set last_error = ${message},
          retry_at = ${now}::timestamptz + greatest(interval '5 seconds', least(interval '5 minutes', (${now}::timestamptz - coalesce(next_slot_at, ${now})) / 2))
        where id = ${id} returning name, queue, worker`,
    )
    if (entry) await hintEntries(kit.db, em, [entry])
  })
}
