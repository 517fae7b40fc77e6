import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runSql } from '../support/template.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startServer({ queues: ['nightly_sync', 'mail'], loops: true })
})
afterAll(() => server?.stop())

async function failedJobs(count: number, queue = 'mail'): Promise<string[]> {
  const ids = Array.from({ length: count }, () => crypto.randomUUID())
  await runSql(
    server.database.url,
    `insert into pgboss.job (id, name, data, state, retry_limit, retry_count, completed_on, started_on, output)
     select id::uuid, '${queue}', '{"to":"x"}', 'failed', 2, 2, now(), now(), '{"message":"boom"}' from unnest(array['${ids.join("','")}']) as id`,
  )
  return ids
}

describe('one job', () => {
  test('a failed job is retried with a preview, a reason, and one event', async () => {
    const [id] = await failedJobs(1)
    const preview = await server.call('ops-demo', 'POST', '/previews', { action: 'retry_job', subject: { type: 'job', id } })
    expect(preview.status, preview.text).toBe(201)
    expect(preview.body.plan).toMatchObject({ before: { state: 'discarded' }, after: { state: 'available' } })
    const done = await server.call('ops-demo', 'POST', `/previews/${String(preview.body.id)}/execute`, { token: preview.body.token, reason: 'mail server is back' })
    expect(done.status, done.text).toBe(200)
    expect(done.body.event).toMatchObject({ eventType: 'job.retried', outcome: 'succeeded', subject: { type: 'job', id } })
    const job = await server.call('ops-demo', 'GET', `/jobs/${id!}`)
    expect(job.body.state).not.toBe('discarded')
  })
})

describe('many jobs', () => {
  test('a small selection is done while the request waits', async () => {
    const ids = await failedJobs(5)
    const done = await server.call('ops-demo', 'POST', '/operations', { action: 'retry_job', selection: { ids }, reason: 'mail server is back' }, { 'idempotency-key': crypto.randomUUID() })
    expect(done.status, done.text).toBe(200)
    expect(done.body).toMatchObject({ event: { eventType: 'job.retried', jobs: 5 }, result: { outcomes: { done: 5 } } })
  })

  test('a large one goes on in the background', async () => {
    await failedJobs(2500)
    const started = await server.call('ops-demo', 'POST', '/operations', { action: 'retry_job', selection: { filter: { state: 'discarded', queue: 'mail' } }, reason: 'mail server is back' }, { 'idempotency-key': crypto.randomUUID() })
    expect(started.status, started.text).toBe(202)
    const { id } = started.body.bulk as { id: string }
    await expect.poll(async () => (await server.call('ops-demo', 'GET', `/bulk/${id}`)).body, { timeout: 10_000 }).toMatchObject({ status: 'finished', outcomes: { done: 2500 } })
  })
})
