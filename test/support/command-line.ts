import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

export const project = new URL('../..', import.meta.url).pathname
export const sources = new URL('../../server/', import.meta.url).href

/** Many starts of the same modules; what one compiled the next one need not. */
const compiled = join(tmpdir(), 'ops-powertools-compiled')

/** To a command so started, both its outputs' ends and its input look like a terminal. */
export const asTerminal = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent('process.stderr.isTTY=true;process.stdin.isTTY=true')}` }

export interface Ran {
  code: number | null
  out: string
  err: string
}

/** The real command line as its own process, without a terminal. `told`: what it says on standard error, as it comes. */
export async function run(folder: string, args: string[], env: NodeJS.ProcessEnv = {}, told?: (text: string, child: ChildProcess) => void): Promise<Ran> {
  const { OPS_USER: _user, DATABASE_URL: _url, ...inherited } = process.env
  const child = spawn(process.execPath, [join(project, 'server/cli/main.ts'), ...args], {
    cwd: folder,
    env: { NODE_COMPILE_CACHE: compiled, ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  })
  const ran: Ran = { code: null, out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ran.out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ran.err += text
    told?.(ran.err, child)
  })
  ;[ran.code] = (await once(child, 'close')) as [number | null]
  return ran
}

const folders: string[] = []
/** A folder of the test file's own. */
export async function newFolder(files: Record<string, string> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ops-powertools-cli-'))
  folders.push(folder)
  await Promise.all(Object.entries({ 'package.json': '{"type":"module"}', ...files }).map(([name, text]) => writeFile(join(folder, name), text)))
  return folder
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

interface EngineText {
  head: string
  start: string
  engine: string
}

/** Really started, and its timers are the host's to stop. */
const pgBossText = (url: string): EngineText => ({
  head: `
import { PgBoss } from '${import.meta.resolve('pg-boss')}'
import { pgBoss } from '${sources}engines/pg-boss/index.ts'
const boss = new PgBoss({ connectionString: '${url}', supervise: false, schedule: false })
boss.on('error', () => {})`,
  start: 'await boss.start()',
  engine: 'pgBoss(boss)',
})

export const obanText = (url: string): EngineText => ({
  head: `
import pg from '${import.meta.resolve('pg')}'
import { oban } from '${sources}engines/oban/index.ts'
const pool = new pg.Pool({ connectionString: '${url}', max: 2 })`,
  start: '',
  engine: 'oban({ pool })',
})

/** A host's options module. */
export const config = (url: string, { auth = realAuth, head = '', more = '', on = pgBossText(url) } = {}) => `
import { denyEverything } from '${sources}index.ts'
${on.head}
${head}
const people: Record<string, { id: string; role: string }> = { ops: { id: 'ops-demo', role: 'ops' }, viewer: { id: 'viewer-demo', role: 'viewer' }, support: { id: 'support-demo', role: 'support' }, nobody: { id: 'nobody', role: 'nobody' } }
export default async () => {
  ${on.start}
  return {
    database: { url: '${url}' },
    ${auth},
    displayPolicy: { display: (kind: string, value: unknown, { actor, surface }: { actor: { role: string }; surface: string }) => (actor.role === 'support' ? '[hidden on ' + surface + ']' : undefined) },
    engine: ${on.engine},
    ${more}
  }
}
`
export const realAuth = `auth: {
  currentActor: () => null,
  authorize: (actor: { role: string }, action: string) => actor.role === 'ops' || (actor.role !== 'nobody' && action.startsWith('view_')) || { allowed: false, reason: 'Your role is ' + actor.role + '.' },
  auditPrincipal: (actor: { id: string }) => ({ id: actor.id, type: 'user', label: actor.id }),
  commandLineActor: (env: NodeJS.ProcessEnv) => people[env.OPS_USER ?? ''] ?? null,
}`

export interface CommandLine {
  /** As `ops-demo` unless told otherwise. */
  run(args: string[], env?: NodeJS.ProcessEnv, told?: Parameters<typeof run>[3]): Promise<Ran>
}

/** The command line of a host on this database. */
export async function commandLine(url: string, settings?: Parameters<typeof config>[1]): Promise<CommandLine> {
  const folder = await newFolder({ 'ops.config.ts': config(url, settings) })
  return { run: (args, env = { OPS_USER: 'ops' }, told) => run(folder, args, env, told) }
}
