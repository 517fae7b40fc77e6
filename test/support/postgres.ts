import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { prepareTemplate, runSql, templateName } from './template.ts'
import { startTemporaryCluster } from './temporary-cluster.ts'

export interface TestDatabase {
  url: string
  /** Also ends whatever is still connected to it. */
  drop(): Promise<void>
}

/** A database of this test's own on the run's server: migrated, with pg-boss's tables, or `empty`. */
export async function createDatabase({ empty = false }: { empty?: boolean } = {}): Promise<TestDatabase> {
  return copyTemplate(inject('postgresUrl'), empty)
}

export interface OwnServer extends TestDatabase {
  /** As a restart or a crash would: connections break, requests fail. */
  stop(how?: 'fast' | 'immediate'): Promise<void>
  /** On the same port, with the same data. */
  start(): Promise<void>
  /** Stops every process of the server where it is: connections stay open, and nothing answers. */
  freeze(): void
  thaw(): void
  /** A setting of the whole server, for every session from now on, those that are open included. */
  set(setting: string, value: string): Promise<void>
  /** Stops the server and removes its data. */
  remove(): Promise<void>
}

/** A server and a migrated database for one test alone, which may stop and start it. */
export async function startOwnServer(): Promise<OwnServer> {
  const cluster = await startTemporaryCluster()
  await prepareTemplate(cluster)
  return {
    ...(await copyTemplate(cluster.url, false)),
    stop: (how) => cluster.stop(how),
    start: () => cluster.start(),
    freeze: () => cluster.freeze(),
    thaw: () => cluster.thaw(),
    async set(setting, value) {
      await runSql(cluster.url, `alter system set ${setting} = ${value}`)
      await runSql(cluster.url, 'select pg_reload_conf()')
    },
    remove: () => cluster.remove(),
  }
}

export async function copyTemplate(serverUrl: string, empty: boolean): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await runSql(serverUrl, `create database ${name} template ${empty ? 'template0' : templateName}`)
  const url = new URL(serverUrl)
  url.pathname = name
  return { url: url.href, drop: () => dropDatabase(serverUrl, name) }
}

/**
 * Connections that are closing get the five seconds that PostgreSQL gives them: one that is thrown out instead says so
 * to a pool that listens no more, and fails a test that is long over.
 */
async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  const statement = `drop database if exists ${name}`
  await runSql(serverUrl, statement).catch(() => runSql(serverUrl, `${statement} with (force)`))
}
