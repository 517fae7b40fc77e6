import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../start-error.ts'
import { type Account, serverAccount } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { type Connection, connectionUrl, readConnection, writeConnection } from './connection.ts'
import { freePort, isFree } from './free-port.ts'
import { stopLeftover } from './leftover.ts'
import { type ServerProcess, startServer } from './server-process.ts'

export interface ClusterOptions {
  /** Data folder; kept if it is complete, recreated if an earlier start did not finish. */
  folder: string
  /** `name=value`, as in postgresql.conf. */
  settings?: string[]
  /** Removed if this process is killed; for tests. */
  temporaryFolder?: string
  /** Receives messages for the user, e.g. that a leftover was cleaned up. */
  report?: (sentence: string) => void
}

/** A PostgreSQL server of our own. It can be stopped and started again, on the same port with the same data. */
export interface Cluster {
  /** URL of the database `postgres` as the server's superuser; `urlOf` gives other databases and roles. */
  readonly url: string
  urlOf(database: string, role?: string): string
  start(): Promise<void>
  stop(how?: 'fast' | 'immediate'): Promise<void>
  /** Registers a callback for when the server ends unexpectedly. */
  onUnexpectedEnd?: () => void
}

/** Initialises the folder if needed and starts a server on it. */
export async function startCluster({ folder, settings = [], temporaryFolder, report = () => {} }: ClusterOptions): Promise<Cluster> {
  const account = serverAccount()
  const binaries = findBinaries(account)
  await stopLeftover(folder, report)
  const connection = existingConnection(folder, binaries) ?? initialise(folder, binaries, account, report)
  if (!(await isFree(connection.port))) connection.port = await freePort()

  let server: ServerProcess | undefined
  const cluster: Cluster = {
    get url() {
      return connectionUrl(connection)
    },
    urlOf: (database, role) => connectionUrl(connection, database, role),
    async start() {
      const started = await startServer({ program: binaries.postgres, folder, port: connection.port, account, settings, temporaryFolder })
      server = started
      void started.ended.then(() => {
        if (server === started) cluster.onUnexpectedEnd?.()
      })
    },
    async stop(how) {
      const stopping = server
      server = undefined
      await stopping?.stop(how)
    },
  }
  await startOnAnyPort(cluster, connection)
  writeConnection(folder, connection)
  return cluster
}

/** Retries with another port, because another process may take the free port first. */
async function startOnAnyPort(cluster: Cluster, connection: Connection): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await cluster.start()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (attempt === 3 || !reason.includes('could not bind')) throw new StartError(`The embedded PostgreSQL does not start: ${reason}`)
      connection.port = await freePort()
    }
  }
}

function existingConnection(folder: string, binaries: Binaries): Connection | undefined {
  if (!existsSync(join(folder, 'PG_VERSION'))) return undefined
  const folderVersion = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim()
  const ours = majorVersion(binaries)
  if (folderVersion !== ours) {
    throw new StartError(`${folder} was made by PostgreSQL ${folderVersion} and this is PostgreSQL ${ours}: start once with --fresh to start over with an empty database.`)
  }
  return readConnection(folder)
}

function majorVersion({ postgres }: Binaries): string {
  const { stdout } = spawnSync(postgres, ['--version'], { cwd: '/', encoding: 'utf8' })
  return /(\d+)/.exec(stdout)?.[1] ?? 'unknown'
}

/** Created next to its final location and moved there once complete, so that a partial folder is never used. */
function initialise(folder: string, { initdb }: Binaries, account: Account | undefined, report: (sentence: string) => void): Connection {
  const half = `${folder}.new`
  if (existsSync(folder) || existsSync(half)) report('An earlier start did not finish its database folder; it is created again.')
  rmSync(half, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(half, { recursive: true, mode: 0o700 })

  const connection: Connection = { port: 0, password: randomBytes(18).toString('base64url') }
  const passwordFile = `${folder}.password`
  writeFileSync(passwordFile, connection.password, { mode: 0o600 })
  giveTo(account, half, passwordFile)
  try {
    runInitdb(initdb, half, passwordFile, account)
  } finally {
    rmSync(passwordFile, { force: true })
  }
  writeConnection(half, connection)
  renameSync(half, folder)
  return connection
}

function giveTo(account: Account | undefined, ...paths: string[]): void {
  if (account) for (const path of paths) chownSync(path, account.uid, account.gid)
}

function runInitdb(initdb: string, folder: string, passwordFile: string, account: Account | undefined): void {
  const choices = ['--username=demo', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--no-sync', '--no-instructions']
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const { status, stderr, error } = spawnSync(initdb, [`--pgdata=${folder}`, ...choices, ...locale], {
    ...account,
    cwd: '/',
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    encoding: 'utf8',
  })
  if (status !== 0) throw new StartError(`The embedded PostgreSQL cannot create its data folder ${folder}: ${error?.message ?? stderr.trim()}`)
}

/** Creates a parent folder that the server's account can traverse. */
export function openToServer(folder: string): void {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
}
