import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ErrorGroup, listErrorGroups } from '../../../schemas/index.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import { feedBaselines } from '../../../server/errors/baseline.ts'
import { listVerdicts } from '../../../server/errors/verdicts.ts'
import { type FailureReader, openFailureReader } from '../../support/errors.ts'
import { startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
let reader: FailureReader
let client: Client

const start = Math.floor(Date.now() / 60_000) * 60_000
let now = start

beforeAll(async () => {
  server = await startServer({ queues: ['mail'], now: () => new Date(now) })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  reader = await openFailureReader(server.database.url, pgBoss(server.boss), { now: () => new Date(now) })
})
afterAll(async () => {
  await reader?.close()
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  now = start
  await client.query('truncate ops.error_group, ops.error_minute, ops.error_baseline, ops.error_feed, ops.engine_minute, ops.queue_minute')
  await client.query(`insert into ops.error_feed (id, started_at, read_to, sweeps) values (1, $1, $1, 1)`, [new Date(start)])
  await client.query(
    `insert into ops.error_group (fingerprint, grouping, queue, worker, error_class, title, sample, first_seen_at, last_seen_at, preexisting, created_at)
     values ('e1:0000000000000001', 'default', 'mail', 'mail', 'Error', 'boom', 'boom', $1, $1, false, $1)`,
    [new Date(start)],
  )
})

/** One minute goes by in which so many jobs of the queue ended, and so many attempts failed for good. */
async function minute({ ended, failed, measured = true }: { ended: number; failed: number; measured?: boolean }): Promise<void> {
  const at = new Date(now)
  now += 60_000
  if (measured) {
    await client.query('insert into ops.engine_minute (minute, seconds, finished, failed, waiting, executing) values ($1, 60, $2, $3, 0, 0)', [at, ended, failed])
    if (ended) await client.query('insert into ops.queue_minute (queue, minute, finished, failed) values ($1, $2, $3, $4)', ['mail', at, ended, failed])
  }
  if (failed) {
    await client.query(`insert into ops.error_minute values ('e1:0000000000000001', $1, $2, $2)`, [at, failed])
    await client.query('update ops.error_group set last_seen_at = $1, count = count + $2, final_count = final_count + $2', [at, failed])
  }
  await client.query('update ops.error_feed set read_to = $1', [new Date(now)])
  await feedBaselines(reader.kit)
}
async function minutes(count: number, each: Parameters<typeof minute>[0]): Promise<void> {
  for (let n = 0; n < count; n++) await minute(each)
}
const verdict = async () => (await listVerdicts({ kit: reader.kit, em: reader.kit.db.em(), now: new Date(now) }))?.groups[0]
const group = async (): Promise<ErrorGroup> => listErrorGroups.output.parse((await server.call('ops-demo', 'GET', '/errors')).body).items[0]!

describe('what is usual', () => {
  test('a burst is detected within minutes, with its probability and the usual rate, and its minutes never enter the baseline', async () => {
    await minutes(60, { ended: 20, failed: 0 })
    await minutes(2, { ended: 20, failed: 5 })
    expect(await verdict()).toMatchObject({ burst: true, failures: 10, attempts: 100, exhausted: 10, exhaustedOfDay: 10 })
    expect((await verdict())!.probability).toBeLessThan(1e-6)
    expect((await group()).burst).toMatchObject({ active: true, failures: 10, attempts: 100 })
    const { burstSince } = (await verdict())!
    await minutes(40, { ended: 20, failed: 10 })
    expect(await verdict()).toMatchObject({ burst: true, burstSince })
    const usual = (await group()).burst!.usualPerMinute!
    expect(usual).toBeLessThan(0.5)
    await minutes(20, { ended: 20, failed: 0 })
    expect(await verdict()).toMatchObject({ burst: false, failures: 0, burstSince: null })
    expect((await group()).burst).toMatchObject({ active: false })
  })

  test('what has always failed is no burst, however much work there is', async () => {
    await minutes(90, { ended: 20, failed: 2 })
    await minutes(10, { ended: 160, failed: 16 })
    expect(await verdict()).toMatchObject({ burst: false, failures: 80, attempts: 800, burstSince: null })
  })

  test('without measurements there is no verdict', async () => {
    await minutes(30, { ended: 20, failed: 0 })
    await minutes(3, { ended: 0, failed: 20, measured: false })
    expect(await listVerdicts({ kit: reader.kit, em: reader.kit.db.em(), now: new Date(now) })).toBeNull()
    expect((await group()).burst).toBeNull()
    now += 600_000
    expect((await group())?.burst ?? null).toBeNull()
  })

  test('a minute is fed once, by whichever of two processes comes first', async () => {
    await minutes(20, { ended: 20, failed: 1 })
    const before = (await client.query('select * from ops.error_baseline order by fingerprint')).rows
    expect(before).toHaveLength(2)
    await Promise.all([feedBaselines(reader.kit), feedBaselines(reader.kit), feedBaselines(reader.kit)])
    expect((await client.query('select * from ops.error_baseline order by fingerprint')).rows).toEqual(before)
  })
})
