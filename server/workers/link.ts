import pg from 'pg'
import { destroyConnection, endConnection } from '../db/silence.ts'
import { withTimeout } from '../timeout.ts'
import type { AttendOptions, PoolLike } from './options.ts'

/** The companion's way to the database. Every call ends within a few seconds, with rows or with an error. */
export interface Link {
  query(text: string, values: unknown[]): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

const connectTimeoutMs = 3_000
const queryTimeoutMs = 5_000

/** `onHint` is called when an operation wants something of the workers; with a pool, never. */
export function openLink(database: AttendOptions['database'], channel: string, onHint: () => void): Link {
  return 'pool' in database ? pooledLink(database.pool) : ownLink(database.url, channel, onHint)
}

/** Connects on the first query, and anew after each failure: a connection that failed may be in the middle of a statement. */
function ownLink(url: string, channel: string, onHint: () => void): Link {
  let client: pg.Client | undefined

  const connect = async (): Promise<pg.Client> => {
    const next = new pg.Client({
      connectionString: url,
      application_name: 'ops-powertools workers',
      keepAlive: true,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: queryTimeoutMs,
      statement_timeout: queryTimeoutMs,
      lock_timeout: 1_000,
    })
    next.on('notification', onHint)
    next.on('error', () => drop(next))
    next.on('end', () => drop(next))
    client = next
    try {
      await next.connect()
      await next.query(`listen ${next.escapeIdentifier(channel)}`)
      // A process that has nothing else to do may end.
      ;(next as unknown as { unref(): void }).unref()
      return next
    } catch (error) {
      drop(next)
      throw error
    }
  }
  const drop = (failed: pg.Client): void => {
    if (client === failed) client = undefined
    failed.removeAllListeners('notification')
    destroyConnection(failed)
  }
  return {
    async query(text, values) {
      const current = client ?? (await connect())
      try {
        return (await current.query<Record<string, unknown>>(text, values)).rows
      } catch (error) {
        drop(current)
        throw error
      }
    },
    async close() {
      const last = client
      client = undefined
      if (last) await endConnection(last)
    },
  }
}

/** A call that was given up may still hold a connection of the host's pool, so no other is made before it has ended. */
function pooledLink(pool: PoolLike): Link {
  let late: Promise<unknown> | undefined
  return {
    async query(text, values) {
      if (late) throw new Error('An earlier statement has not been answered yet.')
      const running = pool.query(text, values)
      const answer = await withTimeout(running, queryTimeoutMs, () => {
        late = running.catch(() => {}).finally(() => (late = undefined))
        return new Error('The database did not answer in time.')
      })
      return answer.rows
    },
    close: async () => {},
  }
}
