import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandOf, isAlive } from '../../demo-host/processes.ts'
import { type DemoOptions, type RunningDemo, spawnDemo, startDemo } from '../support/demo.ts'
import { makeTemporaryFolder } from '../support/temporary-cluster.ts'

let folder: string
let data: string

beforeAll(async () => {
  folder = await makeTemporaryFolder()
  data = join(folder, 'data')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a port that is in use is reported in one sentence, before anything else is started', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  try {
    await expectRefusal({ port, env: { DEMO_DATA: data } }, `Port ${port} is taken: stop what listens there, or choose another with PORT.`)
  } finally {
    taken.close()
  }
  expect(existsSync(data)).toBe(false)
})

test('an unreachable database is reported in one sentence, without its password', async () => {
  const { code, output } = await attempt({ env: { DATABASE_URL: 'postgres://shop:hush@127.0.0.1:1/shop' } })
  expect(code).toBe(1)
  expect(output.trim().split('\n')).toEqual([expect.stringMatching(/^The database at postgres:\/\/shop@127\.0\.0\.1:1\/shop cannot be used \(.*ECONNREFUSED/)])
})

test.each([
  ['a port that is no number', { env: { PORT: 'four' } }, 'PORT is "four": expected a number from 0 to 65535.'],
  ['a URL of another database', { env: { DATABASE_URL: 'mysql://localhost/shop' } }, /^DATABASE_URL is not a PostgreSQL URL/],
  ['an unknown flag', { flags: ['--clean'] }, /^Unknown option '--clean': the flags are --fresh, --trouble and --engine <name>\.$/],
  ['an unknown engine', { flags: ['--engine', 'cron'] }, 'There is no engine "cron" here: choose one of pg-boss, oban, graphile-worker, bullmq.'],
  ['--fresh with a database of the user’s own', { flags: ['--fresh'], env: { DATABASE_URL: 'postgres://localhost/shop' } }, /^--fresh removes only the embedded database/],
])('%s is refused with one sentence', async (_, options: DemoOptions, sentence) => {
  await expectRefusal(options, sentence)
})

test('the embedded database survives a stop, and is recreated with --fresh', { timeout: 90_000 }, async () => {
  const first = await startEmbedded()
  await markData('before the stop')
  expect(await first.stop()).toBe(0)
  expect(await serverPid()).toBeUndefined()

  const second = await startEmbedded()
  expect(await readMark()).toBe('before the stop')
  expect(await second.stop()).toBe(0)

  const third = await startEmbedded(['--fresh'])
  expect(await readMark()).toBeUndefined()
  expect(await third.stop()).toBe(0)
})

test('the shop connects as an ordinary role that owns its database, including what a superuser created there before', { timeout: 90_000 }, async () => {
  const first = await startEmbedded(['--fresh'])
  await query('create schema old; create type old.mood as enum ($$ok$$); create table old.kept (id int generated always as identity, mood old.mood); create function old.one() returns int language sql return 1')
  expect(await first.stop()).toBe(0)
  const second = await startEmbedded()
  try {
    const [role] = await query(`select rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication from pg_roles where rolname = 'shop'`)
    expect(role).toEqual({ rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolbypassrls: false, rolreplication: false })
    const users = await query(`select distinct usename from pg_stat_activity where datname = 'shop' and backend_type = 'client backend' and pid <> pg_backend_pid()`)
    expect(users).toEqual([{ usename: 'shop' }])
    const owners = await query(`select distinct owner::regrole::text from (
      select relowner as owner from pg_class where relnamespace = 'old'::regnamespace union select proowner from pg_proc where pronamespace = 'old'::regnamespace
      union select typowner from pg_type where typnamespace = 'old'::regnamespace union select nspowner from pg_namespace where nspname in ('old', 'ops', 'shop')
      union select datdba from pg_database where datname = 'shop') owned`)
    expect(owners).toEqual([{ owner: 'shop' }])
  } finally {
    await second.stop()
  }
})

test('two demos do not share one data folder', async () => {
  const first = await startEmbedded()
  try {
    await expectRefusal({ env: { DEMO_DATA: data } }, `Another demo (process ${first.child.pid}) is using ${data}: stop it first, or give this one its own folder with DEMO_DATA.`)
    expect((await fetch(`${first.url}/sign-in`)).status).toBe(200)
  } finally {
    await first.stop()
  }
})

test('the database of a killed demo stops too, and the next start keeps the data', async () => {
  const first = await startEmbedded()
  await markData('before the kill')
  const pid = (await serverPid())!
  first.signal('SIGKILL')
  await first.ended
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)

  const second = await startEmbedded()
  expect(await readMark()).toBe('before the kill')
  expect(await second.stop()).toBe(0)
})

test('a data folder that an earlier start did not finish is created again', async () => {
  await rm(join(data, 'postgres/PG_VERSION'))
  await writeFile(join(data, 'demo.pid'), '999999')
  const demo = await startEmbedded()
  expect(demo.output()).toContain('An earlier start did not finish its database folder; it is created again.')
  expect(await demo.stop()).toBe(0)
})

test('Ctrl-C as npm forwards it, twice at once, still shuts down cleanly', async () => {
  const demo = await startEmbedded()
  const pid = (await serverPid())!
  demo.signal('SIGINT')
  demo.signal('SIGINT')
  expect(await demo.ended).toBe(0)
  expect(isAlive(pid)).toBe(false)
  expect(demo.output()).not.toMatch(/error|While closing/i)
})

function startEmbedded(flags: string[] = []): Promise<RunningDemo> {
  return startDemo({ flags, env: { DEMO_DATA: data } })
}

async function attempt(options: DemoOptions): Promise<{ code: number | string; output: string }> {
  const demo = spawnDemo(options)
  const code = await demo.ended
  return { code, output: demo.output() }
}

async function expectRefusal(options: DemoOptions, sentence: string | RegExp): Promise<void> {
  const { code, output } = await attempt(options)
  expect(output.trim()).toMatch(sentence)
  expect(output.trim().split('\n')).toHaveLength(1)
  expect(code).toBe(1)
}

/** The embedded server's process id, if it is running. */
async function serverPid(): Promise<number | undefined> {
  const text = await readFile(join(data, 'postgres/postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  return pid && commandOf(pid)?.includes('postgres') ? pid : undefined
}

async function markData(mark: string): Promise<void> {
  await query('create table if not exists shop.mark (text text)')
  await query('insert into shop.mark values ($1)', [mark])
}

async function readMark(): Promise<string | undefined> {
  const [exists] = await query("select to_regclass('shop.mark') is not null as yes")
  return exists?.yes ? ((await query('select text from shop.mark order by ctid desc limit 1'))[0]?.text as string) : undefined
}

async function query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const { port, password } = JSON.parse(await readFile(join(data, 'postgres/connection.json'), 'utf8')) as { port: number; password: string }
  const client = new Client({ connectionString: `postgres://demo:${password}@127.0.0.1:${port}/shop` })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text, values)).rows
  } finally {
    await client.end()
  }
}
