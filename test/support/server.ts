import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { PgBoss } from 'pg-boss'
import { createOps, type Log, type Ops, type OpsOptions, type Permission } from '../../server/index.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { createDatabase, type TestDatabase } from './postgres.ts'
import { within } from './within.ts'

export interface Person {
  id: string
  role: 'ops' | 'viewer' | 'support' | 'nameless'
}

/** Who the tests know; a bearer token is the id. `nameless` may do everything but cannot be named in evidence. */
export const people: Record<string, Person> = {
  'ops-demo': { id: 'ops-demo', role: 'ops' },
  'ops-two': { id: 'ops-two', role: 'ops' },
  'viewer-demo': { id: 'viewer-demo', role: 'viewer' },
  'support-demo': { id: 'support-demo', role: 'support' },
  nameless: { id: 'nameless', role: 'nameless' },
}

export function mayDo({ role }: Person, action: string): boolean | Permission {
  if (role === 'ops' || role === 'nameless') return true
  if (role === 'viewer') return action.startsWith('view_') || { allowed: false, reason: 'Your role is viewer.' }
  return action === 'view_cron' || action === 'view_audit'
}

export const auth: OpsOptions<Person>['auth'] = {
  currentActor(request) {
    const token = request.headers.authorization?.replace(/^Bearer /, '')
    const cookie = /(?:^|; )who=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
    return people[token ?? cookie ?? ''] ?? null
  },
  authorize: (person, action) => mayDo(person, action),
  auditPrincipal: (person) => (person.role === 'nameless' ? null : { id: person.id, type: 'user', label: person.id }),
  commandLineActor: (env) => people[env.OPS_USER ?? ''] ?? null,
}

/** Support sees redacted data, everybody else what the default policy shows. */
export const displayPolicy: OpsOptions<Person>['displayPolicy'] = {
  display(kind, _value, { actor }) {
    if (actor.role !== 'support' || kind === 'actor_label') return undefined
    return kind === 'audit_state' || kind === 'cron_args' ? { hidden: 'by role' } : '[hidden by role]'
  },
}

export interface TestServer {
  url: string
  api: string
  ops: Ops
  boss: PgBoss
  database: TestDatabase
  /** Every line the server logged. */
  logged: string[]
  /** One request as somebody; the answer's body is parsed when it is JSON. */
  call(who: string | null, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  stop(): Promise<void>
}

export interface Answer {
  status: number
  headers: Headers
  // What an endpoint answers depends on the endpoint; tests say what they expect of it.
  body: Record<string, unknown> & { items?: Record<string, unknown>[] }
  text: string
}

export interface TestServerOptions extends Partial<OpsOptions<Person>> {
  database_?: TestDatabase
  /** Start the background loops. Default false: most tests want to see only what they do themselves. */
  loops?: boolean
  queues?: string[]
}

/** The real thing on a port of its own: Koa, PostgreSQL, pg-boss. */
export async function startServer({ database_, loops = false, queues = ['nightly_sync'], ...options }: TestServerOptions = {}): Promise<TestServer> {
  const database = database_ ?? (await createDatabase())
  const boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 4 })
  boss.on('error', () => {})
  await boss.start()
  for (const queue of queues) await boss.createQueue(queue)
  const logged: string[] = []
  const ops = await createOps<Person>({
    database: { url: database.url },
    auth,
    displayPolicy,
    engine: pgBoss(boss),
    cron: [nightlySync],
    log: collectingLog(logged),
    ...options,
    scheduler: { enabled: loops, ...options.scheduler },
  })
  await ops.start()
  const { server, url } = await listen(ops)
  const api = `${url}${ops.base}/api/v1`
  return {
    url,
    api,
    ops,
    boss,
    database,
    logged,
    call: (who, method, path, body, headers) => call(api, who, method, path, body, headers),
    async stop() {
      server.closeAllConnections()
      await within('closing the HTTP server', new Promise((resolve) => server.close(resolve)))
      await within('stopping ops', ops.stop())
      await within('stopping pg-boss', boss.stop({ graceful: false }).catch(() => {}))
      await within('dropping the database', database.drop())
    },
  }
}

export const nightlySync = {
  name: 'nightly_sync',
  source: 'fixture',
  expression: '0 2 * * *',
  timezone: 'Etc/UTC',
  queue: 'nightly_sync',
  args: { scope: 'ops-demo' },
  overlap: 'queue_one',
  catchUp: 'latest',
  maxCatchUp: 1,
} as const

async function listen(ops: Ops): Promise<{ server: Server; url: string }> {
  const app = new Koa()
  app.use(ops.middleware())
  const server = createServer(app.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function call(api: string, who: string | null, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(api + path, {
    method,
    headers: {
      ...(who ? { authorization: `Bearer ${who}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: parsed(response, text) }
}

function parsed(response: Response, text: string): Answer['body'] {
  return /\/(problem\+)?json/.test(response.headers.get('content-type') ?? '') && text ? (JSON.parse(text) as Answer['body']) : {}
}

function collectingLog(lines: string[]): Log {
  const keep = (level: string) => (message: string, facts?: Record<string, unknown>) => void lines.push(JSON.stringify({ level, message, ...facts }))
  return { info: keep('info'), warn: keep('warn'), error: keep('error') }
}
