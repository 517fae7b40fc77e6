import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

const project = new URL('../..', import.meta.url).pathname
let database: TestDatabase
let folder: string

beforeAll(async () => {
  database = await createDatabase()
  folder = await mkdtemp(join(tmpdir(), 'ops-powertools-without-'))
  for (const part of ['server', 'schemas', 'migrations', 'package.json']) await cp(join(project, part), join(folder, part), { recursive: true })
  await linkPackages(join(project, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'host.ts'), host)
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await database.drop()
})

test('without the package there is neither the path nor a link, nothing is said of it, and the rest works', async () => {
  expect(await runHost()).toEqual({ page: 404, data: 404, asset: 404, bridges: [], cron: 200, overview: 200, mentions: false, warnings: [] })
})

test('with a package that is broken the host starts without it and says so', async () => {
  await installDashboard("throw new Error('half of it is missing')")
  const seen = await runHost()
  expect(seen).toMatchObject({ page: 404, bridges: [], cron: 200 })
  expect(seen.warnings).toEqual(['pg-boss Dashboard bridge is installed but does not open, so it is left out'])
})

test('with a package that lacks one of its own it is broken too, not absent', async () => {
  await installDashboard("import 'a-package-that-nobody-has'")
  expect((await runHost()).warnings).toHaveLength(1)
})

/** Every installed package, except the dashboard. */
async function linkPackages(from: string, to: string): Promise<void> {
  await mkdir(to)
  const names = (await readdir(from)).filter((name) => name !== '@pg-boss' && !name.startsWith('.'))
  await Promise.all(names.map((name) => symlink(join(from, name), join(to, name))))
}

async function installDashboard(handler: string): Promise<void> {
  const at = join(folder, 'node_modules/@pg-boss/dashboard')
  await mkdir(at, { recursive: true })
  await writeFile(join(at, 'package.json'), JSON.stringify({ name: '@pg-boss/dashboard', type: 'module', exports: { './handler': './handler.js' } }))
  await writeFile(join(at, 'handler.js'), handler)
}

async function runHost(): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'host.ts')], { env: { ...process.env, DATABASE_URL: database.url }, timeout: 30_000 })
  return JSON.parse(stdout) as Record<string, unknown>
}

const host = `
import { createServer } from 'node:http'
import { PgBoss } from 'pg-boss'
import { createOps } from './server/index.ts'
import { pgBossDashboard } from './server/bridges/pg-boss/index.ts'
import { pgBoss } from './server/engines/pg-boss/index.ts'

const url = process.env.DATABASE_URL!
const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
await boss.start()
const warnings: string[] = []
const ops = await createOps<string>({
  database: { url },
  auth: { currentActor: () => 'somebody', authorize: () => true, auditPrincipal: (id) => ({ id, type: 'user', label: id }) },
  displayPolicy: { display: () => undefined },
  engine: pgBoss(boss),
  bridges: [pgBossDashboard({ databaseUrl: url })],
  log: { info() {}, warn: (message) => void warnings.push(message), error: (message) => void warnings.push(message) },
})
const server = createServer(ops.handler).listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const at = 'http://127.0.0.1:' + (server.address() as { port: number }).port + '/ops/jobs'
const look = async (path: string) => fetch(at + path, { headers: { accept: 'text/html' } })
const texts = await Promise.all(['', '/cron', '/api/v1/session', '/api/v1/overview'].map(async (path) => (await look(path)).text()))
const { paths } = await (await look('/api/v1/openapi.json')).json() as { paths: object }
const session = await (await fetch(at + '/api/v1/session')).json() as { bridges: unknown }
console.log(JSON.stringify({
  page: (await look('/pg-boss')).status,
  data: (await look('/pg-boss.data')).status,
  asset: (await look('/pg-boss/__manifest')).status,
  bridges: session.bridges,
  cron: (await look('/api/v1/cron-entries')).status,
  overview: (await look('/api/v1/overview')).status,
  // Its examples come from a host that has the bridge.
  mentions: [...texts, ...Object.keys(paths)].some((text) => text.includes('/pg-boss') || text.includes('Dashboard bridge')),
  warnings,
}))
server.close()
server.closeAllConnections()
await ops.stop()
await boss.stop({ graceful: false })
`
