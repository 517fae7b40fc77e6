import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'
import { visible } from '../host/visible.ts'
import { resourceOf } from './made-jobs.ts'

/** Runs of visible entries that were missed in the last hour. */
export async function countMissedRuns({ kit: { db }, em, viewer, now }: Pick<Scope, 'kit' | 'em' | 'viewer' | 'now'>): Promise<number> {
  const rows = await query(
    em,
    sql<{ name: string; queue: string; worker: string | null; missed: number }>`
      select entry.name, entry.queue, entry.worker, count(*)::int as missed
      from ${db.table('cron_slot')} slot join ${db.table('cron_entry')} entry on entry.id = slot.entry_id
      where slot.slot_at > ${now}::timestamptz - interval '1 hour' and slot.slot_at <= ${now} and slot.state = 'missed_fire'
      group by entry.id`,
  )
  const seen = await visible(viewer, rows, 'view_cron', resourceOf)
  return seen.reduce((sum, { missed }) => sum + missed, 0)
}
