import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { engineWithTimeouts } from '../../server/engines/timeouts.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { createDatabase } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let boss: PgBoss
let client: Client
let id: string

beforeAll(async () => {
  const database = await createDatabase()
  boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false, max: 12 })
  boss.on('error', () => {})
  await boss.start()
  server = await startServer({ database_: database, queues: ['mail'], cron: [], engine: engineWithTimeouts(Object.freeze(pgBoss(boss)), { callMs: 300 }) })
  client = new Client({ connectionString: database.url })
  await client.connect()
  id = (await insertJobs(client, 1, { queue: 'mail' }))[0]!
})
afterAll(async () => {
  await client?.query('rollback')
  await client?.end()
  await boss?.stop({ graceful: false })
  await server?.stop()
})

const get = (path: string) => server.call('ops-demo', 'GET', path)
const waiting = async () => Number((await server.boss.getDb().executeSql(`select count(*) n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)).rows[0].n)

test('an engine whose tables are locked keeps no request waiting, does not collect more and more calls, and works again afterwards', async () => {
  await client.query('begin; lock table pgboss.job in access exclusive mode')
  const paths = ['/jobs', `/jobs/${id}`, '/jobs/count?queue=mail', '/jobs/export?format=csv']
  for (let round = 0; round < 4; round++) {
    const answers = await Promise.all(paths.map(get))
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(paths.map(() => [503, 'unavailable']))
  }
  const preview = await server.call('ops-demo', 'POST', '/previews', { action: 'retry_job', subject: { type: 'job', id } })
  expect([preview.status, preview.body.code]).toEqual([503, 'unavailable'])
  expect(await waiting()).toBeLessThanOrEqual(12)
  const began = Date.now()
  expect((await get('/jobs')).status).toBe(503)
  // At once, and not after the four seconds that a read may take.
  expect(Date.now() - began).toBeLessThan(3_000)
  for (const path of ['/queues', '/overview', '/audit-events']) expect([path, (await get(path)).status]).toEqual([path, 200])
  await client.query('commit')
  await expect.poll(async () => (await get(`/jobs/${id}`)).status, { timeout: 5_000 }).toBe(200)
  await wait(50)
  expect(await waiting()).toBe(0)
})
