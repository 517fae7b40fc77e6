import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'

const previewedDays = 1
const endedDays = 30

/** Sets that nobody confirmed go with their previews; of runs that ended the audit log keeps what was done to which job. */
export async function deleteOldRuns({ db, now }: Kit): Promise<void> {
  await query(
    db.em(),
    sql`
      delete from ${db.table('bulk_run')} where id in (
        select id from ${db.table('bulk_run')}
        where (status = 'previewed' and created_at < ${now()}::timestamptz - make_interval(days => ${previewedDays}))
          or (status in ('finished', 'aborted') and created_at < ${now()}::timestamptz - make_interval(days => ${endedDays}))
        order by created_at limit 20)`,
  )
}
