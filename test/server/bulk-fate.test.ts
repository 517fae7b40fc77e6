import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BulkRun } from '../../schemas/index.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { followRuns } from '../../server/operations/bulk/follow.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { commandLine } from '../support/command-line.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

const reason = 'the mail server is back'
let server: TestServer
let client: Client
/** Follows runs when the test says so. */
let follower: RunningKit
let hidden: string[] = []
let found: number[] = []
let skewMinutes = 0

beforeAll(async () => {
  const now = () => new Date(Date.now() + skewMinutes * 60_000)
  const options = { auth: { ...auth, authorize: ((person, action, resource) => !(person.id === 'ops-two' && hidden.includes(resource.queue ?? '')) && auth.authorize(person, action, resource)) satisfies typeof auth.authorize }, displayPolicy, now }
  server = await startServer({ queues: ['mail', 'ledger'], ...options })
  const counting = (real: Engine): Engine => ({ ...real, find: (refs, tx) => (found.push(refs.length), real.find(refs, tx)) })
  follower = (await openKit({ database: { url: server.database.url }, engine: counting(pgBoss(server.boss)), log: { info() {}, warn() {}, error() {} }, ...options })) as RunningKit
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await follower?.settled()
  await follower?.db.close()
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  hidden = []
  found = []
  skewMinutes = 0
  await client.query('delete from pgboss.job')
  await client.query('update ops.bulk_run set fate_due_at = null')
})

async function retry(ids: string[], who = 'ops-demo', action = 'retry_job'): Promise<string> {
  const { body, status, text } = await server.call(who, 'POST', '/operations', { action, selection: { ids }, reason }, { 'idempotency-key': crypto.randomUUID() })
  expect(status, text).toBeLessThan(300)
  return ((body.result as { bulkId?: string } | undefined)?.bulkId ?? (body.bulk as BulkRun).id)
}
async function read(id: string, who = 'ops-demo'): Promise<BulkRun> {
  const { body, status, text } = await server.call(who, 'GET', `/bulk/${id}`)
  expect(status, text).toBe(200)
  return body as unknown as BulkRun
}
const end = (ids: string[], state: 'completed' | 'failed', error?: string) =>
  client.query(`update pgboss.job set state = $2::pgboss.job_state, started_on = now(), completed_on = now(), output = $3::jsonb where id = any($1::uuid[])`, [ids, state, error === undefined ? null : JSON.stringify({ message: error })])
const later = () => client.query(`update ops.bulk_run set fate_due_at = now() - interval '1 minute' where fate_due_at is not null`)
async function follow(): Promise<void> {
  await later()
  await followRuns(follower)
}

describe('what became of the jobs of a run', () => {
  test('is read afterwards, until every job has ended, and stays what it was when others retry them again', async () => {
    const ids = await insertJobs(client, 6, { error: 'connect ETIMEDOUT' })
    const id = await retry(ids)
    expect((await read(id)).fate).toBeUndefined()
    await end(ids.slice(0, 3), 'completed')
    await follow()
    expect((await read(id)).fate).toMatchObject({ counts: { completed: 3, waiting: 3 } })
    expect((await read(id)).fate!.settledAt).toBeUndefined()
    await end(ids.slice(3, 5), 'failed', '550 no such mailbox')
    await end(ids.slice(5), 'completed')
    await follow()
    const { fate, outcomes } = await read(id)
    expect(fate).toMatchObject({ counts: { completed: 4, failed: 2 } })
    expect(fate!.settledAt).toBeDefined()
    expect(outcomes).toEqual({ done: 6 })
    // Only what had not ended is asked for again.
    expect(found).toEqual([6, 3])
    const again = await retry(ids.slice(3, 5))
    await end(ids.slice(3, 5), 'completed')
    await follow()
    expect((await read(again)).fate).toMatchObject({ counts: { completed: 2 } })
    expect((await read(id)).fate).toMatchObject({ counts: { completed: 4, failed: 2 } })
  })

  test('gives the jobs that failed again as a filter, which another retry can use', async () => {
    const ids = await insertJobs(client, 5, { error: 'connect ETIMEDOUT' })
    const id = await retry(ids)
    await end(ids.slice(0, 3), 'completed')
    await end(ids.slice(3), 'failed', '550 no such mailbox')
    await follow()
    const list = await server.call('ops-demo', 'GET', `/jobs?failedAgain=${id}&state=discarded`)
    expect((list.body.items as unknown as { id: string; error: string }[]).map((job) => [job.id, job.error]).toSorted()).toEqual(ids.slice(3).map((each) => [each, '550 no such mailbox']).toSorted())
    const preview = await server.call('ops-demo', 'POST', '/previews', { action: 'retry_job', selection: { filter: { failedAgain: id, state: 'discarded' } } })
    expect(preview.body.plan).toMatchObject({ title: 'Retry 2 jobs' })
    expect((await server.call('ops-demo', 'GET', `/jobs?failedAgain=${crypto.randomUUID()}`)).body.items).toEqual([])
    expect((await server.call('ops-demo', 'GET', '/jobs?failedAgain=nonsense')).status).toBe(400)
  })

  test('is shown by the command line, to follow and in the list', async () => {
    const ids = await insertJobs(client, 3)
    const id = await retry(ids)
    await end(ids.slice(0, 2), 'completed')
    await end(ids.slice(2), 'failed')
    await follow()
    const ops = await commandLine(server.database.url)
    expect(await ops.run(['bulk', 'show', id])).toMatchObject({ code: 0, out: expect.stringMatching(/since +2 completed, 1 failed again\n/) as string })
    expect((await ops.run(['bulk', 'list'])).out).toContain('2 completed, 1 failed again')
    expect((await ops.run(['jobs', 'list', '--failed-again', id])).out).toContain(ids[2])
  })

  test('claims nothing of a job that the engine no longer has', async () => {
    const ids = await insertJobs(client, 2)
    const id = await retry(ids)
    await client.query('delete from pgboss.job where id = $1', [ids[0]])
    await follow()
    expect((await read(id)).fate).toMatchObject({ counts: { gone: 1, waiting: 1 } })
  })

  test('is not followed where jobs are not meant to run again, nor for longer than a day', async () => {
    const cancelled = await retry(await insertJobs(client, 2, { state: 'created' }), 'ops-demo', 'cancel_job')
    const id = await retry(await insertJobs(client, 2))
    await follow()
    expect((await read(cancelled)).fate).toBeUndefined()
    skewMinutes = 25 * 60
    await follow()
    const { rows } = await client.query<{ fate_due_at: string | null }>('select fate_due_at from ops.bulk_run where id = $1', [id])
    expect(rows[0]!.fate_due_at).toBeNull()
    expect((await read(id)).fate).toMatchObject({ counts: { waiting: 2 } })
  })

  test('and what was chosen is kept from those who may not see all of the run', async () => {
    const ids = [...(await insertJobs(client, 1, { queue: 'ledger' })), ...(await insertJobs(client, 1))]
    const id = await retry(ids)
    await end(ids, 'failed')
    await follow()
    hidden = ['ledger']
    expect((await server.call('ops-two', 'GET', `/bulk/${id}`)).status).toBe(404)
    expect((await server.call('ops-two', 'GET', `/jobs?failedAgain=${id}`)).body.items).toEqual([])
    hidden = []
    expect((await read(id, 'ops-two')).chosen).toEqual({ ids: 2 })
  })

  test('of thousands of jobs is read by id, a thousand at a time', async () => {
    const ids = await insertJobs(client, 2_500)
    const { body } = await server.call('ops-demo', 'POST', '/operations', { action: 'retry_job', selection: { filter: { queue: 'mail', tag: undefined, worker: undefined } }, reason }, { 'idempotency-key': crypto.randomUUID() })
    const { id } = body.bulk as BulkRun
    const { runBatches } = await import('../../server/operations/bulk/runner.ts')
    await runBatches(follower)
    await end(ids.slice(0, 2_000), 'completed')
    await follow()
    expect((await read(id)).fate).toMatchObject({ counts: { completed: 2_000, waiting: 500 } })
    expect(found).toEqual([1_000, 1_000, 500])
    expect((await read(id)).chosen).toEqual({ filter: { queue: 'mail' } })
  })
})
