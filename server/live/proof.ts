import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { type Database, query } from '../db/database.ts'
import { endConnection } from '../db/silence.ts'

const hearingMs = 5_000

export function openListener({ sessionUrl }: Pick<Database, 'sessionUrl'>, name = 'ops-powertools live'): pg.Client {
  return new pg.Client({ connectionString: sessionUrl, application_name: name, keepAlive: true, connectionTimeoutMillis: 3_000, query_timeout: 5_000 })
}

/**
 * Whether this connection hears what is sent through the pool. Behind a pooler in transaction mode `LISTEN` succeeds, but the session
 * that listens belongs to another client a moment later, so only trying it out shows the difference.
 */
export async function hears(client: pg.Client, db: Database): Promise<boolean> {
  const channel = `ops_powertools_hears_${randomBytes(8).toString('hex')}`
  const waiting = new AbortController()
  const heard = new Promise<boolean>((resolve) => client.on('notification', (notification) => notification.channel === channel && resolve(true)))
  const timedOut = sleep(hearingMs, false, { signal: waiting.signal }).catch(() => false)
  try {
    await client.query(`listen ${channel}`)
    await query(db.em(), sql`select pg_notify(${channel}, '')`)
    return await Promise.race([heard, timedOut])
  } finally {
    waiting.abort()
    client.removeAllListeners('notification')
    void client.query(`unlisten ${channel}`).catch(() => {})
  }
}

/** Tries it out on a connection of its own, for `doctor`. */
export async function canListen(db: Database): Promise<boolean> {
  const client = openListener(db, 'ops-powertools doctor')
  client.on('error', () => {})
  try {
    await client.connect()
    return await hears(client, db)
  } finally {
    await endConnection(client)
  }
}

/** Why hints do not arrive, and what to change. */
export function describeDeafness({ pooled }: Pick<Database, 'pooled'>): string {
  return pooled
    ? 'database.listenUrl does not receive what is sent through database.url: it must lead to the same database, and not through a pooler in transaction mode'
    : 'database.url leads to a pooler in transaction mode, through which LISTEN does not work: set database.listenUrl to the database itself'
}
