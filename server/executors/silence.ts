import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { snapshots } from '../figures/tables.ts'

/** Measurements come every few seconds; a gap of this length means that the database was down, or that no process was measuring. */
const holeSeconds = 30
/** Longer than an executor may be silent. */
const lookBackSeconds = 180

/**
 * For how many seconds `executor` has been silent. While the database was down no executor could send heartbeats, and all would be missing
 * the moment it is back: so silence counts at most from the end of the latest hole in the measurements. The subqueries do not
 * depend on the executor and are evaluated once.
 */
export function silenceOf(db: Database): RawBuilder<number> {
  const resumed = sql`(
    select max(snapshot.at) from ${snapshots(db)} snapshot
    -- Not clock_timestamp(), which may change from row to row, so that the whole day would be read instead of these minutes.
    where snapshot.at between statement_timestamp() - make_interval(secs => ${lookBackSeconds}) and statement_timestamp()
      and snapshot.at - (select max(earlier.at) from ${snapshots(db)} earlier where earlier.at < snapshot.at) > make_interval(secs => ${holeSeconds}))`
  return sql`extract(epoch from clock_timestamp() - greatest(executor.beat_at, ${resumed}))::float8`
}
