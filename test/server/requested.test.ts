import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BulkItem, BulkRun } from '../../schemas/index.ts'
import type { Engine, JobOutcome } from '../../server/engines/engine.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { runBatches } from '../../server/operations/bulk/runner.ts'
import { settleOrphans } from '../../server/operations/orphans.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { operate } from '../support/operate.ts'
import { insertJobs, statesOf } from '../support/failed-jobs.ts'
import { createDatabase } from '../support/postgres.ts'
import { type Answer, auth, displayPolicy, nightlySync, startServer, type TestServer } from '../support/server.ts'

const reason = 'the mail server is back'
let server: TestServer
/** Two more processes, whose background work the test does step by step; the first has the server's engine. */
let worker: RunningKit
let other: RunningKit
let boss: PgBoss
let client: Client
let skewSeconds = 0

type Act = (act: () => Promise<JobOutcome[]>) => Promise<JobOutcome[]>
const plainly: Act = (act) => act()
/** What becomes of a change on its way to a real pg-boss that is said to be in another database. */
let onTheWay = plainly

beforeAll(async () => {
  const database = await createDatabase()
  boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 4 })
  boss.on('error', () => {})
  await boss.start()
  const real = pgBoss(boss, { sharesDatabase: false })
  const engine: Engine = { ...real, act: (...asked) => onTheWay(() => real.act(...asked)) }
  const options = { auth, displayPolicy, now: () => new Date(Date.now() + skewSeconds * 1000), log: { info() {}, warn() {}, error() {} } }
  server = await startServer({ database_: database, queues: ['nightly_sync', 'mail'], ...options, engine, cron: [nightlySync] })
  worker = await openKit({ database: { url: database.url }, engine, ...options })
  other = await openKit({ database: { url: database.url }, engine: real, ...options })
  client = new Client({ connectionString: database.url })
  await client.connect()
})
beforeEach(async () => {
  await client.query(`delete from pgboss.job`)
  await client.query('delete from ops.refusal_tally')
})
afterEach(() => {
  onTheWay = plainly
  skewSeconds = 0
})
afterAll(async () => {
  await client?.end()
  await Promise.all([worker?.db.close(), other?.db.close(), boss?.stop({ graceful: false })])
  await server?.stop()
})

/** Stands for a process that is stopped while the engine is asked, before or after the change; it may go on later. */
function halt(when: 'before' | 'after'): { reached: Promise<void>; goOn: () => void } {
  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  onTheWay = async (act) => {
    onTheWay = plainly
    const done = when === 'after' ? await act() : undefined
    reached.resolve()
    await gate.promise
    return done ?? act()
  }
  return { reached: reached.promise, goOn: gate.resolve }
}

type Event = { id: string; eventType: string; outcome: string; code?: string; reason?: string; metadata: Record<string, unknown> }
const operator = operate(() => server, reason)
const once = (body: object, key?: string) => operator.once('ops-demo', body, key)
const retry = (id: string) => ({ action: 'retry_job', subject: { type: 'job', id } })
const one = async () => (await insertJobs(client, 1))[0]!
const eventsOf = async (id: string, type = 'job') => (await server.call('ops-demo', 'GET', `/audit-events?subjectType=${type}&subjectId=${id}`)).body.items as unknown as Event[]
const glance = (events: Event[]) => events.map(({ eventType, outcome, code }) => [eventType, outcome, code])
const open = async () => (await client.query('select * from ops.open_request')).rows.length

describe('a change in an engine outside our transaction', () => {
  test('is recorded as requested and then as succeeded, linked to each other, and a repeat gets the same answer', async () => {
    const id = await one()
    const key = crypto.randomUUID()
    const { reached, goOn } = halt('before')
    const answers = [once(retry(id), key)]
    await reached
    expect(glance(await eventsOf(id))).toEqual([['job.retried', 'requested', undefined]])
    expect(await statesOf(client, [id])).toEqual({ failed: 1 })
    answers.push(once(retry(id), key), once(retry(id), key))
    await new Promise((resolve) => setTimeout(resolve, 100))
    goOn()
    const done = await Promise.all(answers)
    expect(done.map(({ status }) => status), done[1]!.text).toEqual([200, 200, 200])
    expect(new Set(done.map(({ text }) => text)).size).toBe(1)
    const [succeeded, requested] = await eventsOf(id)
    expect(glance([succeeded!, requested!])).toEqual([['job.retried', 'succeeded', undefined], ['job.retried', 'requested', undefined]])
    expect([succeeded!.metadata.requested, requested!.metadata.finalEvent]).toEqual([requested!.id, succeeded!.id])
    expect([succeeded!.reason, requested!.reason]).toEqual([reason, reason])
    expect(await eventsOf(id)).toHaveLength(2)
    expect([await open(), await statesOf(client, [id])]).toEqual([0, { retry: 1 }])
  })

  test('that is refused or fails is reported as such, also to a repeat', async () => {
    const [refused, failed] = [await one(), await one()]
    const keys = [crypto.randomUUID(), crypto.randomUUID()]
    onTheWay = () => Promise.resolve([{ id: refused, queue: 'mail', outcome: 'changed' }])
    expect((await once(retry(refused), keys[0])).body.code).toBe('mutation_conflict')
    onTheWay = () => Promise.reject(Object.assign(new Error('canary'), { code: 'ECONNREFUSED' }))
    expect((await once(retry(failed), keys[1])).status).toBe(503)
    onTheWay = plainly
    expect(glance(await eventsOf(refused))).toEqual([['job.retried', 'failed', 'mutation_conflict'], ['job.retried', 'requested', undefined]])
    expect(glance(await eventsOf(failed))).toEqual([['job.retried', 'failed', 'unavailable'], ['job.retried', 'requested', undefined]])
    expect(JSON.stringify(await eventsOf(failed))).not.toContain('canary')
    const repeats = [await once(retry(refused), keys[0]), await once(retry(failed), keys[1])]
    expect(repeats.map(({ body }) => body.code)).toEqual(['mutation_conflict', 'unavailable'])
    // The answer to this key stays what it is, so nobody is invited to send it again.
    expect(repeats.map(({ headers }) => headers.get('retry-after'))).toEqual([null, null])
    expect(repeats[1]!.body.detail).toMatch(/Expected a new key for a new attempt/)
    expect([await open(), await statesOf(client, [refused, failed])]).toEqual([0, { failed: 2 }])
  })

  test.each([
    { when: 'before' as const, shows: { state: 'discarded', changedSince: false } },
    { when: 'after' as const, shows: { state: 'retryable', changedSince: true } },
  ])('whose process stops $when the change is settled after a minute with the engine’s state, and without a claim', async ({ when, shows }) => {
    const id = await one()
    const key = crypto.randomUUID()
    const { reached, goOn } = halt(when)
    const late = once(retry(id), key)
    await reached
    skewSeconds = 55
    expect(await settleOrphans(other)).toBe(0)
    skewSeconds = 65
    expect(await settleOrphans(other)).toBe(1)
    expect(await settleOrphans(other)).toBe(0)
    const [orphan] = await eventsOf(id)
    expect(orphan).toMatchObject({ outcome: 'failed', code: 'orphan_request', metadata: { engineShows: [{ job: id, ...shows }], note: expect.stringContaining('is unknown') } })
    expect((await once(retry(id), key)).status).toBe(409)
    // It was not dead after all: its outcome is recorded as well, in a third event.
    goOn()
    expect((await late).status).toBe(200)
    expect(glance(await eventsOf(id))).toEqual([
      ['job.retried', 'succeeded', undefined],
      ['job.retried', 'failed', 'orphan_request'],
      ['job.retried', 'requested', undefined],
    ])
  })

  test('that takes long is answered in time, belongs to its process while that waits, and gets one outcome, the real one', async () => {
    const id = await one()
    const key = crypto.randomUUID()
    const { reached, goOn } = halt('before')
    const began = performance.now()
    const asked = once(retry(id), key)
    await reached
    expect(await once({ ...retry(id), action: 'cancel_job' })).toMatchObject({ status: 409 })
    const late = await asked
    expect([late.status, late.headers.get('retry-after'), performance.now() - began < 5_000]).toEqual([503, '2', true])
    await expect.poll(async () => (await client.query(`select 1 from ops.open_request where detail ? 'renewedAt'`)).rows.length, { timeout: 10_000 }).toBe(1)
    await client.query(`update ops.open_request set requested_at = requested_at - interval '10 minutes'`)
    expect(await settleOrphans(other)).toBe(0)
    expect(await once(retry(id), key)).toMatchObject({ status: 503 })
    goOn()
    await expect.poll(open).toBe(0)
    expect(glance((await eventsOf(id)).filter(({ eventType }) => eventType === 'job.retried'))).toEqual([['job.retried', 'succeeded', undefined], ['job.retried', 'requested', undefined]])
    expect(await statesOf(client, [id])).toEqual({ retry: 1 })
    expect(await once(retry(id), key)).toMatchObject({ status: 200, body: { event: { outcome: 'succeeded' } } })
  })

  test('is not made if the job changes between the two events', async () => {
    const id = await one()
    const shown = await server.call('ops-demo', 'POST', '/previews', retry(id))
    await client.query(`update pgboss.job set state = 'cancelled' where id = $1`, [id])
    const answer = await server.call('ops-demo', 'POST', `/previews/${String(shown.body.id)}/execute`, { token: shown.body.token, reason })
    expect([answer.body.code, await open()]).toEqual(['preview_drifted', 0])
    expect(await statesOf(client, [id])).toEqual({ cancelled: 1 })
  })

  test('leaves both events for a cron entry that is run manually', async () => {
    expect((await once({ action: 'run_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } })).status).toBe(200)
    expect(glance(await eventsOf('nightly_sync', 'cron_entry')).slice(0, 2)).toEqual([['cron.run_now', 'succeeded', undefined], ['cron.run_now', 'requested', undefined]])
    expect((await client.query(`select 1 from pgboss.job where name = 'nightly_sync'`)).rows).toHaveLength(1)
    expect(await open()).toBe(0)
  })
})

describe('many changes', () => {
  const all = { action: 'retry_job', selection: { filter: { queue: 'mail', state: 'discarded' } } }
  const read = operator.bulkRun
  const items = async (id: string, outcome: string) => (await server.call('ops-demo', 'GET', `/bulk/${id}/items?limit=200&outcome=${outcome}`)).body.items as unknown as BulkItem[]
  const bulkOf = ({ body }: Answer) => (body.bulk as BulkRun).id

  test('leave two events for a batch within the request, and for each batch in the background', async () => {
    await insertJobs(client, 3)
    const key = crypto.randomUUID()
    const small = await once(all, key)
    expect(small.body).toMatchObject({ event: { outcome: 'succeeded', jobs: 3 }, result: { outcomes: { done: 3 } } })
    expect((await once(all, key)).text).toBe(small.text)
    const { bulkId } = small.body.event as { bulkId: string }
    expect(glance(await eventsOf(bulkId, 'bulk'))).toEqual([['job.retried', 'succeeded', undefined], ['job.retried', 'requested', undefined]])
    const ids = await insertJobs(client, 2300)
    const run = bulkOf(await once(all))
    await runBatches(worker)
    expect(await read(run)).toMatchObject({ status: 'finished', outcomes: { done: 2300 } })
    const events = await eventsOf(run, 'bulk')
    expect(glance(events).map(([type, outcome]) => `${type!} ${outcome!}`)).toEqual([
      'bulk.finished succeeded',
      ...Array.from({ length: 3 }, () => ['job.retried succeeded', 'job.retried requested']).flat(),
      'bulk.started succeeded',
    ])
    for (const { metadata } of events.filter(({ outcome }) => outcome === 'requested')) expect(events.map(({ id }) => id)).toContain(metadata.finalEvent)
    expect([await open(), await statesOf(client, ids)]).toEqual([0, { retry: 2300 }])
  })

  test.each([
    { when: 'before' as const, outcomes: { done: 1500 }, atLast: { done: 1500 } },
    { when: 'after' as const, outcomes: { done: 500, unconfirmed: 1000 }, atLast: { done: 1500 } },
  ])('continue if the process stops $when a batch; jobs that it may have changed are unconfirmed until it reports', async ({ when, outcomes, atLast }) => {
    const ids = await insertJobs(client, 1500)
    const run = bulkOf(await once(all))
    const { reached, goOn } = halt(when)
    const late = runBatches(worker)
    await reached
    await runBatches(other)
    expect(await read(run)).toMatchObject({ status: 'running', outcomes: { done: 500, waiting: 1000 } })
    skewSeconds = 65
    await settleOrphans(other)
    await runBatches(other)
    expect(await read(run)).toMatchObject({ status: 'finished', outcomes })
    expect(await items(run, 'unconfirmed')).toHaveLength(when === 'after' ? 200 : 0)
    goOn()
    await late
    expect((await read(run)).outcomes).toEqual(atLast)
    const named = (await client.query<{ jobs: string[] }>(`select jobs from ops.audit_event where bulk_id = $1 and outcome = 'succeeded' and event_type = 'job.retried'`, [run])).rows
    expect(named.flatMap(({ jobs }) => jobs).toSorted()).toEqual(ids.toSorted())
    expect([await open(), await statesOf(client, ids)]).toEqual([0, { retry: 1500 }])
    expect((await client.query('select distinct retry_limit from pgboss.job')).rows).toEqual([{ retry_limit: 3 }])
  })

  test.each([
    { when: 'before' as const, outcomes: { aborted: 1500 }, atLast: { done: 1000, aborted: 500 } },
    { when: 'after' as const, outcomes: { unconfirmed: 1000, aborted: 500 }, atLast: { done: 1000, aborted: 500 } },
  ])('of a run that is aborted while a process stops $when its batch are settled and not requested again', async ({ when, outcomes, atLast }) => {
    const ids = await insertJobs(client, 1500)
    const run = bulkOf(await once(all))
    const { reached, goOn } = halt(when)
    const late = runBatches(worker)
    await reached
    expect((await server.call('ops-demo', 'POST', `/bulk/${run}/abort`)).status).toBe(200)
    expect(await read(run)).toMatchObject({ status: 'aborted', outcomes: { aborted: 1500 } })
    skewSeconds = 65
    await runBatches(other)
    expect(await read(run)).toMatchObject({ status: 'aborted', outcomes })
    expect([await open(), await statesOf(client, ids)]).toEqual([0, when === 'after' ? { failed: 500, retry: 1000 } : { failed: 1500 }])
    goOn()
    await late
    expect((await read(run)).outcomes).toEqual(atLast)
    expect(await statesOf(client, ids)).toEqual({ failed: 500, retry: 1000 })
  })
})
