import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { type Database, type Em, query } from './database.ts'
import { Turn } from './entities.ts'

/** Work that one process at a time does, and that may ask the engine: no transaction is open meanwhile. */
export type TurnName =
  /** Measures the engine. */
  'snapshot'

/** To be called first in the transaction that writes what was found. False: it took too long, and the turn is somebody else's. */
export type EndTurn = (em: Em) => Promise<boolean>

/**
 * Does `work` unless another process is at it; null: one is. A process that dies at it holds the turn for `leaseMs` milliseconds
 * at most, by the database's clock.
 */
export async function inTurn<T>(db: Database, name: TurnName, leaseMs: number, work: (end: EndTurn) => Promise<T>): Promise<T | null> {
  const holder = randomUUID()
  const taken = await query(
    db.em(),
    sql`
      insert into ${db.table('turn')} as turn (name, holder, until)
      values (${name}, ${holder}, clock_timestamp() + make_interval(secs => ${leaseMs / 1000}))
      on conflict (name) do update set holder = excluded.holder, until = excluded.until where turn.until <= clock_timestamp()
      returning name`,
  )
  if (!taken.length) return null
  const end: EndTurn = async (em) => (await em.nativeDelete(Turn, { name, holder })) === 1
  try {
    return await work(end)
  } finally {
    // Nothing to do after the work has ended it. A database that is away frees it with the lease.
    await end(db.em()).catch(() => {})
  }
}
