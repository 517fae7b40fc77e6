import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { type RawBuilder, sql } from 'kysely'
import type { Pool } from 'pg'
import { migrations } from '../../migrations/index.ts'
import type { SqlExecutor } from '../engines/engine.ts'
import type { DatabaseOptions } from '../options.ts'
import { waitForLock } from './advisory.ts'
import { entities } from './entities.ts'
import { type Em, query, setLockTimeout } from './query.ts'
import { closedMessage, guardPool, withStatementLimit } from './pool.ts'
import { Replica } from './replica.ts'
import { isServerReachable, SilenceWatch } from './silence.ts'
import { OwnTypeParsers } from './type-parsers.ts'
import { type WriteFault, WriteHealth } from './write-health.ts'

export { type Em, query } from './query.ts'

/** Our own tables, in our own schema, through one pool. */
export interface Database {
  /** Leads to PostgreSQL itself or to a pooler in session mode: for `LISTEN`, which needs a session of its own. */
  readonly sessionUrl: string
  /** Whether `url` may lead to a pooler in transaction mode. */
  readonly pooled: boolean
  readonly schema: string
  /** A fresh unit of work outside any transaction. */
  em(): Em
  /** For reads that may be a little old; undefined without `database.readUrl`. */
  readonly replica?: Replica
  /** The same unit of work, or one on the primary if it reads from the replica: for whatever decides about rights. */
  primary(em: Em): Em
  /** Commits what `work` did, or nothing. */
  transact<T>(work: (em: Em) => Promise<T>): Promise<T>
  /** A qualified table or function of our schema. The schema name is the only value ever interpolated into SQL text. */
  table(name: string): RawBuilder<unknown>
  /** Applies pending migrations. When several processes call it at once, one of them migrates. */
  migrate(): Promise<string[]>
  /** Reverts every migration. For tests and for uninstalling: dropping the tables destroys the evidence in them. */
  migrateDown(): Promise<string[]>
  pendingMigrations(): Promise<string[]>
  /** The name of every migration in this version, in order. */
  readonly migrationNames: readonly string[]
  /**
   * Why the database currently refuses writes although it answers; undefined when no such fault is known.
   *
   * @throws Error when it does not answer or is not migrated
   */
  findFault(): Promise<WriteFault | undefined>
  close(): Promise<void>
}

/** How long a request waits for a connection, for a statement, and for a lock that another transaction holds. */
const connectTimeoutMs = 3_000
const statementTimeoutMs = 15_000
const lockTimeoutMs = 1_500
/** A migration may build an index over a large table. */
const migrationLimitMs = 60 * 60_000

/** What the database's own messages and times go through. */
export interface DatabaseSurroundings {
  now(): Date
  report(level: 'info' | 'warn', message: string, facts?: Record<string, unknown>): void
}

const alone: DatabaseSurroundings = { now: () => new Date(), report() {} }

/** Connects on the first statement, so that the process can start while the database is down. */
export async function openDatabase(options: DatabaseOptions, surroundings = alone): Promise<Database> {
  const { url, listenUrl, readUrl, schema = 'ops', maxReadLagSeconds = 30 } = options
  const writes = new WriteHealth()
  const main = await openPool(options, [...new Set([url, listenUrl ?? url])], writes)
  const reader = readUrl === undefined ? undefined : await openPool({ ...options, url: readUrl }, [readUrl], new WriteHealth())
  const { orm, em } = main
  const lagging = new WeakSet<Em>()
  const replicaEm = () => {
    const em = reader!.em()
    lagging.add(em)
    return em
  }
  return {
    sessionUrl: listenUrl ?? url,
    pooled: listenUrl !== undefined,
    schema,
    em,
    replica: reader && new Replica({ primary: em, replica: replicaEm, maxLagMs: maxReadLagSeconds * 1000, ...surroundings }),
    primary: (given) => (lagging.has(given) ? em() : given),
    findFault: () => findFault(em(), writes),
    transact: async (work) => transact(em(), work),
    table: (name) => sql`${sql.table(`${schema}.${name}`)}`,
    migrate: () => migrate(orm, schema, 'up'),
    migrateDown: () => migrate(orm, schema, 'down'),
    pendingMigrations: async () => (await orm.migrator.getPending({ schema })).map((migration) => migration.name),
    migrationNames: migrations.map(({ name }) => name),
    async close() {
      await Promise.all([main.close(), reader?.close()])
    },
  }
}

interface OpenPool {
  orm: MikroORM
  em(): Em
  close(): Promise<void>
}

/** `probed`: the addresses that must accept connections for the server to count as responsive. */
async function openPool({ url, listenUrl, schema = 'ops', poolSize = 10 }: DatabaseOptions, probed: string[], writes: WriteHealth): Promise<OpenPool> {
  const pooled = listenUrl !== undefined
  // A pooler accepts connections also while the server behind it does not respond.
  const watch = new SilenceWatch(async () => !(await Promise.all(probed.map(isServerReachable))).includes(false))
  const perTransaction = pooled ? { statementMs: statementTimeoutMs, lockMs: lockTimeoutMs } : undefined
  const orm = await MikroORM.init({
    clientUrl: url,
    schema,
    entities,
    extensions: [Migrator],
    pool: { min: 0, max: poolSize },
    // The pool must notice a lost database, and a request must not wait for a statement that never ends.
    driverOptions: {
      application_name: 'ops-powertools',
      connectionTimeoutMillis: connectTimeoutMs,
      // PgBouncer refuses them when a connection is opened, or forgets them between two transactions.
      ...(pooled ? {} : { statement_timeout: statementTimeoutMs, lock_timeout: lockTimeoutMs }),
      keepAlive: true,
      types: new OwnTypeParsers(),
      onPoolCreated: (pool: Pool) => guardPool(pool, { watch, writes, perTransaction }),
    },
    migrations: { migrationsList: migrations, tableName: 'migration', schema, snapshot: false },
    logger: () => {},
  })
  let closed = false
  return {
    orm: orm as unknown as MikroORM,
    em() {
      // A late call must not open a pool that would never be closed.
      if (closed) throw new Error(closedMessage)
      return orm.em.fork() as unknown as Em
    },
    async close() {
      closed = true
      watch.close()
      await orm.close(true)
    },
  }
}

async function findFault(em: Em, writes: WriteHealth): Promise<WriteFault | undefined> {
  // On a standby this is 'on', too.
  const [session] = await query(em, sql<{ read_only: boolean }>`select current_setting('transaction_read_only') = 'on' as read_only`)
  if (session?.read_only) return 'read_only'
  return writes.fault === 'no_room' ? 'no_room' : undefined
}

/** Lets an engine run statements in the transaction of this unit of work. */
export function executorOf(em: Em): SqlExecutor {
  return {
    async executeSql(text, values = []) {
      const kysely = em.getKysely()
      const compiled = { sql: text, parameters: values, query: { kind: 'RawNode' }, queryId: { queryId: 'engine' } }
      const result = await kysely.executeQuery<Record<string, unknown>>(compiled as never)
      return { rows: [...result.rows] }
    },
  }
}

/** Converts a timestamp as PostgreSQL writes it, `2026-11-21 02:00:00.123456+00`, to ISO 8601 with all its microseconds. */
export function isoMicroseconds(timestamp: string): string {
  const [date, time = '00:00:00'] = timestamp.replace(/\+00(:?00)?$/, '').split(/[ T]/)
  const [seconds, fraction = ''] = time.split('.')
  return `${date}T${seconds}.${fraction.padEnd(6, '0')}Z`
}

/**
 * Uses Kysely's transaction rather than the entity manager's, which never releases its connection when the database goes
 * away between begin and commit, so that each outage costs the pool a slot.
 */
async function transact<T>(em: Em, work: (em: Em) => Promise<T>): Promise<T> {
  return em.getConnection().getClient().transaction().execute(async (transaction) => {
    em.setTransactionContext(transaction as never)
    const result = await work(em)
    await em.flush()
    return result
  })
}

async function migrate(orm: MikroORM, schema: string, direction: 'up' | 'down'): Promise<string[]> {
  const em = orm.em.fork() as unknown as Em
  const work = () => em.transactional(async (em) => {
    await query(em, sql`select set_config('statement_timeout', '0', true)`)
    await setLockTimeout(em, 0)
    await waitForLock({ schema }, em, 'migrate')
    const options = { transaction: em.getTransactionContext(), schema }
    const applied = direction === 'up' ? await orm.migrator.up(options) : await orm.migrator.down({ ...options, to: 0 })
    return applied.map((migration) => migration.name)
  })
  return withStatementLimit(migrationLimitMs, work)
}
