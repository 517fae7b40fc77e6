import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Queue } from '../../schemas/index.ts'
import { createOps, type Ops } from '../../server/index.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let second: Ops
let client: Client

/** Two processes on one database, as far as the database can tell. */
beforeAll(async () => {
  server = await startServer({ loops: true, queues: ['nightly_sync', 'work'] })
  second = await createOps({ database: { url: server.database.url }, auth, displayPolicy, engine: pgBoss(server.boss), log: { info() {}, warn() {}, error() {} } })
  await second.start()
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await second?.stop()
  await server?.stop()
})

const work = async (): Promise<Queue | undefined> =>
  (await server.call('ops-demo', 'GET', '/queues?name=work')).body.items?.[0] as unknown as Queue | undefined

async function until<T>(read: () => Promise<T>, enough: (value: T) => boolean): Promise<T> {
  for (const start = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const value = await read()
    if (enough(value)) return value
    if (Date.now() - start > 10_000) throw new Error(`not in time: ${JSON.stringify(value)}`)
  }
}

const countOf = (queue: Queue | undefined, state: string) => queue?.depth.find((each) => each.state === state)?.count ?? 0

describe('the snapshotter', () => {
  test('soon shows what is in a queue, and no figure is older than five seconds', async () => {
    for (let n = 0; n < 5; n++) await server.boss.send('work', { n })
    await until(work, (queue) => countOf(queue, 'available') === 5)
    const [job] = await server.boss.fetch('work')
    await server.boss.complete('work', job!.id)
    await until(work, (queue) => countOf(queue, 'available') === 4)
    const ages: number[] = []
    await until(async () => ages.push(Date.now() - Date.parse((await work())!.asOf)), (reads) => reads >= 35)
    expect(Math.max(...ages)).toBeLessThan(5_000)
    const { rows } = await client.query<{ finished: number }>(`select sum(finished)::int as finished from ops.queue_minute where queue = 'work'`)
    expect(rows[0]!.finished).toBeGreaterThanOrEqual(1)
  })

  test('measures once for both processes', async () => {
    const { rows } = await client.query<{ apart: number }>(
      `select extract(epoch from at - lag(at) over (order by at))::float8 as apart from ops.snapshot`,
    )
    const apart = rows.flatMap((row) => (row.apart === null ? [] : [row.apart]))
    expect(apart.length).toBeGreaterThan(0)
    expect(Math.min(...apart)).toBeGreaterThan(2.5)
  })

  test('finds jobs that failed for good at the same time, and neither logs a warning', async () => {
    const found = async () => (await client.query<{ data: { found: object[] } }>(`select data from ops.finding where key = 'discarded_jobs'`)).rows[0]?.data.found
    expect(await until(found, (jobs) => jobs !== undefined)).toEqual([])
    expect(server.logged.filter((line) => line.includes('failed'))).toEqual([])
  })
})

test('a measurement that never returns holds up nothing, and is not started again meanwhile', async () => {
  let asked = 0
  const slow = await startServer({
    loops: true,
    engine: Object.create(pgBoss(server.boss, { sharesDatabase: false }), {
      measure: {
        value: () => {
          asked++
          return new Promise(() => {})
        },
      },
    }) as ReturnType<typeof pgBoss>,
  })
  try {
    await until(async () => asked, (count) => count > 0)
    expect((await slow.call('ops-demo', 'GET', '/overview')).body).toMatchObject({ moving: null })
    expect((await slow.call('ops-demo', 'GET', '/queues')).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const { rows } = await client.query(
      `select state from pg_stat_activity where application_name = 'ops-powertools' and state like 'idle in transaction%' and datname = $1 and state_change < now() - interval '500 milliseconds'`,
      [new URL(slow.database.url).pathname.slice(1)],
    )
    expect(rows).toEqual([])
    await until(async () => slow.logged.join('\n'), (log) => log.includes('snapshot failed'))
    expect(asked).toBe(1)
  } finally {
    await slow.stop()
  }
}, 20_000)
