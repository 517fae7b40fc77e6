import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getJob, type JobDetail } from '../../../schemas/index.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import { type FailureReader, openFailureReader } from '../../support/errors.ts'
import { insertJobs } from '../../support/failed-jobs.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../../support/server.ts'

const canary = 'canary-stack-5be1'
let server: TestServer
let reader: FailureReader
let client: Client
let closed: string[] = []

beforeAll(async () => {
  const policy: typeof displayPolicy = {
    display: (kind, value, context) => (kind === 'job_error' && typeof value === 'string' && value.includes(canary) ? value.replaceAll(canary, '[redacted]') : displayPolicy.display(kind, value, context)),
  }
  server = await startServer({
    queues: ['mail', 'ledger'],
    displayPolicy: policy,
    auth: { ...auth, authorize: (person, action, resource) => (resource.tags?.some((tag) => closed.includes(tag)) ?? false) || (resource.id === '*' && closed.includes(resource.queue ?? '')) ? false : auth.authorize(person, action, resource) },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  reader = await openFailureReader(server.database.url, pgBoss(server.boss))
})
afterAll(async () => {
  await reader?.close()
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  closed = []
  await client.query(`delete from pgboss.job`)
  await client.query('truncate ops.error_group, ops.error_minute, ops.error_origin, ops.error_seen, ops.error_feed, ops.error_gap, ops.error_baseline, ops.usual_duration')
})

async function read(id: string): Promise<JobDetail> {
  const { status, body, text } = await server.call('ops-demo', 'GET', `/jobs/${id}`)
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' })
  return getJob.output.parse(body)
}

async function failWith(error: object, options = {}): Promise<string> {
  const id = await server.boss.send('mail', { order: 1167 }, { retryLimit: 0, ...options })
  await server.boss.fetch('mail')
  await server.boss.fail('mail', id!, error)
  return id!
}

describe('the story of a job', () => {
  test('has the frames of its last error, each as the host’s or a library’s, through the display policy', async () => {
    const stack = `Error: connect ETIMEDOUT 10.4.0.12:587 for a customer with a long address, number 4711\n    at TCPConnectWrap.afterConnect (node:net:1637:16)\n    at SmtpPool.open (/srv/shop/src/mail/${canary}/pool.ts:88:11)\n    at Worker.run (/srv/shop/node_modules/pg-boss/dist/manager.js:214:23)`
    const job = await read(await failWith({ name: 'Error', message: 'connect ETIMEDOUT 10.4.0.12:587 for a customer with a long address, number 4711', stack }))
    expect(job.attempts.at(-1)!.stack).toEqual([
      { text: 'at TCPConnectWrap.afterConnect (node:net:1637:16)', ofHost: false },
      { text: 'at SmtpPool.open (/srv/shop/src/mail/[redacted]/pool.ts:88:11)', ofHost: true },
      { text: 'at Worker.run (/srv/shop/node_modules/pg-boss/dist/manager.js:214:23)', ofHost: false },
    ])
    expect(JSON.stringify(job)).not.toContain(canary)
  })

  test('says how the engine spaces its retries and until when it keeps the job', async () => {
    const id = (await server.boss.send('mail', {}, { retryLimit: 3, retryDelay: 30, retryBackoff: true, retryDelayMax: 600, deleteAfterSeconds: 86_400 }))!
    expect((await read(id)).retries).toEqual({ afterSeconds: 30, grows: true, maxSeconds: 600 })
    expect((await read(id)).keptUntil).toBeUndefined()
    await server.boss.cancel('mail', id)
    const { finishedAt, keptUntil } = await read(id)
    expect(Date.parse(keptUntil!) - Date.parse(finishedAt!)).toBe(86_400_000)
  })

  test('counts the failures of the same error over the last day', async () => {
    await reader.read()
    await insertJobs(client, 3, { error: 'connect ETIMEDOUT 10.4.0.1:587' })
    const [id] = await insertJobs(client, 1, { error: 'connect ETIMEDOUT 10.4.0.2:587' })
    await insertJobs(client, 2, { error: 'no such mailbox' })
    expect((await read(id!)).alike).toBeUndefined()
    await reader.read()
    const { alike } = await read(id!)
    expect(alike).toMatchObject({ failures: 4, final: 4 })
    expect(alike!.histogram.counts.reduce((sum: number, count) => sum + (count ?? 0), 0)).toBe(4)
    expect(Date.parse(alike!.since)).toBeLessThanOrEqual(Date.parse(alike!.lastSeenAt))
  })

  test('says nothing of failures that the actor may not see all of', async () => {
    await reader.read()
    const [id] = await insertJobs(client, 4, { error: 'connect ETIMEDOUT 10.4.0.2:587' })
    await reader.read()
    closed = ['mail']
    expect((await read(id!)).alike).toBeUndefined()
  })

  test('compares a job that is running with what is usual, and calls it long only far beyond that', async () => {
    await client.query(`insert into ops.usual_duration (queue, worker, as_of, durations) values ('mail', '', now(), '{"8": 40}')`)
    const ids = await insertJobs(client, 2, { state: 'active' })
    await client.query(`update pgboss.job set started_on = now() - interval '3 hours' where id = $1`, [ids[1]])
    expect((await read(ids[0]!)).usual).toMatchObject({ runs: 40, exceeded: false })
    const { usual } = await read(ids[1]!)
    expect(usual).toMatchObject({ exceeded: true })
    expect(usual!.p50Seconds).toBeCloseTo(4.3, 1)
    const [ended] = await insertJobs(client, 1, { error: 'x' })
    expect((await read(ended!)).usual).toBeUndefined()
  })
})
