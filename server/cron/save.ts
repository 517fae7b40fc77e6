import { type RawBuilder, sql } from 'kysely'
import { type Database, type Em, query } from '../db/database.ts'
import { uuidv7 } from '../uuid.ts'
import type { Definition } from './definition.ts'
import { nextFrom } from './expression.ts'
import { type Entry, queryEntries, type RawEntry } from './rows.ts'

/** The name, source and definition of an entry. */
export interface Saved extends Definition {
  name: string
  source: Entry['source']
}

/** A new entry with its first revision; null when the name is taken. */
export async function insertEntry(db: Database, em: Em, saved: Saved, now: Date): Promise<Entry | null> {
  const { name, source, queue, worker, args, expression, timezone, overlap, catchUp, maxCatchUp } = saved
  const [entry] = await queryEntries(
    em,
    sql<RawEntry>`
      with entry as (
        insert into ${db.table('cron_entry')}
          (id, name, source, queue, worker, args, expression, timezone, overlap, catch_up, max_catch_up, next_slot_at, created_at, updated_at)
        values (${uuidv7(now.getTime())}, ${name}, ${source}, ${queue}, ${worker}, ${JSON.stringify(args)}, ${expression}, ${timezone},
          ${overlap}, ${catchUp}, ${maxCatchUp}, ${nextFrom(saved, now)}, ${now}, ${now})
        on conflict (name) do nothing returning *
      ), revision as (
        insert into ${db.table('cron_revision')} (entry_id, from_at, expression, timezone)
        select id, created_at, expression, timezone from entry
      )
      select * from entry`,
  )
  return entry ?? null
}

/**
 * Stores a changed definition. A new schedule, or an entry that returns after retirement, starts from now: slots that were due
 * under the old schedule are not run under the new one.
 */
export async function saveDefinition(db: Database, em: Em, stored: Entry, saved: Saved, now: Date): Promise<void> {
  const { source, queue, worker, args, expression, timezone, overlap, catchUp, maxCatchUp } = saved
  const anew = stored.retiredAt !== null || stored.expression !== expression || stored.timezone !== timezone
  const nextSlotAt = anew ? nextFrom(saved, now) : stored.nextSlotAt
  const update = sql`
    update ${db.table('cron_entry')} set source = ${source}, queue = ${queue}, worker = ${worker}, args = ${JSON.stringify(args)},
      expression = ${expression}, timezone = ${timezone}, overlap = ${overlap}, catch_up = ${catchUp}, max_catch_up = ${maxCatchUp},
      next_slot_at = ${nextSlotAt}, last_error = null, retry_at = null,
      resume_at = case when retired_at is not null and resume_at < ${now} then ${now} else resume_at end, retired_at = null, updated_at = ${now}, version = version + 1
    where id = ${stored.id}`
  await query(em, anew ? sql`with changed as (${update}) ${insertRevision(db, stored.id, now, expression, timezone)}` : update)
}

/** From now on nothing is due, and a waiting follow-up is not started. */
export async function retireEntry(db: Database, em: Em, { id, timezone }: Entry, now: Date): Promise<void> {
  await query(
    em,
    sql`
      with changed as (
        update ${db.table('cron_entry')} set retired_at = ${now}, next_slot_at = null, last_error = null, retry_at = null,
          updated_at = ${now}, version = version + 1
        where id = ${id}
      ), dropped as (
        update ${db.table('cron_slot')} set state = 'skipped_overlap', note = 'The entry was retired before the previous job had ended.'
        where entry_id = ${id} and state = 'queued_follow_up' and job_id is null and claimed_at is null
      )
      ${insertRevision(db, id, now, null, timezone)}`,
  )
}

/** If two changes share an instant, the later one wins. */
function insertRevision(db: Database, id: string, from: Date, expression: string | null, timezone: string): RawBuilder<unknown> {
  return sql`
    insert into ${db.table('cron_revision')} (entry_id, from_at, expression, timezone) values (${id}, ${from}, ${expression}, ${timezone})
    on conflict (entry_id, from_at) do update set expression = excluded.expression, timezone = excluded.timezone`
}
