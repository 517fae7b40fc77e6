import type { RawBuilder } from 'kysely'
import type { Database } from '../db/database.ts'

/**
 * What was measured, for the FROM clause of a statement that joins it with what its own folder knows. To be read only: everything is
 * written in this folder.
 */

/** The engine as a whole at moments of the last day: `at`, `seconds`, `waiting`, `executing`, `finished`, `wait_p95_seconds`, `how`. */
export function snapshots(db: Database): RawBuilder<unknown> {
  return db.table('snapshot')
}

/** Each queue as last measured: `queue`, `as_of`, `depth`, `oldest_available_at`, `paused`, `executors`, `job_limit`. */
export function queueFigures(db: Database): RawBuilder<unknown> {
  return db.table('queue_figure')
}

/** The last day of each queue: `queue`, `minute`, `finished`, `failed`, `waiting`, `wait_p95_seconds`. A quiet minute has no row. */
export function queueMinutes(db: Database): RawBuilder<unknown> {
  return db.table('queue_minute')
}
