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

test('heartbeats report the jobs in hand, and those done and failed since', async () => {
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

const reason = 'the mail server is down'
const once = (body: object) => server.call('ops-demo', 'POST', '/operations', { reason, ...body }, { 'idempotency-key': crypto.randomUUID() })
const on = (action: string, queue: string, input?: object) => ({ action, subject: { type: 'queue', id: queue }, ...(input && { input }) })
const queueOf = async (name: string) => (await server.call('ops-demo', 'GET', `/queues?name=${name}`)).body.items![0]!
/** What an executor says it obeys. */
const obeyed = async (queue: string) => (await list(`queue=${queue}`)).items.map(({ queues: [each] }) => ({ paused: each!.paused, limit: each!.limit, slots: each!.slots }))

test('a queue without attended workers cannot be paused, and the reason says what would help', async () => {
  const queue = await makeQueue()
  const { status, body } = await once(on('pause_queue', queue))
  expect([status, body.code]).toEqual([422, 'unsupported_by_engine'])
  expect(String(body.detail)).toMatch(/no pause of its own.*ops-powertools\/workers/)
})

test('every process obeys a pause and its end, also one that starts later; running jobs continue', async () => {
  const queue = await makeQueue()
  const started: string[] = []
  const { open: release, passed } = gate()
  const first = await openBoss({ name: 'first' })
  const second = await openBoss({ name: 'second' })
  const work = (boss: PgBoss) => boss.work(queue, polling, async ([job]) => (started.push(job!.id), passed))
  await work(first.boss)
  await work(second.boss)
  const running = [await first.boss.send(queue), await first.boss.send(queue)]
  await expect.poll(() => started.toSorted()).toEqual(running.toSorted())
  await expect.poll(async () => (await list(`queue=${queue}`)).items.length).toBe(2)

  expect((await once(on('pause_queue', queue))).status).toBe(200)
  expect((await once(on('pause_queue', queue))).body.code).toBe('illegal_transition')
  await expect.poll(() => obeyed(queue), { timeout: 2_000 }).toEqual([{ paused: true, limit: null, slots: 0 }, { paused: true, limit: null, slots: 0 }])
  const third = await openBoss({ name: 'third' })
  await work(third.boss)
  const waiting = await first.boss.send(queue)
  release()
  await expect.poll(async () => (await server.boss.findJobs(queue, { id: running[0]! }))[0]?.state).toBe('completed')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(started).not.toContain(waiting)

  expect((await once(on('resume_queue', queue))).status).toBe(200)
  await expect.poll(() => started, { timeout: 3_000 }).toContain(waiting)
  expect((await once(on('resume_queue', queue))).body.code).toBe('illegal_transition')
})

test('the list of queues shows the pause with its actor, and what may be done now', async () => {
  const queue = await makeQueue()
  const { boss } = await openBoss()
  await boss.work(queue, { ...polling, localConcurrency: 4 }, async () => {})
  await client.query(`insert into ops.queue_figure (queue, as_of, depth, paused) values ($1, now(), '[]', false)`, [queue])
  await expect.poll(() => queueOf(queue)).toMatchObject({ executors: 1, limit: 4, paused: null, operations: { pause_queue: { allowed: true }, resume_queue: { allowed: false }, scale_queue: { allowed: true } } })
  await once(on('pause_queue', queue))
  await client.query(`update ops.queue_figure set as_of = now() + interval '1 s'`)
  expect(await queueOf(queue)).toMatchObject({ diagnosis: 'paused', paused: { by: { id: 'ops-demo' }, reason }, operations: { pause_queue: { allowed: false }, resume_queue: { allowed: true } } })
  await boss.stop({ graceful: false })
  expect(await queueOf(queue)).toMatchObject({ executors: 0, operations: { resume_queue: { allowed: true } } })
  expect((await once(on('resume_queue', queue))).status).toBe(200)
  expect(await queueOf(queue)).toMatchObject({ paused: null, operations: { pause_queue: { allowed: false }, scale_queue: { allowed: false } } })
})

test('a job shows who ran it, in which version, and that its queue is paused', async () => {
  const queue = await makeQueue()
  const { boss } = await openBoss({ version: 'v412' })
  await boss.work(queue, polling, async () => { throw new Error('no route') })
  const failed = (await boss.send(queue, {}, { retryLimit: 0 }))!
  const shown = async (id: string) => (await server.call('ops-demo', 'GET', `/jobs/${id}`)).body
  await expect.poll(() => shown(failed)).toMatchObject({ state: 'discarded', executor: 'worker-1 (v412)', attempts: [{ number: 1, executor: 'worker-1 (v412)' }] })
  await expect.poll(async () => (await list(`queue=${queue}`)).items.length).toBe(1)
  await once(on('pause_queue', queue))
  await expect.poll(() => obeyed(queue)).toMatchObject([{ paused: true }])
  const waiting = (await boss.send(queue))!
  expect((await shown(waiting)).waiting).toMatchObject([{ reason: 'queue_paused' }])
})

test('a new concurrency is obeyed up and down, and is that of each executor', async () => {
  const queue = await makeQueue()
  let running = 0
  let most = 0
  const { open: release, passed } = gate()
  const { boss } = await openBoss()
  await boss.work(queue, { ...polling, localConcurrency: 2 }, async () => {
    most = Math.max(most, ++running)
    await passed
    running -= 1
  })
  await expect.poll(() => obeyed(queue)).toEqual([{ paused: false, limit: null, slots: 2 }])
  for (let n = 0; n < 8; n++) await boss.send(queue)
  await expect.poll(() => running).toBe(2)
  const { body } = await server.call('ops-demo', 'POST', '/previews', on('scale_queue', queue, { limit: 5 }))
  expect(body.plan).toMatchObject({ effect: 'Each of its executors runs 5 jobs at once from now on.', before: { limit: 2 }, after: { limit: 5 } })
  expect((await once(on('scale_queue', queue, { limit: 5 }))).status).toBe(200)
  await expect.poll(() => running, { timeout: 3_000 }).toBe(5)
  expect((await once(on('scale_queue', queue, { limit: 1 }))).status).toBe(200)
  await expect.poll(() => obeyed(queue), { timeout: 2_000 }).toEqual([{ paused: false, limit: 1, slots: 1 }])
  expect([running, most]).toEqual([5, 5])
  release()
  await expect.poll(async () => (await boss.findJobs(queue, {})).filter(({ state }) => state === 'completed').length, { timeout: 15_000 }).toBe(8)
  expect(most).toBe(5)
})

const eventsOf = async (id: string) =>
  ((await server.call('ops-demo', 'GET', `/audit-events?subjectType=job&subjectId=${id}`)).body.items ?? []).map(({ eventType, outcome, after, metadata, actor }) => ({ eventType, outcome, after, metadata, actor }) as Record<string, unknown>)

test('cancelling a running job reaches its handler through the signal, and that it stopped is evidence of the system', async () => {
  const queue = await makeQueue()
  const { boss, id: executor } = await openBoss({ version: 'v412' })
  let reason: unknown
  await boss.work(queue, polling, ([job]) => new Promise((_resolve, reject) => job!.signal.addEventListener('abort', () => reject((reason = job!.signal.reason) as Error))))
  const id = (await boss.send(queue, {}, { retryLimit: 5 }))!
  await expect.poll(async () => (await boss.findJobs(queue, { id }))[0]?.state).toBe('active')
  await expect.poll(async () => (await list(`queue=${queue}`)).items.length).toBe(1)
  const { body } = await server.call('ops-demo', 'POST', '/previews', { action: 'cancel_job', subject: { type: 'job', id } })
  expect((body.plan as { cautions: string[] }).cautions.join()).toContain('tells the handler to stop')
  expect((await once({ action: 'cancel_job', subject: { type: 'job', id } })).status).toBe(200)
  await expect.poll(() => reason, { timeout: 2_000 }).toMatchObject({ name: 'JobStopped' })
  const loops = await startServer({ database_: { ...server.database, drop: async () => {} }, loops: true })
  await expect.poll(async () => (await eventsOf(id)).length).toBe(2).finally(() => loops.stop())
  const [stopped, cancelled] = await eventsOf(id)
  expect(stopped).toMatchObject({ eventType: 'job.stopped', outcome: 'succeeded', after: { handler: 'stopped' }, actor: { type: 'system' }, metadata: { executor: { id: executor, version: 'v412' } } })
  expect(cancelled).toMatchObject({ eventType: 'job.cancelled', outcome: 'succeeded' })
  expect((await boss.findJobs(queue, { id }))[0]?.state).toBe('cancelled')
})
