import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ExecutorDetail, ExecutorList } from '../../schemas/index.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
let queues = 0
const children = new Set<ChildProcess>()

beforeAll(async () => {
  server = await startServer()
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
  await client.query('truncate ops.executor, ops.executor_job, ops.executor_run, ops.executor_gap')
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})

async function makeQueue(): Promise<string> {
  const name = `crash-${++queues}`
  await server.boss.createQueue(name, { retryLimit: 3, retryDelay: 0 })
  return name
}

interface Worker {
  child: ChildProcess
  /** Resolves with the executor's id once it takes jobs. */
  working: Promise<string>
}

function start(queue: string, killAt = 0): Worker {
  const child = fork(join(import.meta.dirname, '../support/worker-child.ts'), { env: { ...process.env, DATABASE_URL: server.database.url, QUEUE: queue, KILL_AT: String(killAt) }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  children.add(child)
  const working = new Promise<string>((resolve) => child.on('message', (message: { working?: string }) => message.working && resolve(message.working)))
  return { child, working }
}

const list = async (query = '') => (await server.call('ops-demo', 'GET', `/executors?${query}`)).body as unknown as ExecutorList
const detail = async (id: string) => (await server.call('ops-demo', 'GET', `/executors/${id}`)).body as unknown as ExecutorDetail
/** As if so much time had passed since its last beat. */
const letPass = (id: string, seconds: number) => client.query(`update ops.executor set beat_at = beat_at - make_interval(secs => $2), started_at = started_at - make_interval(secs => $2) where id = $1`, [id, seconds])
const stateOf = async (queue: string, id: string) => (await server.boss.findJobs(queue, { id }))[0]?.state

describe('a worker process', () => {
  test('that is killed loses its job to a rescue as soon as it is missing, and not while it is late', async () => {
    const queue = await makeQueue()
    const { child, working } = start(queue)
    const id = await working
    const jobs = await Promise.all([1, 2].map(async () => (await server.boss.send(queue, { ms: 60_000 }))!))
    await expect.poll(async () => (await detail(id)).held, { timeout: 20_000 }).toBeGreaterThan(0)
    const [held] = (await detail(id)).jobs!
    child.kill('SIGKILL')
    await client.query(`update pgboss.job set started_on = started_on - interval '5 minutes' where id = $1`, [held!.id])
    const rescue = (of: object) => server.call('ops-demo', 'POST', '/operations', { action: 'rescue_job', reason: 'its machine is gone', ...of }, { 'idempotency-key': crypto.randomUUID() })
    const subject = { type: 'job', id: held!.id }
    await letPass(id, 60)
    expect((await rescue({ subject })).body).toMatchObject({ code: 'illegal_transition', detail: expect.stringContaining('still has time to report') })
    expect((await rescue({ selection: { ids: jobs } })).status).toBe(409)
    await letPass(id, 70)
    expect((await server.call('ops-demo', 'GET', `/jobs/${held!.id}`)).body).toMatchObject({ operations: { rescue_job: { allowed: true } } })
    const preview = await server.call('ops-demo', 'POST', '/previews', { action: 'rescue_job', selection: { ids: jobs } })
    expect(preview.body).toMatchObject({ plan: { selection: { eligible: 1 } } })
    expect((await rescue({ selection: { ids: jobs } })).body).toMatchObject({ event: { outcome: 'succeeded' } })
    expect(await stateOf(queue, held!.id)).toBe('retry')
  })

  test('that is killed is late, then missing, with what it had in hand and when; its job is not lost', async () => {
    const queue = await makeQueue()
    const { child, working } = start(queue)
    const id = await working
    const job = (await server.boss.send(queue, { ms: 60_000 }))!
    await expect.poll(async () => (await detail(id)).held, { timeout: 20_000 }).toBe(1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await letPass(id, 46)
    expect(await list()).toMatchObject({ items: [{ id, health: 'late', held: 1, queues: [{ used: 1 }] }], summary: { health: { late: 1 } } })
    await letPass(id, 75)
    expect(await list('health=missing')).toMatchObject({ items: [{ id, health: 'missing', held: 1, donePerMinute: null, queues: [{ used: null }] }], summary: { health: { missing: 1 }, unattended: [{ queue }] } })
    expect(await detail(id)).toMatchObject({ jobs: [{ id: job, queue, state: 'executing' }], missingAt: expect.any(String) as string, endedAt: null })
    expect(await stateOf(queue, job)).toBe('active')
  })

  test('that is suspended is missing meanwhile, continues afterwards, and reports that it was not running', async () => {
    const queue = await makeQueue()
    const { child, working } = start(queue)
    const id = await working
    await expect.poll(async () => (await list()).items.length).toBe(1)
    child.kill('SIGSTOP')
    await letPass(id, 180)
    expect((await list()).items[0]).toMatchObject({ health: 'missing' })
    child.kill('SIGCONT')
    await expect.poll(async () => (await list()).items[0]?.health, { timeout: 20_000 }).toBe('healthy')
    expect((await detail(id)).gaps).toMatchObject([{ cause: 'process' }])
    const job = (await server.boss.send(queue, { ms: 0 }))!
    await expect.poll(() => stateOf(queue, job)).toBe('completed')
  })

  test('that stops in order signs off, and is not missed', async () => {
    const queue = await makeQueue()
    const { child, working } = start(queue)
    const id = await working
    await expect.poll(async () => (await list()).items.length).toBe(1)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    await letPass(id, 600)
    expect(await list()).toMatchObject({ items: [], summary: { ended: 1, health: { missing: 0 } } })
  })

  test('is not missed because the database was away for everybody', async () => {
    const queue = await makeQueue()
    const { child, working } = start(queue)
    const id = await working
    await expect.poll(async () => (await list()).items.length).toBe(1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await letPass(id, 300)
    expect((await list()).items[0]!.health).toBe('missing')
    const measured = (secondsAgo: number) =>
      client.query(`insert into ops.snapshot (at, seconds, waiting, executing, finished, how) values (now() - make_interval(secs => $1), 3, 0, 0, 0, 'exact')`, [secondsAgo])
    for (const ago of [306, 303, 50, 47, 25, 5]) await measured(ago)
    expect((await list()).items[0]!.health).toBe('late')
    await client.query(`update ops.snapshot set at = at - interval '80 seconds'`)
    expect((await list()).items[0]!.health).toBe('missing')
    await client.query('truncate ops.snapshot')
  })

  test.each([1, 2, 3, 4, 5])('that is killed at statement %i of its companion leaves a whole beat or none, and another takes over its jobs', async (killAt) => {
    const queue = await makeQueue()
    const { child } = start(queue, killAt)
    const jobs = await Promise.all(Array.from({ length: 4 }, async () => (await server.boss.send(queue, { ms: 10 }))!))
    await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
    const { rows } = await client.query('select queues, ended_at from ops.executor')
    for (const row of rows) expect(row).toMatchObject({ ended_at: null, queues: expect.any(Array) as unknown[] })
    // What the dead one had in hand comes back by pg-boss's own means.
    await client.query(`update pgboss.job set state = 'retry' where name = $1 and state = 'active'`, [queue])
    const { working } = start(queue)
    await working
    for (const job of jobs) await expect.poll(() => stateOf(queue, job), { timeout: 20_000 }).toBe('completed')
  })
})
