import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ErrorGroupList, listErrorGroups } from '../../../schemas/index.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import type { Engine } from '../../../server/engines/engine.ts'
import { type FailureReader, openFailureReader } from '../../support/errors.ts'
import { insertJobs } from '../../support/failed-jobs.ts'
import { displayPolicy, startServer, type TestServer } from '../../support/server.ts'

const canary = 'CANARY-of-an-error-5f2c'

let server: TestServer
let reader: FailureReader
let other: FailureReader
let client: Client
let broken = false

beforeAll(async () => {
  server = await startServer({
    queues: ['mail'],
    // Hides what is written after `card`, by its form, from everyone but ops.
    displayPolicy: {
      display(kind, value, context) {
        if (kind === 'job_error' && context.actor.role === 'viewer' && typeof value === 'string') return value.replace(/card \S+ [\d-]+/g, 'card [hidden]')
        return displayPolicy.display(kind, value, context)
      },
    },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  const engine = pgBoss(server.boss)
  const sick: Engine = { ...engine, failures: async (since, page) => (broken ? Promise.reject(new Error('the engine is away')) : engine.failures!(since, page)) }
  reader = await openFailureReader(server.database.url, sick)
  other = await openFailureReader(server.database.url, engine, { errors: { fingerprint: ({ text }) => (text.includes('provider') ? 'provider' : undefined) } })
})
afterAll(async () => {
  await reader?.close()
  await other?.close()
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  broken = false
  await client.query('delete from pgboss.job')
  await client.query('truncate ops.error_group, ops.error_minute, ops.error_origin, ops.error_seen, ops.error_feed, ops.error_gap, ops.error_baseline')
  await reader.read()
})

async function list(query = '', who = 'ops-demo'): Promise<ErrorGroupList> {
  return listErrorGroups.output.parse((await server.call(who, 'GET', `/errors?${query}`)).body)
}

test('several processes that read at the same time count each failure once', async () => {
  await insertJobs(client, 40, { error: 'broken pipe' })
  await Promise.all([1, 2, 3, 4].flatMap(() => [reader.read().catch(() => {}), other.read().catch(() => {})]))
  expect((await list()).items).toMatchObject([{ title: 'broken pipe', count: 40, total: 40 }])
})

test('more failures than fit on a page are all counted', async () => {
  await insertJobs(client, 6_500, { error: 'broken pipe' })
  await reader.read()
  expect((await list()).items).toMatchObject([{ title: 'broken pipe', count: 6_500 }])
})

test('what failed while the engine was away is counted afterwards, and the time is a gap', async () => {
  broken = true
  await expect(reader.read()).rejects.toThrow('away')
  await insertJobs(client, 5, { error: 'broken pipe' })
  // As if that had taken ten minutes.
  await client.query(`update ops.error_feed set read_to = read_to - interval '10 minutes', started_at = started_at - interval '2 hours'`)
  broken = false
  await reader.read()
  const { items, summary } = await list()
  expect(items).toMatchObject([{ count: 5 }])
  expect(summary.gaps).toHaveLength(1)
  expect(Date.parse(summary.gaps[0]!.to) - Date.parse(summary.gaps[0]!.from)).toBeGreaterThan(590_000)
  const { counts } = items[0]!.histogram
  expect(counts.filter((count) => count === null).length).toBeGreaterThanOrEqual(8)
  expect(counts.filter((count) => count === 0).length).toBeGreaterThanOrEqual(45)
})

test('a worker whose every message is new gets one group for each class, marked as not groupable', async () => {
  const words = Array.from({ length: 230 }, (_, n) => String.fromCodePoint(0x4e00 + n))
  for (const word of words) await insertJobs(client, 1, { error: `no ${word} here` })
  await reader.read()
  const all = [...(await list('limit=200')).items]
  const page = await list('limit=200')
  all.push(...(await list(`limit=200&cursor=${page.nextCursor!}`)).items)
  expect(all).toHaveLength(201)
  const [fused] = all.filter(({ grouping }) => grouping === 'worker')
  expect(fused).toMatchObject({ count: 30, title: '', errorClass: 'Error', worker: 'mail' })
  const { body } = await server.call('ops-demo', 'GET', `/jobs/count?errorGroup=${fused!.fingerprint}`)
  expect(body).toMatchObject({ count: 30 })
})

test('the host groups by a key of its own', async () => {
  await insertJobs(client, 1, { error: 'provider answered nothing' })
  await insertJobs(client, 1, { error: 'no answer of the provider' })
  await other.read()
  expect((await list()).items).toMatchObject([{ grouping: 'host', count: 2 }])
})

test('what a policy hides of an error is in no title, no sample, no stack, no search and no answer', async () => {
  await insertJobs(client, 2, { error: `refused card ${canary} 4111-1111 for order 7` })
  await reader.read()
  const [group] = (await list('', 'viewer-demo')).items
  expect(group).toMatchObject({ title: 'refused card [hidden] for order <int>' })
  expect((await list()).items[0]!.title).toContain(canary)
  const paths = ['/errors', `/errors/${group!.fingerprint}`, `/jobs?errorGroup=${group!.fingerprint}`, `/audit-events?subjectId=${group!.fingerprint}`]
  const seen = (await Promise.all(paths.map((path) => server.call('viewer-demo', 'GET', path)))).map(({ text }) => text).join('\n')
  expect(seen).not.toContain(canary)
  expect((await list(`text=${canary}`, 'viewer-demo')).items).toEqual([])
  expect((await list(`text=${canary}`)).items).toHaveLength(1)
  const silence = { action: 'silence_error_group', subject: { type: 'error_group', id: group!.fingerprint }, input: { untilCount: 5 }, reason: 'known since yesterday' }
  expect((await server.call('ops-demo', 'POST', '/operations', silence, { 'idempotency-key': crypto.randomUUID() })).status).toBe(200)
  expect((await server.call('viewer-demo', 'GET', '/audit-events?subjectType=error_group')).text).not.toContain(canary)
  expect(server.logged.join('\n')).not.toContain(canary)
})
