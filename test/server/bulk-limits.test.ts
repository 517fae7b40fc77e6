import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BulkRun } from '../../schemas/index.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { createDatabase } from '../support/postgres.ts'
import { auth, people, startServer, type TestServer } from '../support/server.ts'

const reason = 'the mail server is back'
const many = 50_000
let server: TestServer
let client: Client
let boss: PgBoss
/** How often the engine was asked for the jobs of a filter. */
let selected = 0
/** How long the engine takes besides to find the jobs of a filter. */
let slowMs = 0
/** `who action queue` that the host refuses; `page` and `bulk` where the question names no queue. */
let refused: string[] = []

beforeAll(async () => {
  for (let n = 0; n < 12; n++) people[`operator-${n}`] = { id: `operator-${n}`, role: 'ops' }
  const database = await createDatabase()
  boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 4 })
  boss.on('error', () => {})
  await boss.start()
  const real = pgBoss(boss)
  const engine: Engine = {
    ...real,
    async select(...asked) {
      selected++
      await wait(slowMs)
      return real.select(...asked)
    },
  }
  const authorize: typeof auth.authorize = (person, action, resource) =>
    !refused.includes(`${person.id} ${action} ${resource.queue ?? resource.type}`) && auth.authorize(person, action, resource)
  server = await startServer({ database_: database, engine, queues: ['mail', 'books', 'large'], cron: [], auth: { ...auth, authorize } })
  client = new Client({ connectionString: database.url })
  await client.connect()
}, 60_000)
afterAll(async () => {
  for (let n = 0; n < 12; n++) delete people[`operator-${n}`]
  await client?.end()
  await boss?.stop({ graceful: false })
  await server?.stop()
})
beforeEach(async () => {
  refused = []
  slowMs = 0
  await client.query('delete from ops.refusal_tally')
})

const preview = (who: string, selection: object) => server.call(who, 'POST', '/previews', { action: 'retry_job', selection })
const once = (who: string, selection: object, key: string = crypto.randomUUID()) =>
  server.call(who, 'POST', '/operations', { action: 'retry_job', selection, reason }, { 'idempotency-key': key })

describe('a selection of fifty thousand jobs', () => {
  const large = { filter: { queue: 'large', state: 'discarded' } }
  beforeAll(async () => {
    await insertJobs(client, many, { queue: 'large' })
    await client.query('analyze pgboss.job')
  }, 60_000)

  test('is not searched for an actor who may change nothing', async () => {
    await preview('viewer-demo', { ids: [crypto.randomUUID()] })
    selected = 0
    for (const selection of [large, { filter: { state: 'discarded' } }, { filter: { worker: 'large' } }]) {
      expect(await preview('viewer-demo', selection)).toMatchObject({ status: 403, body: { code: 'forbidden', detail: 'Your role is viewer.' } })
    }
    expect(await once('viewer-demo', large)).toMatchObject({ status: 403 })
    expect(selected).toBe(0)
    expect((await client.query('select 1 from ops.bulk_run')).rows).toEqual([])
  })

  test('is searched for an actor who has the right in the queue that the filter names', async () => {
    refused = ['ops-two retry_job page', 'ops-two retry_job books']
    expect((await preview('ops-two', { filter: { queue: 'mail' } })).body.code).toBe('not_found')
    selected = 0
    expect(await preview('ops-two', { filter: { queue: 'books' } })).toMatchObject({ status: 403 })
    expect(await preview('ops-two', { filter: { state: 'discarded' } })).toMatchObject({ status: 403 })
    expect(selected).toBe(0)
  })

  test('twelve at once do not slow down other requests: each gets its turn, or is told when to try again', async () => {
    const paths = ['/audit-events', '/overview', '/session', '/cron-entries']
    const who = Array.from({ length: 12 }, (_, n) => `operator-${n}`)
    const reads = () => Promise.all(paths.map((path) => server.call('ops-demo', 'GET', path)))
    await reads()
    const before = performance.now()
    await reads()
    const usual = performance.now() - before
    let over = false
    const shown = Promise.all(who.map((name) => preview(name, large))).finally(() => (over = true))
    const took: number[] = []
    while (!over) {
      const began = performance.now()
      const answers = await reads()
      took.push(performance.now() - began)
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    }
    const answers = await shown
    if (process.env.PRINT_TIMES) console.log(took.map(Math.round), answers.map(({ status }) => status))
    for (const { status, headers, body } of answers) {
      if (status === 201) expect(body.plan).toMatchObject({ counts: { subjects: many } })
      else expect([status, body.code, Number(headers.get('retry-after')) > 0]).toEqual([429, 'rate_limited', true])
    }
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(2)
    expect(took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.9)]).toBeLessThan(Math.max(2_000, 20 * usual))
    // The one who was told to wait is served later, and no set is left of those who were not.
    const again = await preview('operator-11', large)
    expect(again.status).toBe(201)
    const { rows } = await client.query('select count(*)::int n from ops.bulk_run where total = 0')
    expect(rows).toEqual([{ n: 0 }])
  }, 60_000)
})

test('a repeat that comes while the first is still collecting its jobs gets the answer of the first', async () => {
  await insertJobs(client, 3, { queue: 'books' })
  slowMs = 1_500
  selected = 0
  const key = crypto.randomUUID()
  const answers = await Promise.all([1, 2, 3].map(() => once('ops-demo', { filter: { queue: 'books', state: 'discarded' } }, key)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(new Set(answers.map(({ body }) => (body.event as { id: string }).id)).size).toBe(1)
  expect(selected).toBe(1)
})

describe('unconfirmed sets', () => {
  test('are deleted, oldest first, if one actor has too many', async () => {
    const ids = await insertJobs(client, 23, { queue: 'mail' })
    const first = await preview('ops-two', { ids: [ids[0]] })
    const foreign = await preview('ops-demo', { ids: [ids[0]] })
    for (const id of ids.slice(1)) expect((await preview('ops-two', { ids: [id] })).status).toBe(201)
    const sets = await client.query(`select count(*)::int n from ops.bulk_run where status = 'previewed' and actor_id = 'ops-two'`)
    expect(sets.rows).toEqual([{ n: 20 }])
    expect(await server.call('ops-two', 'GET', `/previews/${String(first.body.id)}`)).toMatchObject({ status: 404 })
    expect(await server.call('ops-demo', 'GET', `/previews/${String(foreign.body.id)}`)).toMatchObject({ status: 200 })
    await client.query(
      `insert into ops.preview (id, actor_type, actor_id, action, subject_type, subject_id, input, resource, plan, plan_hash, created_at, expires_at)
       select gen_random_uuid(), 'user', 'ops-two', 'retry_job', 'job', n::text, '{}', '{"type":"job","id":"x"}', '{}', 'hash ' || n, now() - interval '1 hour', now() + interval '1 hour'
       from generate_series(1, 500) n`,
    )
    const last = await server.call('ops-two', 'POST', '/previews', { action: 'retry_job', subject: { type: 'job', id: ids[0] } })
    const left = await client.query(`select count(*)::int n from ops.preview where consumed_at is null and actor_id = 'ops-two'`)
    expect(left.rows).toEqual([{ n: 200 }])
    expect(await server.call('ops-two', 'GET', `/previews/${String(last.body.id)}`)).toMatchObject({ status: 200, body: { status: 'ready' } })
  })
})

describe('when rights are revoked', () => {
  test('a preview is not shown again', async () => {
    const ids = await insertJobs(client, 2, { queue: 'mail' })
    const one = await server.call('ops-two', 'POST', '/previews', { action: 'retry_job', subject: { type: 'job', id: ids[0] } })
    const set = await preview('ops-two', { ids })
    const both = () => Promise.all([one, set].map(({ body }) => server.call('ops-two', 'GET', `/previews/${String(body.id)}`)))
    expect((await both()).map(({ status }) => status)).toEqual([200, 200])
    refused = ['ops-two retry_job mail']
    for (const { status, body } of await both()) expect([status, body.code, body.plan]).toEqual([403, 'forbidden', undefined])
  })

  test('a repeat of a key is refused', async () => {
    const [own, ...more] = await insertJobs(client, 3, { queue: 'mail' })
    const keys = [crypto.randomUUID(), crypto.randomUUID()]
    const ask = [
      () => server.call('ops-two', 'POST', '/operations', { action: 'retry_job', subject: { type: 'job', id: own }, reason }, { 'idempotency-key': keys[0]! }),
      () => once('ops-two', { ids: more }, keys[1]),
    ]
    const all = async () => {
      const answers: [number, unknown][] = []
      for (const asked of ask) {
        const { status, body } = await asked()
        answers.push([status, body.event === undefined])
      }
      return answers
    }
    expect(await all()).toEqual([[200, false], [200, false]])
    expect(await all()).toEqual([[200, false], [200, false]])
    refused = ['ops-two retry_job mail']
    expect(await all()).toEqual([[403, true], [403, true]])
    // Also where the job is gone, and its queue is known from the evidence only.
    await client.query('delete from pgboss.job where id = $1', [own])
    expect(await all()).toEqual([[403, true], [403, true]])
    refused = []
    expect((await all())[1]).toEqual([200, false])
  })
})

describe('a run over several queues', () => {
  test('is visible only to actors who may see each of them, also in the log, in forensics and in the export', async () => {
    const [mail] = await insertJobs(client, 1, { queue: 'mail' })
    const [book] = await insertJobs(client, 1, { queue: 'books' })
    const { body } = await once('ops-demo', { ids: [mail, book] })
    const { bulkId: id, id: eventId } = body.event as { bulkId: string; id: string }
    refused = ['ops-two view_jobs books', 'ops-two retry_job books']
    const status = async (method: string, path: string) => (await server.call('ops-two', method, path)).status
    expect(await status('GET', `/bulk/${id}`)).toBe(404)
    expect(await status('GET', `/bulk/${id}/items`)).toBe(404)
    expect(await status('GET', `/bulk/${id}/items/export?format=csv`)).toBe(404)
    expect(await status('POST', `/bulk/${id}/abort`)).toBe(404)
    expect(await status('GET', `/audit-events/${eventId}`)).toBe(404)
    expect(((await server.call('ops-two', 'GET', '/bulk?limit=200')).body.items as unknown as BulkRun[]).map((run) => run.id)).not.toContain(id)
    const listed = async (query: string) => (await server.call('ops-two', 'GET', `/audit-events?${query}`)).body.items!
    expect(await listed(`subjectType=bulk&subjectId=${id}`)).toEqual([])
    expect((await server.call('ops-two', 'GET', `/forensics/bulk/${id}`)).body).toMatchObject({ completeness: { state: 'unknown' } })
    // The job of their own queue has its evidence, without what is about the other one.
    const [event] = await listed(`subjectType=job&subjectId=${mail}`)
    expect(event).toMatchObject({ bulkId: id, outcome: 'succeeded' })
    expect([event!.reason, event!.before, event!.after, event!.jobs]).toEqual([undefined, undefined, undefined, undefined])
    expect(JSON.stringify(event)).not.toContain('books')
    expect(await listed(`subjectType=job&subjectId=${mail}&q=server`)).toEqual([])
    // A run that is not kept any more is known by its events.
    await client.query('delete from ops.bulk_run where id = $1', [id])
    expect(await status('GET', `/audit-events/${eventId}`)).toBe(404)
    refused = []
    expect(await status('GET', `/audit-events/${eventId}`)).toBe(200)
  })
})
