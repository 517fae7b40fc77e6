import { Client, Pool } from 'pg'
import { dataFolder, databaseName, postgresFolder, recordedDatabaseUrl, removeData } from './data-folder.ts'
import { lockData } from './data-lock.ts'
import { type Cluster, startCluster } from './postgres/cluster.ts'
import { makeShopDatabase, shopRole } from './postgres/shop-role.ts'
import type { Settings } from './settings.ts'
import { StartError } from './start-error.ts'

export interface OpenDatabase {
  url: string
  /** Where the database is, for the start-up message. */
  where: string
  close(how?: 'fast' | 'immediate'): Promise<void>
  onUnexpectedEnd(handle: () => void): void
}

/** The user's own database if `DATABASE_URL` is set, otherwise the embedded one. */
export async function openDatabase({ databaseUrl, fresh }: Settings, report: (sentence: string) => void): Promise<OpenDatabase> {
  return databaseUrl ? openOwn(databaseUrl) : openEmbedded(fresh, report)
}

async function openOwn(url: string): Promise<OpenDatabase> {
  await checkReachable(url)
  return { url, where: `PostgreSQL at ${new URL(url).host} (DATABASE_URL)`, close: async () => {}, onUnexpectedEnd: () => {} }
}

async function openEmbedded(fresh: boolean, report: (sentence: string) => void): Promise<OpenDatabase> {
  const folder = dataFolder()
  const unlock = lockData(folder)
  try {
    if (fresh) removeData(folder)
    const cluster = await startCluster({ folder: postgresFolder(folder), report })
    try {
      await makeShopDatabase(cluster, databaseName)
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return embedded(cluster, folder, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

function embedded(cluster: Cluster, folder: string, unlock: () => void): OpenDatabase {
  return {
    url: cluster.urlOf(databaseName, shopRole),
    where: `embedded PostgreSQL, data in ${folder}`,
    async close(how) {
      await cluster.stop(how)
      unlock()
    },
    onUnexpectedEnd(handle) {
      cluster.onUnexpectedEnd = handle
    },
  }
}

async function checkReachable(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {}) // a connection that breaks later is reported by the query that needs it
  try {
    await client.connect()
    await client.query('select 1')
  } catch (error) {
    throw new StartError(`The database at ${withoutPassword(url)} cannot be used (${reasonOf(error)}): start it, correct DATABASE_URL, or unset it to use the embedded one.`)
  } finally {
    await client.end().catch(() => {})
  }
}

function reasonOf(error: unknown): string {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  return inner instanceof Error ? inner.message : String(inner)
}

function withoutPassword(url: string): string {
  const shown = new URL(url)
  shown.password = ''
  return shown.href
}

/** The URL of the running demo's database, which a real host would take from an environment variable. */
export function databaseUrl(env: NodeJS.ProcessEnv = process.env): string {
  const url = env.DATABASE_URL || recordedDatabaseUrl()
  if (!url) throw new StartError('There is no demo database yet: run "npm run demo" first, or set DATABASE_URL.')
  return url
}

/** The shop's own connections. Lost idle connections are replaced at the next query, so their errors can be ignored. */
export function openPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 10, allowExitOnIdle: true, connectionTimeoutMillis: 5000 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
