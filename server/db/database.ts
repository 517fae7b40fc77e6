import { Migrator } from '@mikro-orm/migrations'
import { MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql'
import { type RawBuilder, sql } from 'kysely'
import type { Pool } from 'pg'
import { migrations } from '../../migrations/index.ts'
import type { SqlExecutor } from '../engines/engine.ts'
import type { DatabaseOptions } from '../options.ts'
import { entities } from './entities.ts'

export type Em = SqlEntityManager

/** Our own tables, in our own schema, through one pool. */
export interface Database {
  readonly url: string
  readonly schema: string
  /** A fresh unit of work outside any transaction. */
  em(): Em
  /** Commits what `work` did, or nothing. */
  transact<T>(work: (em: Em) => Promise<T>): Promise<T>
  /** A table or function of our schema, for a statement: the schema name is the only thing ever put into SQL text. */
  table(name: string): RawBuilder<unknown>
  /** Applies what is pending; several processes may try, one does it. */
  migrate(): Promise<string[]>
  /** Takes every migration back. For tests and for leaving; it removes the evidence with the tables. */
  migrateDown(): Promise<string[]>
  pendingMigrations(): Promise<string[]>
  /** Every migration this version knows, in order. */
  readonly migrationNames: readonly string[]
  close(): Promise<void>
}

/** Connects at the first statement, so that a database that is away does not stop the process. */
export async function openDatabase({ url, schema = 'ops', poolSize = 10 }: DatabaseOptions): Promise<Database> {
  const orm = await MikroORM.init({
    clientUrl: url,
    schema,
    entities,
    extensions: [Migrator],
    pool: { min: 0, max: poolSize },
    // The pool must notice a database that is gone, and a statement that never ends must not hold a request.
    driverOptions: {
      application_name: 'ops-powertools',
      connectionTimeoutMillis: 3_000,
      statement_timeout: 15_000,
      keepAlive: true,
      onPoolCreated: letGoAtTheEnd,
    },
    migrations: { migrationsList: migrations, tableName: 'migration', schema, snapshot: false },
    logger: () => {},
  })
  let closed = false
  const em = () => {
    // What comes too late must not open a pool that nobody closes.
    if (closed) throw new Error(wasClosed)
    return orm.em.fork() as unknown as Em
  }
  return {
    url,
    schema,
    em,
    transact: async (work) => transact(em(), work),
    table: (name) => sql`${sql.table(`${schema}.${name}`)}`,
    migrate: () => migrate(orm as unknown as MikroORM, schema, 'up'),
    migrateDown: () => migrate(orm as unknown as MikroORM, schema, 'down'),
    pendingMigrations: async () => (await orm.migrator.getPending({ schema })).map((migration) => migration.name),
    migrationNames: migrations.map(({ name }) => name),
    async close() {
      closed = true
      await orm.close(true)
    },
  }
}

/**
 * A connection that is ready only after the pool was told to end goes back at once. Kysely 0.29 loses such a one, and the pool
 * would wait for it for ever.
 */
function letGoAtTheEnd(pool: Pool): void {
  const connect = pool.connect.bind(pool) as Pool['connect']
  const connectOrLetGo = async () => {
    const client = await connect()
    if (!pool.ending) return client
    client.release()
    throw new Error(wasClosed)
  }
  pool.connect = ((told?: Parameters<typeof connect>[0]) => (told ? connect(told) : connectOrLetGo())) as Pool['connect']
}

const wasClosed = 'The database was closed.'

/** Runs one statement with bound parameters, inside the unit of work's transaction if it has one. */
export async function query<Row>(em: Em, statement: RawBuilder<Row>): Promise<Row[]> {
  return (await statement.execute(em.getKysely())).rows
}

/** What an engine needs to join this unit of work's transaction. */
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

/** Timestamps come back as PostgreSQL writes them, `2026-11-21 02:00:00.123456+00`; answers carry ISO-8601. */
export function isoMicroseconds(timestamp: string): string {
  const [date, time = '00:00:00'] = timestamp.replace(/\+00(:?00)?$/, '').split(/[ T]/)
  const [seconds, fraction = ''] = time.split('.')
  return `${date}T${seconds}.${fraction.padEnd(6, '0')}Z`
}

/**
 * Kysely's bracket rather than the entity manager's own: that one keeps the connection for ever when the database goes
 * away between begin and commit, and a pool loses one slot with each outage.
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
  return em.transactional(async (em) => {
    await query(em, sql`select pg_advisory_xact_lock(hashtextextended(${`ops-powertools migrate ${schema}`}, 0))`)
    const options = { transaction: em.getTransactionContext(), schema }
    const done = direction === 'up' ? await orm.migrator.up(options) : await orm.migrator.down({ ...options, to: 0 })
    return done.map((migration) => migration.name)
  })
}
