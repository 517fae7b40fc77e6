import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isReachable, serverAccount } from './postgres/account.ts'
import { refuseOthers, sharedFolder } from './postgres/binaries.ts'
import { connectionUrl, readConnection } from './postgres/connection.ts'
import { shopRole } from './postgres/shop-role.ts'
import { StartError } from './start-error.ts'

const projectFolder = resolve(import.meta.dirname, '..')

/** The name of the demo's database. */
export const databaseName = 'shop'

/** The demo's data folder: `.data` in the project, or `DEMO_DATA`. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(projectFolder, env.DEMO_DATA ?? '.data')
}

/** The database of a demo that was started on this data folder; undefined if there never was one. */
export function recordedDatabaseUrl(folder = dataFolder()): string | undefined {
  const connection = readConnection(join(folder, 'postgres'))
  return connection && connectionUrl(connection, databaseName, shopRole)
}

/**
 * The folder for PostgreSQL's files; creates its parent. If PostgreSQL runs under another account that cannot reach
 * the project (such as root's home), the files are in a shared location and the data folder only links there.
 */
export function postgresFolder(folder = dataFolder()): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'postgres')
  if (isReachable(folder, serverAccount())) return path
  const elsewhere = sharedPlace(folder)
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 })
  refuseOthers(elsewhere)
  const present = lstatSync(path, { throwIfNoEntry: false })
  if (present?.isDirectory()) {
    throw new StartError(`${path} was made by another user and PostgreSQL cannot reach it now: start with --fresh to start over with an empty database.`)
  }
  rmSync(path, { force: true })
  symlinkSync(join(elsewhere, 'postgres'), path)
  return join(elsewhere, 'postgres')
}

/** Removes the database, wherever it is. */
export function removeData(folder = dataFolder()): void {
  for (const parent of [folder, sharedPlace(folder)]) {
    for (const name of ['postgres', 'postgres.new', 'postgres.password']) rmSync(join(parent, name), { recursive: true, force: true })
  }
}

function sharedPlace(folder: string): string {
  const path = existsSync(folder) ? realpathSync(folder) : folder
  return join(sharedFolder, `ops-powertools-data-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`)
}
