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
  await server?.stop()
  await postgres?.remove()
})

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const operate = (action: string) =>
  server.call('ops-demo', 'POST', '/operations', { action, subject: { type: 'cron_entry', id: 'nightly_sync' } }, { 'idempotency-key': crypto.randomUUID() })

test('while PostgreSQL is gone requests say unavailable, and everything works again within 5 s of its return', { timeout: 60_000 }, async () => {
  const seen: { status: number; code: unknown }[] = []
  let loading = true
  const load = Array.from({ length: 6 }, async (_, n) => {
    for (let turn = n; loading; turn++) {
      const answer = turn % 2 ? await operate(turn % 4 > 1 ? 'pause_cron_entry' : 'resume_cron_entry') : await server.call('ops-demo', 'GET', '/audit-events?limit=5')
      seen.push({ status: answer.status, code: answer.body.code })
      await sleep(20)
    }
  })
  await sleep(500)
  await postgres.stop('immediate')
  await sleep(2_500)
  expect((await server.call(null, 'GET', '/healthz')).status).toBe(200)
  expect((await server.call(null, 'GET', '/readyz')).status).toBe(503)
  expect((await server.call('ops-demo', 'GET', '/live')).body.code).toBe('unavailable')
  await postgres.start()
  const back = Date.now()
  let recovered = 0
  while (!recovered && Date.now() - back < 10_000) {
    if ((await server.call('ops-demo', 'GET', '/cron-entries')).status === 200) recovered = Date.now() - back
    else await sleep(100)
  }
  expect(recovered).toBeGreaterThan(0)
  expect(recovered).toBeLessThan(5_000)
  await sleep(500)
  loading = false
  await Promise.all(load)

  const unexpected = seen.filter(({ status, code }) => !(status === 200 || code === 'unavailable' || code === 'illegal_transition' || code === 'mutation_conflict'))
  expect(unexpected).toEqual([])
  expect(seen.some(({ code }) => code === 'unavailable')).toBe(true)
  await expectSchedulerAlive(back)
})

/** Coverage that is extended after the return says that somebody schedules again. */
async function expectSchedulerAlive(back: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const { body } = await server.call('ops-demo', 'POST', '/operations', { action: 'run_cron_entry', subject: { type: 'cron_entry', id: 'every_minute' } }, { 'idempotency-key': crypto.randomUUID() })
    const overview = await server.call('ops-demo', 'GET', '/overview')
    const measured = (overview.body.vitals as { asOf: string | null }[])[0]?.asOf
    if (body.event && measured && Date.parse(measured) > back) return
    await sleep(100)
  }
  throw new Error('nothing was measured after the database came back')
}
