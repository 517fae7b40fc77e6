import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type RawBuilder, sql } from 'kysely'

export type Em = SqlEntityManager

/** Runs one statement with bound parameters, in the transaction of the unit of work if it has one. */
export async function query<Row>(em: Em, statement: RawBuilder<Row>): Promise<Row[]> {
  return (await statement.execute(em.getKysely())).rows
}

/** Limits lock waits to `ms` milliseconds for the rest of this transaction; 0: no limit. */
export async function setLockTimeout(em: Em, ms: number): Promise<void> {
  await query(em, sql`select set_config('lock_timeout', ${String(ms)}, true)`)
}
