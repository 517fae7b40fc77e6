import { AsyncLocalStorage } from 'node:async_hooks'
import type { Pool, PoolClient } from 'pg'
import { causesOf, codeOf } from '../describe-failure.ts'
import { destroyConnection, silenceError, type SilenceWatch, type Waiting } from './silence.ts'
import { sqlState } from './sqlstate.ts'
import type { WriteHealth } from './write-health.ts'

export const closedMessage = 'The database was closed.'

/** The server ends a statement of ours before that; only a connection that died without a word lasts so long. */
const statementLimitMs = 20_000
const limits = new AsyncLocalStorage<number>()

/** Statements that `work` runs may take longer than those of a request. */
export function withStatementLimit<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
  return limits.run(limitMs, work)
}

/** Makes every connection of the pool one that ends: at its own limit, when the server goes silent, and when the pool closes. */
export function guardPool(pool: Pool, watch: SilenceWatch, writes: WriteHealth): void {
  const connect = pool.connect.bind(pool) as () => Promise<PoolClient>
  const guarded = new WeakSet<PoolClient>()
  let lockedOutAt = -Infinity
  const noteLockedOut = () => {
    lockedOutAt = performance.now()
  }
  endInTime(pool)

  const acquire = async (): Promise<PoolClient> => {
    if (watch.silent) throw silenceError()
    const client = await inTime(watch, connect(), (late) => late.release(true))
    // Kysely loses a connection that becomes ready only after the pool was told to end, and the pool would wait for it for ever.
    if (pool.ending) {
      client.release()
      throw new Error(closedMessage)
    }
    if (!guarded.has(client)) guardQueries(client, watch, writes, noteLockedOut)
    guarded.add(client)
    if (pool.waitingCount > 0 && performance.now() - lockedOutAt < lockedOutMs) await hurryLocks(client)
    return client
  }
  const connectCallback = pool.connect.bind(pool)
  pool.connect = ((callback?: Parameters<typeof connectCallback>[0]) => (callback ? connectCallback(callback) : acquire())) as Pool['connect']
}

/** So long after a lock timeout the next ones are short, where connections are short too. */
const lockedOutMs = 5_000
const hurriedLockTimeoutMs = 250

/**
 * Where every connection is taken and a lock did not end a moment ago, most of them wait for that lock, and whoever does not need it
 * waits for them. Until that is over nobody waits for a lock for long.
 */
async function hurryLocks(client: PoolClient): Promise<void> {
  const { release } = client
  try {
    await client.query(`set lock_timeout = ${hurriedLockTimeoutMs}`)
  } catch (error) {
    release(true)
    throw error
  }
  client.release = (error) => (error ? release(error) : void resetLocks(client, release))
}

async function resetLocks(client: PoolClient, release: PoolClient['release']): Promise<void> {
  const failed = await client.query('reset lock_timeout').then(() => false, () => true)
  release(failed)
}

const farewellMs = 3_000

/** A pool ends when every connection is closed; those that the server does not close are cut. */
function endInTime(pool: Pool): void {
  const open = new Set<PoolClient>()
  pool.on('connect', (client) => open.add(client))
  pool.on('remove', (client) => open.delete(client))
  const end = pool.end.bind(pool) as () => Promise<void>
  pool.end = (async () => {
    const timer = setTimeout(() => open.forEach((client) => destroyConnection(client)), farewellMs)
    await end().finally(() => clearTimeout(timer))
  }) as Pool['end']
}

/** A connection that comes when nobody waits any more is handed to `late`. */
function inTime(watch: SilenceWatch, connecting: Promise<PoolClient>, late: (client: PoolClient) => void): Promise<PoolClient> {
  return new Promise((resolve, reject) => {
    let givenUp = false
    const waiting = watch.begin(statementLimitMs, (error) => {
      givenUp = true
      reject(error)
    })
    connecting.then(
      (client) => {
        watch.done(waiting, true)
        if (givenUp) late(client)
        else resolve(client)
      },
      (error: unknown) => {
        watch.done(waiting, false)
        reject(error as Error)
      },
    )
  })
}

function guardQueries(client: PoolClient, watch: SilenceWatch, writes: WriteHealth, noteLockedOut: () => void): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown
  const guardedQuery = (...given: unknown[]): unknown => {
    // What is in the middle of a statement cannot be used for another: the connection ends with it.
    const waiting = watch.begin(limits.getStore() ?? statementLimitMs, (error) => destroyConnection(client, error))
    if (watch.silent) destroyConnection(client, silenceError())
    const answer = query(...given)
    if (!(answer instanceof Promise)) {
      watch.done(waiting, false)
      return answer
    }
    return settle(answer as Promise<{ command?: string }>, client, watch, waiting, writes).catch((error: unknown) => {
      if (codeOf(error) === sqlState.lockNotAvailable) noteLockedOut()
      throw error
    })
  }
  client.query = guardedQuery as typeof client.query
}

async function settle(
  answer: Promise<{ command?: string }>,
  client: PoolClient,
  watch: SilenceWatch,
  waiting: Waiting,
  writes: WriteHealth,
): Promise<unknown> {
  try {
    const result = await answer
    watch.done(waiting, true)
    writes.succeeded(result.command)
    return result
  } catch (error) {
    const code = codeOf(error)
    watch.done(waiting, causesOf(error).some((cause) => 'severity' in cause))
    writes.failed(code)
    // It was opened while the database could only be read, and would stay so after the database no longer is.
    if (code === sqlState.readOnlyTransaction) discard(client)
    throw error
  }
}

/** The pool closes the connection when it is given back. */
function discard(client: PoolClient): void {
  const { release } = client
  client.release = () => release(true)
}
