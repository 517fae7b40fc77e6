import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { executorHealths, type ExecutorHealth, type ExecutorList, getExecutor, listExecutors } from '../../schemas/index.ts'
import { healthOf } from '../../server/executors/health.ts'
import { auth, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
let closed: string[] = []

beforeAll(async () => {
  server = await startServer({
    auth: { ...auth, authorize: (person, action, resource) => (closed.includes(resource.queue ?? '') ? false : auth.authorize(person, action, resource)) },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  closed = []
  await client.query('truncate ops.executor, ops.executor_job, ops.executor_run, ops.executor_gap, ops.queue_wish')
})

interface Given {
  name: string
  host?: string
  version?: string
  silent?: number
  ended?: boolean
  queues?: Record<string, { slots?: number | null; used?: number; done?: number; failed?: number }>
  jobs?: [queue: string, id: string][]
}

async function given({ name, host = 'eu-app-1', version = 'v412', silent = 3, ended = false, queues = { mail: {} }, jobs = [] }: Given): Promise<string> {
  const reported = Object.entries(queues).map(([queue, { slots = 4, used = 1, done = 6, failed = 0 }]) => ({ queue, slots, used, done: 1, failed: 0, lately: { done, failed }, paused: false, limit: null }))
  const { rows } = await client.query<{ id: string }>(
    `insert into ops.executor (id, name, host, pid, version, engine, started_at, beat_at, ended_at, queues, seconds, lately_seconds)
     values (gen_random_uuid(), $1, $2, 42, $3, 'pg-boss', now() - interval '1 hour', now() - make_interval(secs => $4), case when $5 then now() end, $6, 10, 60) returning id`,
    [name, host, version, silent, ended, JSON.stringify(reported)],
  )
  const { id } = rows[0]!
  for (const [queue, job] of jobs) await client.query(`insert into ops.executor_job (executor_id, job_id, queue, started_at) values ($1, $2, $3, now())`, [id, job, queue])
  return id
}

async function list(query = '', who = 'ops-demo'): Promise<ExecutorList> {
  const { status, body, text } = await server.call(who, 'GET', `/executors?${query}`)
  expect([status, status === 200 ? '' : text]).toEqual([200, ''])
  return listExecutors.output.parse(body)
}
const names = ({ items }: ExecutorList) => items.map(({ name }) => name)

describe('health', () => {
  const cases: [silent: number | null, ended: boolean, health: ExecutorHealth][] = [
    [0, false, 'healthy'], [44.9, false, 'healthy'], [45, false, 'late'], [119.9, false, 'late'], [120, false, 'missing'], [90_000, false, 'missing'],
    [null, false, 'unknown'], [500, true, 'ended'], [1, true, 'ended'],
  ]
  test.each(cases)('after %s s of silence, signed off: %s, is %s', (silentSeconds, ended, health) => expect(healthOf({ silentSeconds, ended })).toBe(health))
})

describe('the list of executors', () => {
  test('has the worst first, and each health can be asked for', async () => {
    await given({ name: 'fine' })
    await given({ name: 'slow', silent: 60 })
    await given({ name: 'gone', silent: 300 })
    await given({ name: 'over', silent: 900, ended: true })
    expect(names(await list())).toEqual(['gone', 'slow', 'fine'])
    const wanted: Record<ExecutorHealth, string[]> = { missing: ['gone'], late: ['slow'], healthy: ['fine'], unknown: [], ended: ['over'] }
    for (const health of Object.keys(executorHealths) as ExecutorHealth[]) expect([health, names(await list(`health=${health}`))]).toEqual([health, wanted[health]])
    expect((await list()).summary).toMatchObject({ executors: 3, ended: 1, health: { healthy: 1, late: 1, missing: 1, unknown: 0 }, slots: 8, used: 2 })
  })

  test('is narrowed by queue, host, version and part of a name, and each page continues where the last one ended', async () => {
    for (let n = 1; n <= 5; n++) await given({ name: `worker-${n}`, host: n < 4 ? 'a' : 'b', version: n % 2 ? 'v1' : 'v2', queues: { [n === 5 ? 'print' : 'mail']: {} } })
    expect(names(await list('host=b'))).toEqual(['worker-4', 'worker-5'])
    expect(names(await list('version=v2'))).toEqual(['worker-2', 'worker-4'])
    expect(names(await list('queue=print'))).toEqual(['worker-5'])
    expect(names(await list('q=ER-3'))).toEqual(['worker-3'])
    const paged: string[] = []
    for (let cursor = ''; ; ) {
      const page = await list(`limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      paged.push(...names(page))
      if (!page.nextCursor) break
      cursor = page.nextCursor
    }
    expect(paged).toEqual(['worker-1', 'worker-2', 'worker-3', 'worker-4', 'worker-5'])
    expect((await server.call('ops-demo', 'GET', '/executors?cursor=forged')).status).toBe(400)
    expect((await server.call('ops-demo', 'GET', '/executors?health=fine')).status).toBe(400)
  })

  test('shows two versions side by side, and queues that lost their last executor', async () => {
    await given({ name: 'new', version: 'v412' })
    await given({ name: 'old', version: 'v411' })
    await given({ name: 'gone', silent: 4_000, queues: { report: {}, mail: {} } })
    const { summary } = await list()
    expect(summary.versions.map(({ version, executors }) => [version, executors]).toSorted()).toEqual([['v411', 1], ['v412', 1]])
    expect(summary.unattended).toMatchObject([{ queue: 'report' }])
  })

  test('says nothing of queues that the viewer may not see: not their names, nor slots, rates, jobs or executors', async () => {
    const id = await given({ name: 'both', queues: { mail: { slots: 2, used: 1, done: 6 }, secret: { slots: 30, used: 20, done: 600, failed: 60 } }, jobs: [['secret', 's1'], ['secret', 's2']] })
    await given({ name: 'only secret', silent: 300, queues: { secret: {} } })
    closed = ['secret']
    const hidden = await list()
    expect(hidden).toMatchObject({ items: [{ name: 'both', slots: 2, held: 0, oldestHeldAt: null, donePerMinute: 6, failedPerMinute: 0, queues: [{ name: 'mail' }] }], summary: { executors: 1, slots: 2, used: 1, unattended: [], health: { missing: 0 } } })
    expect(JSON.stringify(hidden)).not.toContain('secret')
    expect((await list('queue=secret')).items).toEqual([])
    const { body } = await server.call('ops-demo', 'GET', `/executors/${id}`)
    expect(getExecutor.output.parse(body)).toMatchObject({ held: 0, jobs: [] })
    closed = ['secret', 'mail']
    expect((await server.call('ops-demo', 'GET', `/executors/${id}`)).status).toBe(404)
  })

  test('is for those who may view queues, and an unknown executor is not found', async () => {
    expect((await server.call('support-demo', 'GET', '/executors')).status).toBe(403)
    expect((await server.call('viewer-demo', 'GET', '/executors')).status).toBe(200)
    expect((await server.call(null, 'GET', '/executors')).status).toBe(401)
    for (const id of [crypto.randomUUID(), 'nothing', "x'; drop table ops.executor; --"]) expect((await server.call('ops-demo', 'GET', `/executors/${encodeURIComponent(id)}`)).status).toBe(404)
  })
})

describe('one executor', () => {
  test('has the jobs in hand that the engine still has, with their state now', async () => {
    await server.boss.createQueue('mail')
    const job = (await server.boss.send('mail', {}, { retryLimit: 2 }))!
    await server.boss.fetch('mail')
    const id = await given({ name: 'gone', silent: 300, jobs: [['mail', job], ['mail', crypto.randomUUID()]] })
    const { body } = await server.call('ops-demo', 'GET', `/executors/${id}`)
    expect(getExecutor.output.parse(body)).toMatchObject({ health: 'missing', held: 2, jobs: [{ id: job, state: 'executing', attempt: 1, maxAttempts: 3, usualSeconds: null }], gaps: [] })
  })
})

test('executors that only the engine lists are shown for queues without a companion, and claim no more than the list does', async () => {
  const beat = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString()
  const node = (name: string, queue: string, beatAt: string | null) => ({ id: `node ${name}`, name, host: 'web-1', startedAt: null, beatAt, queues: [{ name: queue, slots: 5, paused: false }] })
  const found = [node('alive', 'reports', beat(5)), node('silent', 'reports', beat(200)), node('connected', 'reports', null), node('attended', 'mail', beat(5))]
  await client.query(`insert into ops.finding (key, as_of, data) values ('engine_executors', now(), $1) on conflict (key) do update set as_of = excluded.as_of, data = excluded.data`, [JSON.stringify({ found, tookMs: 1 })])
  await given({ name: 'companion' })
  expect((await list()).items.map(({ name, source, health, held, donePerMinute }) => [name, source, health, held, donePerMinute])).toEqual([
    ['silent', 'engine', 'missing', null, null],
    ['connected', 'engine', 'unknown', null, null],
    ['companion', 'companion', 'healthy', 0, 6],
    ['alive', 'engine', 'healthy', null, null],
  ])
  expect((await server.call('ops-demo', 'GET', `/executors/${encodeURIComponent('node silent')}`)).body).toMatchObject({ source: 'engine', jobs: [], gaps: [] })
  await client.query(`update ops.finding set as_of = now() - interval '1 hour'`)
  expect(names(await list())).toEqual(['companion'])
})
