import { type RawBuilder, sql } from 'kysely'
import { type Em, query } from './query.ts'

/**
 * Every advisory lock of ours, and what it stands for. Advisory locks belong to the whole database, so each key also holds
 * the name of our schema: two installations in one database do not wait for each other. All end with their transaction.
 */
export type LockName =
  /** One process migrates; the others wait and then find nothing to do. */
  | 'migrate'
  /** One process brings the declared cron entries up to date at a time. */
  | 'cron'
  /** One process adds partitions to the audit log; the others have no need to. */
  | 'partitions'
  /** Of one queue, by its name: two clicks on it come one after the other. */
  | 'queue'

/** A `Database`, or what is enough of one. */
interface Schema {
  readonly schema: string
}

/** Waits for the lock; it ends with the transaction of `em`. */
export async function waitForLock(db: Schema, em: Em, name: LockName, of?: string): Promise<void> {
  await query(em, sql`select pg_advisory_xact_lock(${keyOf(db, name, of)})`)
}

/** Takes the lock if nobody has it; it ends with the transaction of `em`. */
export async function tryLock(db: Schema, em: Em, name: LockName): Promise<boolean> {
  const [got] = await query(em, sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(${keyOf(db, name)}) as locked`)
  return got?.locked ?? false
}

function keyOf({ schema }: Schema, name: LockName, of?: string): RawBuilder<unknown> {
  return sql`hashtextextended(${['ops-powertools', name, schema, of].filter((part) => part !== undefined).join(' ')}, 0)`
}
