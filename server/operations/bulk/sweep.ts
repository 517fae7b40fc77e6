import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import type { ActingScope } from '../scope.ts'

const previewedDays = 1

/** How many unconfirmed sets are kept per actor; each may contain half a million jobs. */
const maxSets = 20

/** Deletes an actor's oldest unconfirmed sets if there are too many, together with their previews. */
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

/** Deletes sets that nobody confirmed. */
export async function deleteAbandonedSets({ db, now }: Kit): Promise<void> {
  await query(
    db.em(),
    sql`
      delete from ${db.table('bulk_run')} where id in (
        select id from ${db.table('bulk_run')}
        where status = 'previewed' and created_at < ${now()}::timestamptz - make_interval(days => ${previewedDays})
        order by created_at limit 20)`,
  )
}
