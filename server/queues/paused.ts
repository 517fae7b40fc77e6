import { type RawBuilder, sql } from 'kysely'
import { type Database, type Em, query } from '../db/database.ts'
import { wishedPause } from '../executors/wishes.ts'
import { queueFigures } from '../figures/tables.ts'
import { auditEvents, lastDayOfEvents } from '../operations/event.ts'

/**
 * Whether the queue of `figure` and `pause` is paused. The engine's report counts once it is newer than the last change made
 * here; for an engine that does not report pauses, our own record counts. Where executors obey a wish, the wish decides.
 */
export function isPaused(db: Database, now: Date): RawBuilder<boolean> {
  return sql`coalesce(${wishedPause(db, sql`coalesce(figure.queue, pause.queue)`)}, case
    when pause.paused_at > figure.as_of then true
    when figure.paused and exists (
      select from ${auditEvents(db)} resumed
      where resumed.subject_type = 'queue' and resumed.subject_id = figure.queue and resumed.occurred_at > figure.as_of and resumed.occurred_at < ${lastDayOfEvents(now).to}::timestamptz
        and resumed.event_type = 'queue.resumed' and resumed.outcome = 'succeeded') then false
    else coalesce(figure.paused, pause.queue is not null) end)`
}

/** Names of the queues that are paused. */
export async function listPausedQueues({ kit: { db }, em, now }: { kit: { db: Database }; em: Em; now: Date }): Promise<string[]> {
  const rows = await query(
    em,
    sql<{ queue: string }>`
      select coalesce(figure.queue, pause.queue) as queue from ${queueFigures(db)} figure full join ${db.table('queue_pause')} pause using (queue)
      where ${isPaused(db, now)}`,
  )
  return rows.map(({ queue }) => queue)
}
