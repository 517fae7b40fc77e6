import { PgBoss } from 'pg-boss'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ExecutorDetail, ExecutorList } from '../../schemas/index.ts'
import { attendPgBoss, type AttendOptions } from '../../server/workers/index.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
let queues = 0
const open: PgBoss[] = []

beforeAll(async () => {
  server = await startServer()
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
afterEach(async () => {
  for (const boss of open.splice(0)) await boss.stop({ graceful: false }).catch(() => {})
  await client.query('truncate ops.executor, ops.executor_job, ops.executor_run, ops.executor_gap, ops.queue_wish')
})

async function openBoss(options: Partial<AttendOptions> = {}): Promise<{ boss: PgBoss; id: string }> {
  const boss = new PgBoss({ connectionString: server.database.url, supervise: false, schedule: false, max: 4 })
  boss.on('error', () => {})
  const { id } = attendPgBoss(boss, { database: { url: server.database.url }, name: 'worker-1', host: 'eu-app-1', version: 'v412', ...options })
  await boss.start()
  open.push(boss)
  return { boss, id }
}

async function makeQueue(): Promise<string> {
  const name = `mail-${++queues}`
  await server.boss.createQueue(name)
  return name
}

const list = async (query = '', who = 'ops-demo') => (await server.call(who, 'GET', `/executors?${query}`)).body as unknown as ExecutorList
const detail = async (id: string) => (await server.call('ops-demo', 'GET', `/executors/${id}`)).body as unknown as ExecutorDetail
/** A job that runs until it is let go. */
function gate(): { open(): void; passed: Promise<void> } {
  let open = () => {}
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { open, passed }
}
const polling = { pollingIntervalSeconds: 0.5 }

test('a process that attends its pg-boss is listed with its host, version, queues and slots, and signs off when it stops', async () => {
  const queue = await makeQueue()
  const { boss, id } = await openBoss()
  await boss.work(queue, { ...polling, localConcurrency: 3, batchSize: 2 }, async () => {})
  await expect.poll(() => list()).toMatchObject({
    items: [{ id, name: 'worker-1', host: 'eu-app-1', version: 'v412', pid: process.pid, health: 'healthy', slots: 6, held: 0, queues: [{ name: queue, slots: 6, used: 0, paused: false, limit: null }] }],
    summary: { executors: 1, hosts: 1, slots: 6, used: 0, health: { healthy: 1 }, versions: [{ version: 'v412', executors: 1 }], unattended: [] },
  })
  await boss.stop({ graceful: false })
  expect(await list()).toMatchObject({ items: [], summary: { executors: 0, ended: 1, unattended: [{ queue }] } })
  expect(await list('health=ended')).toMatchObject({ items: [{ id, health: 'ended', queues: [{ name: queue, used: null }] }] })
})

test('the jobs in hand, and those done and failed since, come with the beats', async () => {
  const queue = await makeQueue()
  const { boss, id } = await openBoss()
  const { open, passed } = gate()
  const sent = await boss.send(queue, {}, { retryLimit: 2 })
  await boss.work(queue, polling, () => passed)
  await expect.poll(async () => (await detail(id)).jobs, { timeout: 20_000 }).toMatchObject([{ id: sent, queue, attempt: 1, maxAttempts: 3, state: 'executing' }])
  expect(await detail(id)).toMatchObject({ held: 1, queues: [{ used: 1 }], gaps: [] })
  open()
  await expect.poll(() => detail(id), { timeout: 20_000 }).toMatchObject({ held: 0, jobs: [], queues: [{ used: 0, failedPerMinute: 0 }] })
  expect((await detail(id)).donePerMinute).toBeGreaterThan(0)
})
