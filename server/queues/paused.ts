import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { wishedPause } from '../executors/wishes.ts'
import { auditEvents } from '../operations/event.ts'

/**
 * Whether the queue of `figure` and `pause` is paused. The engine's report counts once it is newer than the last change made
 * here; for an engine that does not report pauses, our own record counts. Where executors obey a wish, the wish decides.
 */
export function isPaused(db: Database): RawBuilder<boolean> {
  return sql`coalesce(${wishedPause(db, sql`coalesce(figure.queue, pause.queue)`)}, case
    when pause.paused_at > figure.as_of then true
    when figure.paused and exists (
      select from ${auditEvents(db)} resumed
      where resumed.subject_type = 'queue' and resumed.subject_id = figure.queue and resumed.occurred_at > figure.as_of
        and resumed.event_type = 'queue.resumed' and resumed.outcome = 'succeeded') then false
    else coalesce(figure.paused, pause.queue is not null) end)`
}
