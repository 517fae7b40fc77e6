import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createPreview, type CreatedPreview } from '../../schemas/index.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { Sampler } from '../../server/operations/bulk/sampler.ts'
import { createDatabase } from '../support/postgres.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

const canary = { arg: 'canary-arg-91d', error: 'canary-error-4b2' }
let server: TestServer
let boss: PgBoss
let client: Client
let hidden: string[] = []
let reads: number[] = []
let broken = false

beforeAll(async () => {
  const policy: typeof displayPolicy = {
    display(kind, value, context) {
      if (kind === 'job_args') return { ...(value as object), secret: '[redacted]' }
      if (kind === 'job_error' && typeof value === 'string') return value.replaceAll(canary.error, '[redacted]')
      return displayPolicy.display(kind, value, context)
    },
  }
  const watched = (real: Engine): Engine => ({
    ...real,
    read: (ids, tx) => {
      reads.push(ids.length)
      return broken ? Promise.reject(new Error('no answer')) : real.read(ids, tx)
    },
  })
  const database = await createDatabase()
  boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false })
  await boss.start()
  server = await startServer({
    database_: database,
    queues: ['mail', 'ledger'],
    displayPolicy: policy,
    engine: watched(pgBoss(boss)),
    auth: { ...auth, authorize: (person, action, resource) => !(action === 'view_jobs' && hidden.includes(resource.queue ?? '')) && auth.authorize(person, action, resource) },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await boss?.stop({ graceful: false })
  await server?.stop()
})
beforeEach(async () => {
  hidden = []
  reads = []
  broken = false
  await client.query('delete from pgboss.job')
})

async function preview(selection: object, action = 'retry_job'): Promise<CreatedPreview> {
  const { body, status, text } = await server.call('ops-demo', 'POST', '/previews', { action, selection })
  expect(status, text).toBe(201)
  return createPreview.output.parse(body)
}
const described = async (selection: object) => (await preview(selection)).plan.selection!

describe('the preview of many jobs', () => {
  test('says which errors they have, when they ended, and shows some of them, all through the display policy', async () => {
    await insertJobs(client, 5, { error: `connect ETIMEDOUT 10.4.0.1:587 ${canary.error}`, args: { order: 1, secret: canary.arg } })
    await insertJobs(client, 2, { error: 'no such mailbox', args: { order: 2, secret: canary.arg } })
    const { breakdown } = await described({ filter: { queue: 'mail' } })
    expect(breakdown).toMatchObject({
      looked: 7,
      byError: [{ title: 'connect ETIMEDOUT 10.4.0.1:587 [redacted]', count: 5 }, { title: 'no such mailbox', count: 2 }],
      otherErrors: 0,
      times: { which: 'finished' },
    })
    expect(breakdown!.times!.counts.reduce((sum, count) => sum + count, 0)).toBe(7)
    expect(breakdown!.sample.map(({ state, args }) => ({ state, args }))).toEqual(Array.from({ length: 3 }, (_, n) => ({ state: 'discarded', args: { order: n < 2 ? 2 : expect.any(Number) as number, secret: '[redacted]' } })))
    const { rows } = await client.query(`select plan::text from ops.preview`)
    expect(JSON.stringify([breakdown, rows])).not.toMatch(/canary/)
    // What is stored has nothing that a job contains.
    expect(JSON.stringify(rows)).not.toMatch(/mailbox|ETIMEDOUT|order/)
  })

  test('counts the rest of many errors together', async () => {
    for (const [word, count] of [['alpha', 4], ['beta', 3], ['gamma', 2], ['delta', 2], ['epsilon', 1], ['zeta', 1]] as const) await insertJobs(client, count, { error: `cannot reach ${word}` })
    const { breakdown } = await described({ filter: { queue: 'mail' } })
    expect(breakdown!.byError.map(({ count }) => count)).toEqual([4, 3, 2, 2])
    expect(breakdown!.otherErrors).toBe(2)
  })

  test('describes no job that the actor may change but not see', async () => {
    await insertJobs(client, 2, { error: 'no such mailbox' })
    await insertJobs(client, 3, { queue: 'ledger', error: 'hidden from view' })
    hidden = ['ledger']
    const { breakdown } = await described({ filter: { state: 'discarded' } })
    expect(breakdown).toMatchObject({ looked: 2, byError: [{ title: 'no such mailbox', count: 2 }] })
    expect(JSON.stringify(breakdown)).not.toContain('hidden from view')
  })

  test('counts the completed jobs that it leaves out, until they are chosen by their state', async () => {
    await insertJobs(client, 2, { error: 'x failed' })
    await insertJobs(client, 3, { state: 'completed' })
    expect(await described({ filter: { queue: 'mail' } })).toMatchObject({ eligible: 2, completedLeftOut: 3 })
    const asked = await preview({ filter: { queue: 'mail', state: 'discarded,completed' } })
    expect(asked.plan.selection).toMatchObject({ eligible: 5 })
    expect(asked.plan.selection!.completedLeftOut).toBeUndefined()
    expect(asked.plan).toMatchObject({ risk: 'high' })
  })

  test('reads at most 2,000 jobs for it, however many there are, and the few it names when it is read again', async () => {
    await insertJobs(client, 9_000, { error: 'connect ETIMEDOUT' })
    const shown = await preview({ filter: { queue: 'mail' } })
    const { breakdown } = shown.plan.selection!
    expect(breakdown!.looked).toBeGreaterThan(1_000)
    // Beside them, only the few that are shown by name.
    expect(reads.filter((count) => count > 7).reduce((sum, count) => sum + count, 0)).toBe(breakdown!.looked)
    expect(reads.filter((count) => count <= 7)).toHaveLength(1)
    expect(breakdown!.looked).toBeLessThanOrEqual(2_000)
    reads = []
    const again = await server.call('ops-demo', 'GET', `/previews/${shown.id}`)
    expect((again.body.plan as CreatedPreview['plan']).selection!.breakdown).toEqual(breakdown)
    expect(reads.every((count) => count <= 7)).toBe(true)
  })

  test('is made also when the engine does not say what the jobs are', async () => {
    await insertJobs(client, 2, { error: 'no such mailbox' })
    broken = true
    const selection = await described({ filter: { queue: 'mail' } })
    expect(selection.eligible).toBe(2)
    expect(selection.breakdown).toBeUndefined()
  })

  test('offers the reasons that the same actor gave last, each once', async () => {
    for (const reason of ['smtp-eu-2 answers again', 'provider outage is over', 'smtp-eu-2 answers again']) {
      const [id] = await insertJobs(client, 1)
      await server.call('ops-demo', 'POST', '/operations', { action: 'retry_job', subject: { type: 'job', id }, reason }, { 'idempotency-key': crypto.randomUUID() })
    }
    const ids = await insertJobs(client, 1)
    expect((await preview({ ids })).recentReasons).toEqual(['smtp-eu-2 answers again', 'provider outage is over'])
    const other = await server.call('ops-two', 'POST', '/previews', { action: 'retry_job', selection: { ids } })
    expect(other.body.recentReasons).toEqual([])
  })
})

describe('an even sample', () => {
  test('has everything of a short stream, and of a long one an even part within its limit', () => {
    for (const [length, expected] of [[0, 0], [8, 8], [9, 5], [16, 8], [17, 5], [1_000, 8]] as const) {
      const sampler = new Sampler<number>(8)
      for (let n = 0; n < length; n++) sampler.add(n)
      expect([length, sampler.items.length]).toEqual([length, expected])
      const gaps = new Set(sampler.items.slice(1).map((item, place) => item - sampler.items[place]!))
      expect(gaps.size).toBeLessThanOrEqual(1)
    }
  })
})
