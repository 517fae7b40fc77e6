import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OwnServer, startOwnServer } from '../support/postgres.ts'
import { nightlySync, startServer, type TestServer } from '../support/server.ts'

let postgres: OwnServer
let server: TestServer

beforeAll(async () => {
  postgres = await startOwnServer()
  server = await startServer({
    database_: { url: postgres.url, drop: async () => {} },
    loops: true,
    cron: [nightlySync, { ...nightlySync, name: 'every_minute', expression: '* * * * *', overlap: 'allow' }],
  })
})
afterAll(async () => {
  postgres?.thaw()
  await server?.stop()
  await postgres?.remove()
})

/** What a request came to, and after how many milliseconds. */
async function timed(who: string | null, method: string, path: string, body?: unknown, headers?: Record<string, string>) {
  const began = performance.now()
  const answer = await server.call(who, method, path, body, headers)
  return { path, status: answer.status, code: answer.body.code, retryAfter: answer.headers.get('retry-after'), body: answer.body, ms: performance.now() - began }
}

const pause = { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }
const requests = () => [
  ...['/audit-events', '/cron-entries', '/overview', '/queues', '/bulk', '/cron-entries/nightly_sync'].map((path) => timed('ops-demo', 'GET', path)),
  timed('ops-demo', 'POST', '/previews', pause),
  ...Array.from({ length: 20 }, () => timed('ops-demo', 'POST', '/operations', { action: 'run_cron_entry', subject: { type: 'cron_entry', id: 'every_minute' } }, { 'idempotency-key': crypto.randomUUID() })),
]

test('while PostgreSQL says nothing every request has its end within five seconds, and everything works again afterwards', { timeout: 120_000 }, async () => {
  for (const each of await Promise.all(requests())) expect([each.path, each.status < 300]).toEqual([each.path, true])

  const inFlight = Array.from({ length: 10 }, () => timed('ops-demo', 'GET', '/audit-events'))
  postgres.freeze()
  for (let round = 0; round < 3; round++) {
    const [health, ready, ...others] = await Promise.all([timed(null, 'GET', '/healthz'), timed(null, 'GET', '/readyz'), ...requests()])
    expect(health!.status).toBe(200)
    expect(health!.ms).toBeLessThan(1_000)
    expect(ready!.status).toBe(503)
    expect(ready!.body.checks).toContainEqual({ name: 'database', ok: false })
    expect(ready!.ms).toBeLessThan(5_000)
    for (const { path, status, code, retryAfter, ms } of others) {
      expect([path, status, code, retryAfter]).toEqual([path, 503, 'unavailable', '2'])
      expect(ms).toBeLessThan(5_000)
    }
    await wait(1_000)
  }
  for (const { status, ms } of await Promise.all(inFlight)) {
    expect([200, 503]).toContain(status)
    expect(ms).toBeLessThan(5_000)
  }
  postgres.thaw()

  await expect.poll(async () => (await timed('ops-demo', 'GET', '/cron-entries')).status, { timeout: 5_000 }).toBe(200)
  await expect.poll(async () => (await timed(null, 'GET', '/readyz')).status, { timeout: 10_000 }).toBe(200)
  const back = Date.now()
  for (const each of await Promise.all(requests())) expect([each.path, each.status < 300]).toEqual([each.path, true])
  await expect.poll(measuredSince(back), { timeout: 20_000 }).toBe(true)
  await expectConnections()
})

/** The background loops go on too. */
function measuredSince(since: number): () => Promise<boolean> {
  return async () => {
    const { body } = await server.call('ops-demo', 'GET', '/overview')
    const asOf = (body.vitals as { asOf: string | null }[])[0]?.asOf
    return asOf !== null && asOf !== undefined && Date.parse(asOf) > since
  }
}

/** No more than the pool has, none in the middle of anything, and all of them still to be had. */
async function expectConnections(): Promise<void> {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  const stuck = async () => {
    const { rows } = await client.query(
      `select state, count(*)::int from pg_stat_activity where application_name = 'ops-powertools' and state <> 'idle' and state_change < now() - interval '3 seconds' group by 1`,
    )
    return rows
  }
  await expect.poll(stuck, { timeout: 10_000 }).toEqual([])
  const { rows } = await client.query<{ count: number }>(`select count(*)::int from pg_stat_activity where application_name = 'ops-powertools'`)
  expect(rows[0]!.count).toBeLessThanOrEqual(10)
  const all = await Promise.all(Array.from({ length: 40 }, () => timed('ops-demo', 'GET', '/cron-entries')))
  expect(all.map(({ status }) => status)).toEqual(all.map(() => 200))
  await client.end()
}

test('a server stops also while PostgreSQL says nothing', { timeout: 60_000 }, async () => {
  const other = await startServer({ database_: { url: postgres.url, drop: async () => {} }, loops: true })
  await other.boss.stop({ graceful: false })
  postgres.freeze()
  await wait(500)
  const began = performance.now()
  await other.ops.stop()
  expect(performance.now() - began).toBeLessThan(10_000)
  postgres.thaw()
})
