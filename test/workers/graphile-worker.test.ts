import { Logger, makeWorkerUtils, run, type Runner, type TaskList, type WorkerUtils } from 'graphile-worker'
import { Client, Pool } from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ExecutorList } from '../../schemas/index.ts'
import { graphileWorker } from '../../server/engines/graphile-worker/index.ts'
import { attendGraphileWorker, type AttendOptions } from '../../server/workers/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
let pool: Pool
let utils: WorkerUtils
let tasks = 0
const runners: Runner[] = []
const logger = new Logger(() => () => {})

beforeAll(async () => {
  const database = await createDatabase()
  pool = new Pool({ connectionString: database.url, max: 20 })
  pool.on('error', () => {})
  pool.on('connect', (connection) => connection.on('error', () => {}))
  utils = await makeWorkerUtils({ pgPool: pool, logger })
  await utils.migrate()
  server = await startServer({ database_: database, engine: graphileWorker({ pool }) })
  client = new Client({ connectionString: database.url })
  await client.connect()
})
afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.stop().catch(() => {})
})
afterAll(async () => {
  await utils?.release()
  await pool?.end()
  await client?.end()
  await server?.stop()
})

async function start(taskList: TaskList, options: Partial<AttendOptions> = {}, concurrency = 4): Promise<{ id: string; runner: Runner }> {
  const given = { pgPool: pool, taskList, logger, concurrency, pollInterval: 200, noHandleSignals: true, crontab: '' }
  const { id, options: attended } = await attendGraphileWorker(given, { database: { url: server.database.url }, name: 'worker-1', ...options })
  const runner = await run(attended)
  runners.push(runner)
  return { id, runner }
}

const list = async (query = '') => (await server.call('ops-demo', 'GET', `/executors?${query}`)).body as unknown as ExecutorList
const once = (action: string, queue: string, input?: object) =>
  server.call('ops-demo', 'POST', '/operations', { action, subject: { type: 'queue', id: queue }, reason: 'the mail server is down', ...(input && { input }) }, { 'idempotency-key': crypto.randomUUID() })
const obeyed = async (queue: string) => (await list(`queue=${queue}`)).items.map(({ queues }) => queues.find(({ name }) => name === queue)!).map(({ paused, limit }) => ({ paused, limit }))
function gate(): { open(): void; passed: Promise<void> } {
  let open = () => {}
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { open, passed }
}
const task = () => `mail_${++tasks}`

test('a runner reports its tasks and shared slots, and signs off when it stops', async () => {
  const [one, two] = [task(), task()]
  const { id, runner } = await start({ [one]: () => {}, [two]: () => {} })
  await expect.poll(() => list()).toMatchObject({ items: [{ id, health: 'healthy', slots: 4, queues: [{ name: one, slots: null, used: 0 }, { name: two, slots: null }] }] })
  await runner.stop()
  await expect.poll(() => list()).toMatchObject({ items: [], summary: { ended: 1 } })
})

test('a task is paused while others go on, also in a runner that starts later, and resumes at once', async () => {
  const [paused, other] = [task(), task()]
  const ran: string[] = []
  const taskList = () => ({ [paused]: () => void ran.push(paused), [other]: () => void ran.push(other) })
  await start(taskList())
  await expect.poll(() => obeyed(paused)).toEqual([{ paused: false, limit: null }])
  expect((await once('pause_queue', paused)).status).toBe(200)
  await expect.poll(() => obeyed(paused), { timeout: 2_000 }).toEqual([{ paused: true, limit: null }])
  await start(taskList(), { name: 'later' })
  await utils.addJob(paused, {})
  await utils.addJob(other, {})
  await expect.poll(() => ran).toEqual([other])
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  expect(ran).toEqual([other])
  expect((await once('resume_queue', paused)).status).toBe(200)
  await expect.poll(() => ran, { timeout: 2_500 }).toEqual([other, paused])
})

test('pausing every task is no error for the jobs, and nothing fails', async () => {
  const only = task()
  let ran = 0
  await start({ [only]: () => void ran++ })
  await expect.poll(() => obeyed(only)).toEqual([{ paused: false, limit: null }])
  await once('pause_queue', only)
  await expect.poll(() => obeyed(only)).toEqual([{ paused: true, limit: null }])
  const job = await utils.addJob(only, {})
  await new Promise((resolve) => setTimeout(resolve, 800))
  const { rows } = await pool.query('select attempts, last_error from graphile_worker._private_jobs where id = $1', [job.id])
  expect(rows).toEqual([{ attempts: 0, last_error: null }])
  await once('resume_queue', only)
  await expect.poll(() => ran, { timeout: 2_500 }).toBe(1)
})

test('a limit is kept exactly, though the slots are shared', async () => {
  const limited = task()
  let running = 0
  let most = 0
  const { open: release, passed } = gate()
  await start({ [limited]: async () => { most = Math.max(most, ++running); await passed; running -= 1 } })
  await expect.poll(() => obeyed(limited)).toEqual([{ paused: false, limit: null }])
  expect((await once('scale_queue', limited, { limit: 2 })).status).toBe(200)
  await expect.poll(() => obeyed(limited), { timeout: 2_000 }).toEqual([{ paused: false, limit: 2 }])
  for (let n = 0; n < 6; n++) await utils.addJob(limited, {})
  await expect.poll(() => running).toBe(2)
  await new Promise((resolve) => setTimeout(resolve, 600))
  expect([running, most]).toEqual([2, 2])
  release()
  await expect.poll(async () => (await pool.query('select from graphile_worker.jobs where task_identifier = $1', [limited])).rowCount, { timeout: 15_000 }).toBe(0)
  expect(most).toBe(2)
})

test('what a task returns and throws stays what it is, and failed runs are known by who ran them', async () => {
  const failing = task()
  const { id } = await start({ [failing]: () => { throw new Error('no route to the mail server') } }, { version: 'v412' })
  const job = await utils.addJob(failing, {}, { maxAttempts: 1 })
  await expect.poll(async () => (await pool.query('select last_error from graphile_worker._private_jobs where id = $1', [job.id])).rows[0]).toEqual({ last_error: 'no route to the mail server' })
  await expect.poll(async () => (await client.query('select executor_id, attempt, outcome from ops.executor_run where job_id = $1', [job.id])).rows).toEqual([{ executor_id: id, attempt: 1, outcome: 'failed' }])
})

const cancel = (id: string) => server.call('ops-demo', 'POST', '/operations', { action: 'cancel_job', subject: { type: 'job', id }, reason: 'sent to the wrong list' }, { 'idempotency-key': crypto.randomUUID() })
const eventsOf = async (id: string) => ((await server.call('ops-demo', 'GET', `/audit-events?subjectType=job&subjectId=${id}`)).body.items ?? []).map(({ eventType, outcome, after }) => [eventType, outcome, after])

test('a running job, which graphile-worker cannot cancel, is cancelled by its executor, and is not tried again', async () => {
  const slow = task()
  let attempts = 0
  await start({ [slow]: (_payload, { abortSignal }) => new Promise((_resolve, reject) => { attempts += 1; abortSignal!.addEventListener('abort', () => reject(abortSignal!.reason as Error)) }) })
  const job = await utils.addJob(slow, {}, { maxAttempts: 5 })
  await expect.poll(() => attempts).toBe(1)
  await expect.poll(async () => (await list(`queue=${slow}`)).items.length).toBe(1)
  const { body } = await server.call('ops-demo', 'GET', `/jobs/${job.id}`)
  expect((body.operations as Record<string, unknown>).cancel_job).toEqual({ allowed: true })
  expect(await cancel(job.id)).toMatchObject({ status: 200, body: { event: { before: { state: 'executing' }, after: { state: 'executing', stopRequested: true } } } })
  await expect.poll(async () => (await pool.query('select from graphile_worker._private_jobs where id = $1', [job.id])).rowCount, { timeout: 3_000 }).toBe(0)
  const loops = await startServer({ database_: { ...server.database, drop: async () => {} }, engine: graphileWorker({ pool }), loops: true })
  await expect.poll(() => eventsOf(job.id)).toEqual([['job.stopped', 'succeeded', { handler: 'stopped', seconds: expect.any(Number) as number }], ['job.cancelled', 'succeeded', { state: 'executing', stopRequested: true }]]).finally(() => loops.stop())
  expect(attempts).toBe(1)
})

test('without an executor, a running job cannot be cancelled, as before', async () => {
  const alone = task()
  let release = () => {}
  const runner = await run({ pgPool: pool, taskList: { [alone]: () => new Promise<void>((resolve) => (release = resolve)) }, logger, concurrency: 1, pollInterval: 100, noHandleSignals: true, crontab: '' })
  runners.push(runner)
  const job = await utils.addJob(alone, {})
  await expect.poll(async () => (await pool.query('select locked_by from graphile_worker._private_jobs where id = $1', [job.id])).rows[0]?.locked_by).toBeTruthy()
  expect((await cancel(job.id)).body.code).toBe('unsupported_by_engine')
  release()
})
