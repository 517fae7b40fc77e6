import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import type { Log } from '../host/log.ts'

/** The part of a `pg` pool that is used here. */
export interface PoolLike {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
}

export interface AttendOptions {
  /**
   * The database of `createOps`. With `url`, the companion opens one connection of its own and hears at once what is wanted of it.
   * With `pool`, it asks once a second through the host's pool.
   */
  database: { url: string; schema?: string } | { pool: PoolLike; schema?: string }
  /** How people recognize this process, e.g. `worker-7`. Default: its host and process id. */
  name?: string
  /** The machine, container or pod. Default: `os.hostname()`. */
  host?: string
  /**
   * What is deployed here. Default: the first of `OPS_VERSION`, `APP_VERSION`, `GIT_COMMIT` and `SOURCE_VERSION` in the environment,
   * then the `version` of the nearest package.json above the process's main file.
   */
  version?: string
  /** Told when the database cannot be reached and when it can again. Default: silent. */
  log?: Pick<Log, 'info' | 'warn'>
}

export interface Identity {
  name: string
  host: string
  pid: number
  version: string | null
}

/** The longest name, host or version that is sent. */
const maxLength = 200

export function identityOf({ name, host = hostname(), version = findVersion() }: AttendOptions): Identity {
  return { name: (name ?? `${host}:${process.pid}`).slice(0, maxLength), host: host.slice(0, maxLength), pid: process.pid, version: version?.slice(0, maxLength) ?? null }
}

/** @throws Error which names the option and what was expected */
export function checkOptions({ database }: AttendOptions): { schema: string } {
  const given = database as { url?: unknown; pool?: { query?: unknown }; schema?: unknown } | undefined
  const { url, pool, schema = 'ops' } = given ?? {}
  if (typeof pool?.query !== 'function' && (typeof url !== 'string' || !/^postgres(ql)?:\/\//.test(url))) {
    throw new Error(`attend: 'database' has ${url === undefined ? 'neither url nor pool' : 'a url that is not a PostgreSQL URL'}; expected { url: 'postgres://…' } or { pool }.`)
  }
  if (typeof schema !== 'string' || !/^[a-z_][a-z0-9_]{0,40}$/.test(schema)) {
    throw new Error(`attend: 'database.schema' is '${String(schema)}'; expected the schema given to createOps: lower-case letters, digits and _, at most 41.`)
  }
  return { schema }
}

function findVersion(): string | undefined {
  const { OPS_VERSION, APP_VERSION, GIT_COMMIT, SOURCE_VERSION } = process.env
  return OPS_VERSION || APP_VERSION || GIT_COMMIT || SOURCE_VERSION || versionOfPackage()
}

function versionOfPackage(): string | undefined {
  for (let folder = dirname(process.argv[1] ?? '.'); ; folder = dirname(folder)) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown }
      if (typeof version === 'string') return version
    } catch {
      // No manifest here, or not one that can be read: the next folder up may have one.
    }
    if (folder === dirname(folder)) return undefined
  }
}
