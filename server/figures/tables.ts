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

/** The latest figures of each queue: `queue`, `as_of`, `depth`, `oldest_available_at`, `paused`, `executors`, `job_limit`, `due`, `due_how`, `oldest_due_at`, `started`, `delay_p95_seconds`, `moved_at` (when a job of it was last seen to start or end), `usual_seconds`, `usual_failed` (failed attempts over so many seconds, older ones weighing less). */
export function queueFigures(db: Database): RawBuilder<unknown> {
  return db.table('queue_figure')
}

/**
 * Each queue by minute over the last day: `queue`, `minute`, `started`, `finished`, `failed` (attempts), `discarded`, `waiting`, `due`, `executing`,
 * `oldest_due_seconds`, `wait_p95_seconds` (of jobs that started), `delay_p95_seconds` (with those still waiting), `run_p50_seconds`,
 * `run_p95_seconds`. Quiet minutes have no row; that a minute was measured is in `engineMinutes`.
 */
export function queueMinutes(db: Database): RawBuilder<unknown> {
  return db.table('queue_minute')
}

/** The engine as a whole by minute over the last day, with `minute`, `seconds` (how many of them were measured) and the figures of `queueMinutes`. */
export function engineMinutes(db: Database): RawBuilder<unknown> {
  return db.table('engine_minute')
}
