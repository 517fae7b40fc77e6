import type { SqlEntityManager } from '@mikro-orm/postgresql'
import { type RawBuilder, sql } from 'kysely'

export type Em = SqlEntityManager

/** Runs one statement with bound parameters, inside the unit of work's transaction if it has one. */
export async function query<Row>(em: Em, statement: RawBuilder<Row>): Promise<Row[]> {
  return (await statement.execute(em.getKysely())).rows
}

/** For the rest of this transaction a lock that somebody else holds is waited for so many milliseconds; 0: without end. */
export async function setLockTimeout(em: Em, ms: number): Promise<void> {
  await query(em, sql`select set_config('lock_timeout', ${String(ms)}, true)`)
}
