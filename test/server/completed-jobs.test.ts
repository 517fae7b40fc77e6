import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Plan } from '../../schemas/index.ts'
import { insertJobs, statesOf } from '../support/failed-jobs.ts'
import { operate } from '../support/operate.ts'
import { startServer, type TestServer } from '../support/server.ts'

// A completed job that is retried does its work twice, so nobody does that unawares.

let server: TestServer
let client: Client
let queue = ''
const { preview, execute, once, bulkRun } = operate(() => server, 'the mail server was down')

beforeAll(async () => {
  server = await startServer()
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await server.stop()
})
beforeEach(async () => {
  queue = `mail_${crypto.randomUUID().slice(0, 8)}`
  await server.boss.createQueue(queue)
})

const planOf = (answer: { body: Record<string, unknown> }) => answer.body.plan as Plan
const retry = (selection: object) => ({ action: 'retry_job', selection })
const warning = /completed; whatever they did, such as sending mail or taking payments, is done again/

test('retrying a completed job is high risk, and its preview says why', async () => {
  const [done] = await insertJobs(client, 1, { queue, state: 'completed' })
  const [failed] = await insertJobs(client, 1, { queue })
  const body = (id?: string) => ({ action: 'retry_job', subject: { type: 'job', id } })
  expect(planOf(await preview('ops-demo', body(done)))).toMatchObject({ risk: 'high', cautions: [expect.stringMatching(/completed.*done again/)] })
  expect(planOf(await preview('ops-demo', body(failed)))).toMatchObject({ risk: 'medium', cautions: [] })
})

describe('retrying many jobs', () => {
  test.each([
    ['a queue', () => ({ filter: { queue } })],
    ['other states', () => ({ filter: { queue, state: 'discarded,cancelled' } })],
  ])('a filter of %s leaves completed ones alone', async (_, selection) => {
    const done = await insertJobs(client, 3, { queue, state: 'completed' })
    const failed = await insertJobs(client, 2, { queue })
    const seen = await preview('ops-demo', retry(selection()))
    expect(planOf(seen)).toMatchObject({ risk: 'medium', selection: { eligible: 2, byState: { discarded: 2 } } })
    expect(planOf(seen).cautions.join()).not.toMatch(/completed/)
    expect((await execute('ops-demo', seen)).status).toBe(200)
    expect(await statesOf(client, done)).toEqual({ completed: 3 })
    expect(await statesOf(client, failed)).toEqual({ retry: 2 })
  })

  test('the preview counts those that are left alone, and says how to include them', async () => {
    await insertJobs(client, 3, { queue, state: 'completed' })
    await insertJobs(client, 1, { queue })
    const { selection } = planOf(await preview('ops-demo', retry({ filter: { queue } })))
    expect(selection).toMatchObject({ total: 4, eligible: 1, notEligible: { 'Already completed; to run completed jobs again, filter by that state explicitly.': 3 } })
  })

  test.each([
    ['the state', (_ids: string[]) => ({ filter: { queue, state: 'completed,discarded' } })],
    ['each id', (ids: string[]) => ({ ids })],
  ])('completed ones requested by %s are in the set, with high risk and a warning of their own', async (_, selection) => {
    const done = await insertJobs(client, 2, { queue, state: 'completed' })
    const failed = await insertJobs(client, 1, { queue })
    const seen = await preview('ops-demo', retry(selection([...done, ...failed])))
    expect(planOf(seen)).toMatchObject({ risk: 'high', selection: { eligible: 3, byState: { completed: 2, discarded: 1 } } })
    expect(planOf(seen).cautions[0]).toMatch(/^2 of these jobs have completed/)
    expect(planOf(seen).cautions[0]).toMatch(warning)
    expect((await execute('ops-demo', seen)).status).toBe(200)
    expect(await statesOf(client, done)).toEqual({ retry: 2 })
  })

  test('leftovers of a run that have completed since are left alone', async () => {
    const ids = await insertJobs(client, 2, { queue })
    const seen = await preview('ops-demo', retry({ ids }))
    // Both change after the preview, so the run leaves them alone; one of them completes.
    await client.query(`update pgboss.job set completed_on = completed_on + interval '1 s', state = case when id = $2 then 'completed' else state end where id = any($1::uuid[])`, [ids, ids[0]])
    await execute('ops-demo', seen)
    const bulk = planOf(seen).selection!.bulkId
    expect((await bulkRun(bulk)).outcomes).toMatchObject({ changed: 2 })
    expect(planOf(await preview('ops-demo', retry({ bulk })))).toMatchObject({ risk: 'medium', selection: { total: 2, eligible: 1 } })
  })

  test('one shot follows the same rule', async () => {
    const done = await insertJobs(client, 1, { queue, state: 'completed' })
    expect((await once('ops-demo', retry({ filter: { queue } }))).body).toMatchObject({ code: 'illegal_transition' })
    expect((await once('ops-demo', retry({ filter: { queue, state: 'completed' } }))).status).toBe(200)
    expect(await statesOf(client, done)).toEqual({ retry: 1 })
  })
})
