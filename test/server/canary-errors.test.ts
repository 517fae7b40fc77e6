import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { nightlySync, startServer, type TestServer } from '../support/server.ts'

const canary = 'CANARY-engine-error-9b8a'

let database: TestDatabase
let server: TestServer
let boss: PgBoss

/** A real engine whose queue refuses jobs with a message that quotes what it should not. */
beforeAll(async () => {
  database = await createDatabase()
  boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false })
  await boss.start()
  const refuse = async () => Promise.reject(new Error(`cannot send ${canary} to the broker\n    at ${canary} (its second line)`))
  server = await startServer({
    database_: database,
    loops: true,
    engine: { ...pgBoss(boss), enqueue: refuse },
    cron: [{ ...nightlySync, expression: '* * * * *' }],
  })
  const client = new Client({ connectionString: database.url })
  await client.connect()
  await client.query(`update ops.cron_entry set next_slot_at = date_trunc('minute', now())`)
  await client.end()
})
afterAll(async () => {
  await boss.stop({ graceful: false })
  await server.stop()
})

const readAll = async (who: string) => {
  const paths = ['/cron-entries', '/cron-entries/nightly_sync', '/cron-entries/nightly_sync/history', '/audit-events', '/overview', '/forensics/cron_entry/nightly_sync', '/audit-events/export?format=ndjson', '/readyz']
  return (await Promise.all(paths.map((path) => server.call(who, 'GET', path)))).map(({ text }) => text).join('\n')
}

test('an engine’s error is shown to whom the policy shows it, and to nobody else', async () => {
  await expect.poll(() => readAll('ops-demo'), { timeout: 10_000 }).toContain(canary)
  const { body } = await server.call('ops-demo', 'GET', '/cron-entries/nightly_sync')
  expect(body).toMatchObject({ status: 'needs_review', diagnosis: 'enqueue_failed' })
  expect(await readAll('support-demo')).not.toContain(canary)
})

test('a run by hand that the engine refuses says so without quoting it, and is evidence', async () => {
  const run = { action: 'run_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }
  const answer = await server.call('ops-demo', 'POST', '/operations', run, { 'idempotency-key': crypto.randomUUID() })
  expect(answer).toMatchObject({ status: 422, body: { code: 'unsupported_by_engine' } })
  expect(answer.text).not.toContain(canary)
  const failed = await server.call('ops-demo', 'GET', '/audit-events?outcome=failed&action=run_cron_entry')
  expect(failed.body.items).toHaveLength(1)
})

test('the log has what happened, and not the words', () => {
  expect(server.logged.length).toBeGreaterThan(0)
  expect(server.logged.join('\n')).not.toContain(canary)
})
