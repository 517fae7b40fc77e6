import { AsyncLocalStorage } from 'node:async_hooks'
import type { Pool, PoolClient } from 'pg'
import { causesOf, codeOf } from '../describe-failure.ts'
import { destroyConnection, silenceError, type SilenceWatch, type Waiting } from './silence.ts'
import { sqlState } from './sqlstate.ts'
import type { WriteHealth } from './write-health.ts'

export const closedMessage = 'The database was closed.'

/** The server cancels our statements earlier than this; only a connection that died silently takes this long. */
const statementLimitMs = 20_000
const limits = new AsyncLocalStorage<number>()

/** Runs `work` with another limit for each of its statements, in milliseconds. */
export function withStatementLimit<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  return limits.run(limitMs, work)
}

/** How long PostgreSQL lets a statement run, and wait for a lock. */
export interface ServerLimits {
  statementMs: number
  lockMs: number
}

export interface Guarding {
  watch: SilenceWatch
  writes: WriteHealth
  /**
   * Set if the connection may lead to another session of PostgreSQL for each transaction. Then nothing may be set for the session,
   * and each transaction sets these limits for itself. Otherwise they were set when the connection was opened.
   */
  perTransaction?: ServerLimits
}

/** Bounds every connection of the pool: by its statement limit, by a server that goes silent, and by the closing of the pool. */
export function guardPool(pool: Pool, { watch, writes, perTransaction }: Guarding): void {
  const connect = pool.connect.bind(pool) as () => Promise<PoolClient>
  const guarded = new WeakSet<PoolClient>()
  let lockTimeoutAt = -Infinity
  const recordLockTimeout = () => {
    lockTimeoutAt = performance.now()
  }
  closeWithTimeout(pool)

  const acquire = async (): Promise<PoolClient> => {
    if (watch.silent) throw silenceError()
    const client = await connectWithTimeout(watch, connect().catch(explainPooler), (late) => late.release(true))
    // Kysely leaks a connection that becomes ready only after the pool started to close, and the pool would wait for it forever.
    if (pool.ending) {
      client.release()
      throw new Error(closedMessage)
    }
    if (!guarded.has(client)) guardQueries(client, watch, writes, recordLockTimeout)
    guarded.add(client)
    const contended = pool.waitingCount > 0 && performance.now() - lockTimeoutAt < contendedMs
    if (perTransaction) limitTransactions(client, contended ? { ...perTransaction, lockMs: shortLockTimeoutMs } : perTransaction)
    else if (contended) await shortenLockTimeout(client)
    return client
  }
  const connectCallback = pool.connect.bind(pool)
  pool.connect = ((callback?: Parameters<typeof connectCallback>[0]) => (callback ? connectCallback(callback) : acquire())) as Pool['connect']
}

/** For how long after a lock timeout the lock timeout is shortened, as long as connections are scarce. */
const contendedMs = 5_000
const shortLockTimeoutMs = 250

/**
 * When every connection is in use and a lock wait has just timed out, most connections are probably waiting for that lock, and
 * requests that do not need it are waiting for those connections. Until that is over, lock waits are kept short.
 */
async function shortenLockTimeout(client: PoolClient): Promise<void> {
  const { release } = client
  try {
    await client.query(`set lock_timeout = ${shortLockTimeoutMs}`)
  } catch (error) {
    release(true)
    throw error
  }
  client.release = (error) => (error ? release(error) : void resetLockTimeout(client, release))
}

const plainQueries = new WeakMap<PoolClient, PoolClient['query']>()

/** Sends the limits along with `begin`, so that they cost no round trip. */
function limitTransactions(client: PoolClient, { statementMs, lockMs }: ServerLimits): void {
  const plain = (plainQueries.get(client) ?? client.query) as (...args: unknown[]) => unknown
  plainQueries.set(client, plain as PoolClient['query'])
  const limited = (...args: unknown[]): unknown => {
    if (args[0] !== 'begin') return plain(...args)
    const all = plain(`begin; set local statement_timeout = ${statementMs}; set local lock_timeout = ${lockMs}`) as Promise<unknown[]>
    return all.then((results) => results[0])
  }
  client.query = limited as typeof client.query
}

async function resetLockTimeout(client: PoolClient, release: PoolClient['release']): Promise<void> {
  const failed = await client.query('reset lock_timeout').then(() => false, () => true)
  release(failed)
}

/** PgBouncer's own message names a parameter that no one has set knowingly. */
function explainPooler(cause: unknown): never {
  if (!(cause instanceof Error) || !cause.message.includes('unsupported startup parameter')) throw cause
  throw new Error('database.url leads to PgBouncer, which refuses the limits of our statements: set database.listenUrl to the database itself, so that database.url may lead to a pooler in transaction mode.', { cause })
}

const closeTimeoutMs = 3_000

/** A pool has ended when every connection is closed; connections that the server does not close in time are destroyed. */
function closeWithTimeout(pool: Pool): void {
  const open = new Set<PoolClient>()
  pool.on('connect', (client) => open.add(client))
  pool.on('remove', (client) => open.delete(client))
  const end = pool.end.bind(pool) as () => Promise<void>
  pool.end = (async () => {
    const timer = setTimeout(() => open.forEach((client) => destroyConnection(client)), closeTimeoutMs)
    await end().finally(() => clearTimeout(timer))
  }) as Pool['end']
}

/** A connection that becomes ready after the wait was given up is passed to `onLate`. */
function connectWithTimeout(watch: SilenceWatch, connecting: Promise<PoolClient>, onLate: (client: PoolClient) => void): Promise<PoolClient> {
  return new Promise((resolve, reject) => {
    let givenUp = false
    const waiting = watch.begin(statementLimitMs, (error) => {
      givenUp = true
      reject(error)
    })
    connecting.then(
      (client) => {
        watch.done(waiting, true)
        if (givenUp) onLate(client)
        else resolve(client)
      },
      (error: unknown) => {
        watch.done(waiting, false)
        reject(error as Error)
      },
    )
  })
}

function guardQueries(client: PoolClient, watch: SilenceWatch, writes: WriteHealth, recordLockTimeout: () => void): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  const guardedQuery = (...args: unknown[]): unknown => {
    // A connection in the middle of a statement cannot run another one, so it is destroyed with the statement.
    const waiting = watch.begin(limits.getStore() ?? statementLimitMs, (error) => destroyConnection(client, error))
    if (watch.silent) destroyConnection(client, silenceError())
    const result = query(...args)
    if (!(result instanceof Promise)) {
      watch.done(waiting, false)
      return result
    }
    return settle(result as Promise<{ command?: string }>, client, watch, waiting, writes).catch((error: unknown) => {
      if (codeOf(error) === sqlState.lockNotAvailable) recordLockTimeout()
      throw error
    })
  }
  client.query = guardedQuery as typeof client.query
}

async function settle(
  running: Promise<{ command?: string }>,
  client: PoolClient,
  watch: SilenceWatch,
  waiting: Waiting,
  writes: WriteHealth,
): Promise<unknown> {
  try {
    const result = await running
    watch.done(waiting, true)
    writes.succeeded(result.command)
    return result
  } catch (error) {
    const code = codeOf(error)
    watch.done(waiting, causesOf(error).some((cause) => 'severity' in cause))
    writes.failed(code)
    // The connection was opened while the database was read-only, and would remain so after the database is writable again.
    if (code === sqlState.readOnlyTransaction) discard(client)
    throw error
  }
}

/** Makes the pool close the connection when it is released. */
function discard(client: PoolClient): void {
  const { release } = client
  client.release = () => release(true)
}
