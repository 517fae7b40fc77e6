import type { RawBuilder } from 'kysely'
import type { Database } from '../db/database.ts'

/**
 * The measured figures, for the FROM clause of statements in other folders that join them with their own tables. Read-only there:
 * all writes are in this folder.
 */

/** Snapshots of the whole engine over the last day: `at`, `seconds`, `waiting`, `executing`, `finished`, `wait_p95_seconds`, `how`. */
export function snapshots(db: Database): RawBuilder<unknown> {
  return db.table('snapshot')
}

/** The latest figures of each queue: `queue`, `as_of`, `depth`, `oldest_available_at`, `paused`, `executors`, `job_limit`. */
export function queueFigures(db: Database): RawBuilder<unknown> {
  return db.table('queue_figure')
}

/** Each queue by minute over the last day: `queue`, `minute`, `finished`, `failed`, `waiting`, `wait_p95_seconds`. Quiet minutes have no row. */
export function queueMinutes(db: Database): RawBuilder<unknown> {
  return db.table('queue_minute')
}
