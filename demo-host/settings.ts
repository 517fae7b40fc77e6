import { parseArgs } from 'node:util'
import { chosenEngine } from './engines/index.ts'
import { StartError } from './start-error.ts'

export interface Settings {
  port: number
  /** Start over with an empty database. */
  fresh: boolean
  /** Inject three faults, to be found and repaired. */
  trouble: boolean
  /** The user's own PostgreSQL, instead of the embedded one. */
  databaseUrl?: string
  /** Which job engine the shop runs on. */
  engine: string
}

export function readSettings(args: string[], env: NodeJS.ProcessEnv): Settings {
  const { fresh, trouble, engine } = readFlags(args)
  const databaseUrl = env.DATABASE_URL || undefined
  if (databaseUrl) checkUrl(databaseUrl)
  if (databaseUrl && fresh) {
    throw new StartError('--fresh removes only the embedded database: unset DATABASE_URL, or empty that database yourself.')
  }
  return { port: readPort(env.PORT), fresh, trouble, databaseUrl, engine: chosenEngine(engine ?? env.DEMO_ENGINE) }
}

function readFlags(args: string[]): { fresh: boolean; trouble: boolean; engine?: string } {
  try {
    const { values } = parseArgs({ args, options: { fresh: { type: 'boolean', default: false }, trouble: { type: 'boolean', default: false }, engine: { type: 'string' } } })
    return values
  } catch (error) {
    throw new StartError(`${(error as Error).message.split('.')[0]}: the flags are --fresh, --trouble and --engine <name>.`)
  }
}

/** 0 means any free port. */
function readPort(value = '4000'): number {
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65_535) throw new StartError(`PORT is "${value}": expected a number from 0 to 65535.`)
  return port
}

function checkUrl(value: string): void {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    throw new StartError('DATABASE_URL is not a PostgreSQL URL: expected e.g. postgres://user:password@localhost:5432/shop.')
  }
}
