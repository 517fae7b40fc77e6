import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { BulkRun, Plan } from '../../schemas/index.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { runMaintenance } from '../../server/maintenance.ts'
import { runBatch, runBatches } from '../../server/operations/bulk/runner.ts'
import { expireRecords } from '../../server/retention/expire.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { operate } from '../support/operate.ts'
import { insertJobs, statesOf } from '../support/failed-jobs.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

const reason = 'the mail server is back'
let server: TestServer
/** A second process without loops: the test does the background work, a batch at a time. */
let worker: RunningKit
let client: Client
let mayRetry = true

beforeAll(async () => {
  const authorize: typeof auth.authorize = (person, action, resource) => (mayRetry || action !== 'retry_job') && auth.authorize(person, action, resource)
  const options = { auth: { ...auth, authorize }, displayPolicy }
  server = await startServer({ queues: ['nightly_sync', 'mail'], cron: [], ...options })
  worker = await openKit({ database: { url: server.database.url }, engine: pgBoss(server.boss), ...options })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await worker?.db.close()
  await server?.stop()
})
beforeEach(() => client.query(`delete from pgboss.job where name = 'mail'`))

const selection = { filter: { queue: 'mail', state: 'discarded' } }
const operator = operate(() => server, reason)
const read = operator.bulkRun
const preview = (of: object = selection, action = 'retry_job') => operator.preview('ops-demo', { action, selection: of })
const once = (of: object = selection, key?: string, action = 'retry_job') => operator.once('ops-demo', { action, selection: of }, key)
const idOf = (body: Record<string, unknown>) => (body.bulk as BulkRun).id
const rows = async (table: string, id: string) => (await client.query(`select 1 from ops.${table} where ${table === 'bulk_run' ? 'id' : 'bulk_id'} = $1`, [id])).rows.length

test('unconfirmed sets are deleted after a day, ended runs after thirty, and unfinished runs never', async () => {
  await insertJobs(client, 1100)
  const looked = ((await preview()).body.plan as Plan).selection!.bulkId
  const [ended, going] = [idOf((await once()).body), idOf((await once()).body)]
  await server.call('ops-demo', 'POST', `/bulk/${ended}/abort`)
  const aged = async (days: number) => {
    await client.query(`update ops.bulk_run set created_at = now() - make_interval(hours => $1)`, [days * 24 + 1])
    await runMaintenance(worker)
    await expireRecords(worker)
    return [await rows('bulk_run', looked), await rows('bulk_batch', looked), await rows('bulk_run', ended), await rows('bulk_run', going)]
  }
  expect(await aged(0)).toEqual([1, 2, 1, 1])
  expect(await aged(1)).toEqual([0, 0, 1, 1])
  expect(await aged(30)).toEqual([0, 0, 0, 1])
  expect((await server.call('ops-demo', 'GET', `/bulk/${ended}`)).status).toBe(404)
  expect((await preview({ bulk: ended })).status).toBe(404)
  await runBatches(worker)
  expect(await read(going)).toMatchObject({ status: 'finished', outcomes: { done: 1100 } })
})

test('a key that was used for one selection is refused for another', async () => {
  await insertJobs(client, 3)
  const key = crypto.randomUUID()
  const first = await once(selection, key)
  expect(first.status, first.text).toBe(200)
  for (const [other, action] of [[{ filter: { queue: 'mail' } }, 'retry_job'], [selection, 'cancel_job'], [{ ids: ['x'] }, 'retry_job']] as const) {
    expect(await once(other, key, action)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  }
  expect((await once(selection, key)).body).toEqual(first.body)
  const { body } = await server.call('ops-two', 'POST', '/operations', { action: 'retry_job', selection, reason }, { 'idempotency-key': key })
  expect(body.code).toBe('not_found')
})

test('a confirmed run continues when its actor loses the right; the actor may still stop it but start nothing new', async () => {
  const ids = await insertJobs(client, 2200)
  const shown = await preview()
  const execute = () => operator.execute('ops-demo', shown)
  mayRetry = false
  expect((await execute()).status).toBe(403)
  mayRetry = true
  const id = idOf((await execute()).body)
  mayRetry = false
  try {
    expect(await runBatch(worker)).toBe('recorded')
    expect(await read(id)).toMatchObject({ outcomes: { done: 1000, waiting: 1200 } })
    expect((await once()).status).toBe(403)
    expect((await server.call('ops-demo', 'POST', `/bulk/${id}/abort`)).status).toBe(200)
    expect((await preview({ bulk: id })).status).toBe(403)
  } finally {
    mayRetry = true
  }
  await runBatches(worker)
  expect(await statesOf(client, ids)).toEqual({ retry: 1000, failed: 1200 })
})

test('the leftovers of a run over leftovers can be selected, until there are none', async () => {
  const ids = await insertJobs(client, 2500)
  let id = idOf((await once()).body)
  for (const left of [1500, 500]) {
    await runBatch(worker)
    await server.call('ops-demo', 'POST', `/bulk/${id}/abort`)
    expect((await read(id)).outcomes).toEqual({ done: 1000, aborted: left })
    const again = await once({ bulk: id })
    if (left > 1000) id = idOf(again.body)
    else expect(again.body).toMatchObject({ event: { jobs: left }, result: { outcomes: { done: left } } })
  }
  expect(await statesOf(client, ids)).toEqual({ retry: 2500 })
  const { bulkId } = (await server.call('ops-demo', 'GET', '/audit-events?eventType=job.retried&limit=1')).body.items![0] as { bulkId: string }
  expect(await preview({ bulk: bulkId })).toMatchObject({ status: 404, body: { code: 'not_found' } })
})
