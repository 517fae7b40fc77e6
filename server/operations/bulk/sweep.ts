import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import type { ActingScope } from '../scope.ts'

const previewedDays = 1
const endedDays = 30

/** So many sets that nobody has confirmed yet are kept of one actor; each may be half a million jobs. */
const maxSets = 20

/** The oldest sets of an actor go when there are too many, and their previews with them. */
export async function deleteOldSets({ kit: { db }, em, principal }: Pick<ActingScope, 'kit' | 'em' | 'principal'>): Promise<void> {
  await query(
    em,
    sql`
      with old as (
        delete from ${db.table('bulk_run')} where status = 'previewed' and id in (
          select id from ${db.table('bulk_run')}
          where status = 'previewed' and actor_type = ${principal.type} and actor_id = ${principal.id}
          order by created_at desc offset ${maxSets} for update skip locked)
        returning id::text
      )
      delete from ${db.table('preview')} where subject_type = 'bulk' and consumed_at is null
        and actor_type = ${principal.type} and actor_id = ${principal.id} and subject_id in (select id from old)`,
  )
}

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
