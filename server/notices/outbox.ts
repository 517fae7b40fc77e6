import { sql } from 'kysely'
import { type Em, query } from '../db/query.ts'
import type { Database } from '../db/database.ts'

/** The audit event that a notice is about. */
export interface NoticedEvent {
  id: string
  event_type: string
  subject_type: string
  subject_id: string
}

interface Recording {
  db: Pick<Database, 'table'>
  /** Without a handler there are no notices, so nothing is recorded. */
  escalation?: unknown
  now(): Date
}

/**
 * Made for others: records a notice about an event. Call it in the transaction that writes the event, and
 * `kit.tellSoon()` after its commit. The event's id is the id of the message, however often it has to be told.
 *
 * Notices of repairs are sent at once. For an incident, pass every event that changes its state or ends a silence; whether and when
 * a notice is sent is decided later, from the state that the incident is in by then.
 */
export async function recordNotice({ db, escalation, now }: Recording, em: Em, event: NoticedEvent): Promise<void> {
  if (!escalation) return
  const thread = threadOf(event)
  // Due at once by the database's clock, also if this process's clock is ahead.
  await query(
    em,
    sql`
      with thread as (
        insert into ${db.table('notice_thread')} as thread (id, subject_type, subject_id, next_at)
        values (${thread}, ${event.subject_type}, ${event.subject_id}, least(${now()}::timestamptz, clock_timestamp()))
        on conflict (id) do update set recorded = thread.recorded + 1, next_at = least(thread.next_at, excluded.next_at)
      )
      insert into ${db.table('notice')} (id, thread, event_type, recorded_at) values (${event.id}, ${thread}, ${event.event_type}, ${now()})`,
  )
}

/** All notices of one incident are decided together; any other notice on its own. */
function threadOf({ id, subject_type, subject_id }: NoticedEvent): string {
  return subject_type === 'incident' ? `incident:${subject_id}` : `event:${id}`
}
