import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../server/db/database.ts'
import { drainMinutes } from '../../server/figures/drain.ts'
import { listQueueSeries, listSeries } from '../../server/figures/series.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

const now = new Date('2026-11-21T12:30:20.000Z')
let database: TestDatabase
let client: Client
let db: Database
beforeAll(async () => {
  database = await createDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
  db = await openDatabase({ url: database.url })
})
afterAll(async () => {
  await db?.close()
  await client?.end()
  await database?.drop()
})
beforeEach(() => client.query('truncate ops.engine_minute, ops.queue_minute, ops.queue_figure'))

const reading = () => ({ kit: { db }, em: db.em(), now })

/** Minutes in which the whole engine was measured. */
const measured = (from: string, to: string) =>
  client.query(
    `insert into ops.engine_minute (minute, seconds, started, finished, failed, discarded, waiting, due, executing, delay_p95_seconds)
     select at, 60, 7, 6, 2, 1, 5, 4, 3, 1.5 from generate_series($1::timestamptz, $2::timestamptz, interval '1 minute') at`,
    [from, to],
  )
const queue = (name: string, tells = true) =>
  client.query(`insert into ops.queue_figure (queue, as_of, depth, started, due) values ($1, $2, '[]', $3, $3)`, [name, now, tells ? 0 : null])
const minute = (name: string, at: string, started: number | null, waiting: number, failed = 0) =>
  client.query(
    `insert into ops.queue_minute (queue, minute, started, finished, failed, discarded, waiting, due, executing, oldest_due_seconds) values ($1, $2, $3, 2, $5, 0, $4, $4, 1, 30)`,
    [name, at, started, waiting, failed],
  )

describe('a series', () => {
  test('of an hour has complete minutes only, and gaps where nothing was measured', async () => {
    await measured('2026-11-21T11:00Z', '2026-11-21T11:59Z')
    await measured('2026-11-21T12:10Z', '2026-11-21T12:30Z')
    const points = await listSeries(reading(), '1h')
    expect(points.map(({ at }) => at).at(0)).toBe('2026-11-21T11:30:00.000Z')
    expect(points.map(({ at }) => at).at(-1)).toBe('2026-11-21T12:29:00.000Z')
    expect(points).toHaveLength(50)
    expect(points[0]).toEqual({
      at: '2026-11-21T11:30:00.000Z', startedPerMinute: 7, finishedPerMinute: 6, failedPerMinute: 2, discardedPerMinute: 1, waiting: 5, due: 4, executing: 3,
      oldestDueSeconds: null, waitP95Seconds: 1.5, runP50Seconds: null, runP95Seconds: null,
    })
  })

  test('of a day has a step for each quarter of an hour, with rates over what was measured of it', async () => {
    await measured('2026-11-20T12:00Z', '2026-11-21T06:04Z')
    const points = await listSeries(reading(), '24h')
    expect(points[0]!.at).toBe('2026-11-20T12:30:00.000Z')
    expect(points.at(-1)).toMatchObject({ at: '2026-11-21T06:00:00.000Z', finishedPerMinute: 6, waiting: 5 })
    expect(points).toHaveLength(71)
    expect((await listSeries(reading(), '6h')).map(({ at }) => at)).toEqual([])
  })

  test('of a queue distinguishes a quiet minute from one that was not measured', async () => {
    await measured('2026-11-21T12:25Z', '2026-11-21T12:27Z')
    await queue('mail')
    await minute('mail', '2026-11-21T12:26Z', 3, 9, 1)
    const points = await listQueueSeries(reading(), 'mail', '1h')
    expect(points.map(({ at, startedPerMinute, waiting, due, failedPerMinute }) => [at.slice(11, 16), startedPerMinute, waiting, due, failedPerMinute])).toEqual([
      ['12:25', 0, 0, 0, 0],
      ['12:26', 3, 9, 9, 1],
      ['12:27', 0, 0, 0, 0],
    ])
    expect(await listQueueSeries(reading(), 'nowhere', '1h')).toEqual([])
  })

  test('claims nothing that the engine cannot tell', async () => {
    await measured('2026-11-21T12:25Z', '2026-11-21T12:26Z')
    await queue('dim', false)
    await minute('dim', '2026-11-21T12:26Z', null, 2)
    for (const point of await listQueueSeries(reading(), 'dim', '1h')) expect(point).toMatchObject({ startedPerMinute: null, discardedPerMinute: null, due: null })
  })

  test('of all queues but the hidden ones adds up the others', async () => {
    await measured('2026-11-21T12:26Z', '2026-11-21T12:26Z')
    for (const name of ['a', 'b', 'hidden']) await queue(name)
    await minute('a', '2026-11-21T12:26Z', 3, 9, 1)
    await minute('b', '2026-11-21T12:26Z', 1, 2, 1)
    await minute('hidden', '2026-11-21T12:26Z', 50, 50, 50)
    expect(await listSeries(reading(), '1h', ['hidden'])).toMatchObject([{ startedPerMinute: 4, finishedPerMinute: 4, failedPerMinute: 2, waiting: 11, executing: 2, oldestDueSeconds: 30 }])
    expect(await listSeries(reading(), '1h', ['a', 'b', 'hidden'])).toEqual([])
  })
})

test.each<[string, (number | null)[], number | null]>([
  ['a backlog that shrinks by ten a minute', [100, 90, 80, 70, 60, 50], 5],
  ['one that grows', [50, 60, 70, 80, 90], null],
  ['one that stays', [50, 50, 50, 50, 50], null],
  ['one that goes up and down', [50, 20, 60, 20, 50, 40], null],
  ['none', [5, 4, 3, 2, 0], null],
  ['too few minutes', [90, 60, 30], null],
  ['minutes that nobody measured', [100, null, null, null, 60], null],
])('the time to work off %s', (_name, depths, minutes) => {
  const points = depths.map((due, index) => ({ at: new Date(now.getTime() - (depths.length - index) * 60_000).toISOString(), due, waiting: null }))
  const drain = drainMinutes(points, now)
  if (minutes === null) expect(drain).toBeNull()
  else expect(drain).toBeCloseTo(minutes)
})
