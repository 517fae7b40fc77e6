import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { type Database, type Em, query } from './database.ts'
import { Turn } from './entities.ts'

/** Work that one process does at a time and that may call the engine: no transaction is open while it runs. */
export type TurnName =
  /** Measures the engine. */
  | 'snapshot'
  /** Reads failed attempts from the engine. */
  | 'failures'
  /** Looks for incidents. */
  | 'detector'
  /** Archives and deletes what has expired. */
  | 'retention'

/**
 * Call it first in the transaction that writes the results. False: the lease has expired and another process has taken the
 * turn, so nothing must be written.
 */
export type EndTurn = (em: Em) => Promise<boolean>

/**
 * Runs `work` unless another process holds the turn; null: one does. A process that dies holds the turn until its lease of
 * `leaseMs` milliseconds expires, by the database's clock.
 */
export async function withTurn<T>(db: Database, name: TurnName, leaseMs: number, work: (end: EndTurn) => Promise<T>): Promise<T | null> {
  const holder = randomUUID()
  const claimed = await query(
    db.em(),
    sql`
      insert into ${db.table('turn')} as turn (name, holder, until)
      values (${name}, ${holder}, clock_timestamp() + make_interval(secs => ${leaseMs / 1000}))
      on conflict (name) do update set holder = excluded.holder, until = excluded.until where turn.until <= clock_timestamp()
      returning name`,
  )
  if (!claimed.length) return null
  const end: EndTurn = async (em) => (await em.nativeDelete(Turn, { name, holder })) === 1
  try {
    return await work(end)
  } finally {
    // A no-op when the work has already ended the turn. If the database is unavailable, the lease expires instead.
    await end(db.em()).catch(() => {})
  }
}
