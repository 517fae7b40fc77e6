import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { operate } from '../support/operate.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { type OwnServer, startOwnServer } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** An engine with a database of its own, which goes away while ours stays. */
let store: OwnServer
let boss: PgBoss
let server: TestServer
let ids: string[]

beforeAll(async () => {
  store = await startOwnServer()
  boss = new PgBoss({ connectionString: store.url, supervise: false, schedule: false, max: 4 })
  boss.on('error', () => {})
  await boss.start()
  await boss.createQueue('mail')
  const client = new Client({ connectionString: store.url })
  await client.connect()
  ids = await insertJobs(client, 1_200, { queue: 'mail' })
  await client.end()
  server = await startServer({ engine: pgBoss(boss, { sharesDatabase: false }), cron: [], loops: true })
}, 60_000)
afterAll(async () => {
  await server?.stop()
  await boss?.stop({ graceful: false }).catch(() => {})
  await store?.remove()
})

const reason = 'the mail server is back'
const get = (path: string) => server.call('ops-demo', 'GET', path)
const operator = operate(() => server, reason)
const preview = (body: object) => operator.preview('ops-demo', { action: 'retry_job', ...body })
const once = (body: object, key?: string) => operator.once('ops-demo', { action: 'retry_job', ...body }, key)
const on = (id: string) => ({ subject: { type: 'job', id } })

test('while the engine is away, each request says so quickly and figures show their age; everything works when it is back', { timeout: 90_000 }, async () => {
  await expect.poll(async () => (await get('/queues')).body.items?.length, { timeout: 10_000 }).toBeGreaterThan(0)
  const shown = await preview(on(ids[0]!))
  const many = await preview({ selection: { filter: { queue: 'mail' } } })
  expect([shown.status, many.status]).toEqual([201, 201])
  const execute = (given: typeof shown) => operator.execute('ops-demo', given)
  const measured = (await get('/queues')).body.items![0]!.asOf as string
  await store.stop('immediate')

  const asked = Array.from({ length: 8 }, () => ['/jobs', '/jobs?queue=mail&state=discarded', '/jobs/count?queue=mail', `/jobs/${ids[1]!}`, '/jobs/export?format=csv', '/jobs/hints?field=queue']).flat()
  const began = Date.now()
  const answers = await Promise.all(asked.map(get))
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [503, 'unavailable']))
  expect(answers[0]!.headers.get('retry-after')).toBe('2')
  expect(Date.now() - began).toBeLessThan(10_000)

  const queues = await get('/queues')
  expect(queues.status).toBe(200)
  expect(Date.parse(queues.body.items![0]!.asOf as string)).toBeGreaterThanOrEqual(Date.parse(measured))
  expect(Date.parse(queues.body.items![0]!.asOf as string)).toBeLessThan(Date.parse(queues.body.asOf as string))
  for (const path of ['/overview', '/session', '/bulk', '/audit-events', '/job-views', '/cron-entries']) expect([path, (await get(path)).status]).toEqual([path, 200])
  expect((await get('/readyz')).status).toBe(503)

  const key = crypto.randomUUID()
  for (const refused of [await preview(on(ids[1]!)), await preview({ selection: { ids: ids.slice(0, 3) } }), await once(on(ids[2]!), key), await execute(shown)]) {
    expect([refused.status, refused.body.code], refused.text).toEqual([503, 'unavailable'])
    expect(refused.text).not.toMatch(/ECONN|127\.0\.0\.1|select /)
  }
  // Its set is frozen already: it is taken on, and waits.
  const taken = await execute(many)
  expect([taken.status, (taken.body.bulk as { eligible: number }).eligible]).toEqual([202, 1_200])
  const { id } = taken.body.bulk as { id: string }

  await store.start()
  await expect.poll(async () => (await get('/jobs')).status, { timeout: 20_000 }).toBe(200)
  await expect.poll(async () => (await get(`/bulk/${id}`)).body.status, { timeout: 40_000, interval: 200 }).toBe('finished')
  expect((await get(`/bulk/${id}`)).body.outcomes).toEqual({ done: 1_200 })
  // Nothing was changed while it was away, and the same key may try again.
  const again = await once(on(ids[2]!), key)
  expect(again.status, again.text).toBe(200)
  expect((await get(`/audit-events?subjectType=job&subjectId=${ids[2]!}&eventType=job.retried`)).body.items!.filter(({ outcome, bulkId }) => outcome === 'succeeded' && !bulkId)).toHaveLength(1)
  expect(server.logged.join('\n')).not.toMatch(/127\.0\.0\.1:\d+/)
})
