import { type RawBuilder, sql } from 'kysely'
import { type Em, query } from './query.ts'

/**
 * Every advisory lock that we take, and what it protects. Advisory locks are shared by the whole database, so each key also
 * contains the name of our schema: two installations in one database do not block each other. All are released with their
 * transaction.
 */
export type LockName =
  /** One process migrates; the others wait, and then have nothing left to do. */
  | 'migrate'
  /** One process at a time synchronizes the declared cron entries. */
  | 'cron'
  /** One process adds partitions to the audit log; the others skip it. */
  | 'partitions'
  /** One lock per queue name: serializes simultaneous operations on the same queue. */
  | 'queue'

/** The part of a `Database` that is needed here. */
interface Schema {
  readonly schema: string
}

/** Waits for the lock, which is held until the transaction of `em` ends. */
export async function waitForLock(db: Schema, em: Em, name: LockName, of?: string): Promise<void> {
  await query(em, sql`select pg_advisory_xact_lock(${keyOf(db, name, of)})`)
}

/** Takes the lock if it is free, and holds it until the transaction of `em` ends. False: another transaction holds it. */
export async function tryLock(db: Schema, em: Em, name: LockName): Promise<boolean> {
  const [row] = await query(em, sql<{ locked: boolean }>`select pg_try_advisory_xact_lock(${keyOf(db, name)}) as locked`)
  return row?.locked ?? false
}

function keyOf({ schema }: Schema, name: LockName, of?: string): RawBuilder<unknown> {
  return sql`hashtextextended(${['ops-powertools', name, schema, of].filter((part) => part !== undefined).join(' ')}, 0)`
}
