import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ageOfFigures, type FigureAge } from '../../server/figures/age.ts'
import { percentileOf } from '../../server/engines/durations.ts'
import { openDatabase, type Database } from '../../server/db/database.ts'
import { addRuns, findUsualDuration, listUsualDurations, recordRuns, type RunCounts } from '../../server/figures/usual.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
let db: Database
beforeAll(async () => {
  server = await startServer({ loops: true, queues: ['nightly_sync', 'mail'] })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  db = await openDatabase({ url: server.database.url })
})
afterAll(async () => {
  await db?.close()
  await client?.end()
  await server?.stop()
})

async function until<Row extends object>(statement: string, enough: (row: Row) => boolean): Promise<Row> {
  for (const start = performance.now(); ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const row = (await client.query<Row>(statement)).rows[0]
    if (row && enough(row)) return row
    if (performance.now() - start > 20_000) throw new Error(`not in time: ${JSON.stringify(row)}`)
  }
}

describe('what is measured', () => {
  test('says of each queue what is due and since when, and of each minute what started, ended and failed for good', async () => {
    for (let n = 0; n < 4; n++) await server.boss.send('mail', { n }, { retryLimit: 0 })
    await server.boss.send('mail', {}, { startAfter: 3600 })
    await until<{ due: string }>(`select due from ops.queue_figure where queue = 'mail'`, ({ due }) => due === '4')
    const [sent, lost] = await server.boss.fetch('mail', { batchSize: 2 })
    await server.boss.complete('mail', sent!.id)
    await server.boss.fail('mail', lost!.id, new Error('no route'))
    const minutes = await until<Record<string, number | null>>(
      `select sum(started)::int as started, sum(finished)::int as finished, sum(failed)::int as failed, sum(discarded)::int as discarded,
         max(run_p95_seconds) as run, max(delay_p95_seconds) as delay from ops.queue_minute where queue = 'mail'`,
      ({ finished }) => finished === 2,
    )
    expect(minutes).toMatchObject({ started: 2, finished: 2, failed: 1, discarded: 1 })
    expect(minutes.run).toBeGreaterThan(0)
    expect(minutes.delay).toBeGreaterThan(0)
    const figure = await until<{ due: string; age: number }>(`select due, due_how, extract(epoch from as_of - oldest_due_at)::float8 as age from ops.queue_figure where queue = 'mail'`, ({ due }) => due === '2')
    expect(figure).toMatchObject({ due_how: 'exact' })
    expect(figure.age).toBeGreaterThan(0)
    const { rows: [whole] } = await client.query(`select sum(started)::int as started, sum(discarded)::int as discarded, sum(finished)::int as finished from ops.engine_minute`)
    expect(whole).toEqual({ started: 2, discarded: 1, finished: 2 })
  }, 40_000)

  test('jobs in a retry storm do not make a queue look old', async () => {
    await server.boss.createQueue('storm')
    await server.boss.send('storm', {})
    await client.query(`update pgboss.job set state = 'retry', retry_count = 500, start_after = now() - interval '9 days' where name = 'storm'`)
    const figure = await until<{ oldest_due_at: Date | null }>(`select due, oldest_due_at from ops.queue_figure where queue = 'storm' and due = 1`, () => true)
    expect(figure.oldest_due_at).toBeNull()
  }, 30_000)
})

describe('how long jobs usually run', () => {
  const reading = (now: Date) => ({ kit: { db }, em: db.em(), now })
  const ran = async (now: Date, queue: string, seconds: [number, number][], worker?: string): Promise<void> => {
    const counts: RunCounts = new Map()
    addRuns(counts, [{ name: queue, runs: [{ worker, seconds }] } as unknown as Parameters<typeof addRuns>[1][number]])
    await recordRuns(db, db.em(), now, counts)
  }
  const day = (n: number) => new Date(Date.UTC(2026, 10, 1 + n))

  test('is unknown before three of them have ended, never 0', async () => {
    await ran(day(0), 'reports', [[4, 2]])
    expect(await findUsualDuration(reading(day(0)), 'reports')).toBeNull()
    await ran(day(0), 'reports', [[4.1, 1]])
    const usual = (await findUsualDuration(reading(day(0)), 'reports'))!
    expect(usual.p50Seconds).toBeGreaterThan(3.5)
    expect(usual.p50Seconds).toBeLessThan(4.6)
    expect(usual.runs).toBe(3)
  })

  test('is not changed by one job that hung, and follows a change of all of them within weeks', async () => {
    for (let n = 0; n < 14; n++) await ran(day(n), 'digests', [[2, 20]], 'Digest')
    await ran(day(14), 'digests', [[40_000, 1]], 'Digest')
    expect((await findUsualDuration(reading(day(14)), 'digests', 'Digest'))!.p95Seconds).toBeLessThan(2.5)
    for (let n = 14; n < 35; n++) await ran(day(n), 'digests', [[60, 20]], 'Digest')
    expect((await findUsualDuration(reading(day(35)), 'digests', 'Digest'))!.p50Seconds).toBeGreaterThan(50)
    expect(await findUsualDuration(reading(day(35)), 'digests')).toBeNull()
  })

  test('is read for many at once, and forgotten when nothing has run for months', async () => {
    const pairs = [{ queue: 'digests', worker: 'Digest' }, { queue: 'reports' }, { queue: 'nowhere' }]
    expect((await listUsualDurations(reading(day(0)), pairs)).map(({ queue, worker }) => [queue, worker]).toSorted()).toEqual([['digests', 'Digest'], ['reports', undefined]])
    expect(await findUsualDuration(reading(day(60)), 'reports')).toBeNull()
  })

  test('is learned from the engine', async () => {
    await server.boss.createQueue('learns')
    for (let n = 0; n < 4; n++) await server.boss.send('learns', {})
    for (const { id } of await server.boss.fetch('learns', { batchSize: 4 })) await server.boss.complete('learns', id)
    await expect.poll(() => findUsualDuration(reading(new Date()), 'learns'), { timeout: 45_000, interval: 500 }).toMatchObject({ queue: 'learns', runs: 4 })
  }, 60_000)
})

test.each<[number | null, FigureAge]>([[0, 'fresh'], [60, 'fresh'], [61, 'lagging'], [300, 'lagging'], [301, 'unknown'], [null, 'unknown']])('figures %s s old are %s', (seconds, age) => {
  const now = new Date('2026-11-21T12:00:00Z')
  expect(ageOfFigures(seconds === null ? null : new Date(now.getTime() - seconds * 1000), now)).toBe(age)
})

test.each<[[number, number][], number | null]>([[[], null], [[[5, 1]], 5], [[[9, 1], [1, 19]], 1], [[[9, 2], [1, 19]], 9], [[[3, 0]], null]])('the 95th percentile of %j is %s', (durations, expected) => {
  expect(percentileOf(durations, 0.95)).toBe(expected)
})
