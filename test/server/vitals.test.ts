import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Overview } from '../../schemas/index.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { runSql } from '../support/template.ts'

const now = new Date('2026-11-21T12:30:20.000Z')
let server: TestServer

/** Six jobs end in each minute, of which one fails for good; nobody measured from 12:00 to 12:05. */
beforeAll(async () => {
  server = await startServer({ now: () => now })
  await runSql(
    server.database.url,
    `insert into ops.snapshot (at, seconds, waiting, executing, finished, how)
     select at, 5, 0, 0, case when extract(second from at) = 55 then 6 else 0 end, 'exact'
     from generate_series(timestamptz '2026-11-21T11:10:00Z', '2026-11-21T12:30:20Z', interval '5 seconds') at;
     insert into ops.engine_minute (minute, seconds, finished, failed, discarded, waiting, due, executing, delay_p95_seconds)
     select minute, case when minute = '2026-11-21T12:30:00Z' then 20 else 60 end, 6, 1, 1, 4, 3, 1, 2.5
     from generate_series(timestamptz '2026-11-20T11:00:00Z', '2026-11-21T12:30:00Z', interval '1 minute') minute
     where minute not between '2026-11-21T12:00:00Z' and '2026-11-21T12:04:00Z'`,
  )
})
afterAll(() => server.stop())

test('the last hour is shown in whole minutes: the current minute is no drop, and a half one no rise', async () => {
  const { vitals } = (await server.call('ops-demo', 'GET', '/overview')).body as unknown as Overview
  const { series, value } = vitals.find(({ key }) => key === 'finished_per_minute')!
  expect(series.map(({ at }) => at).at(0)).toBe('2026-11-21T11:30:00.000Z')
  expect(series.map(({ at }) => at).at(-1)).toBe('2026-11-21T12:29:00.000Z')
  expect(series).toHaveLength(60)
  expect(series.map(({ value }) => value)).toEqual(series.map(({ at }) => (/T12:0[0-4]/.test(at) ? null : 6)))
  expect(value).toBeGreaterThan(0)
})

test('a day is shown in quarters of an hour, with rates still per minute', async () => {
  const { vitals, chart, changes } = (await server.call('ops-demo', 'GET', '/overview?range=24h')).body as unknown as Overview
  expect(chart).toMatchObject({ from: '2026-11-20T12:30:00.000Z', to: '2026-11-21T12:30:00.000Z', stepSeconds: 900 })
  const points = Object.fromEntries(vitals.map(({ key, series }) => [key, series]))
  expect(Object.values(points).map((series) => series.length)).toEqual([96, 96, 96, 96])
  expect(points.finished_per_minute!.every(({ value }) => value === 6)).toBe(true)
  expect(points.failed_per_minute!.every(({ value, failed }) => value === 1 && failed === 1)).toBe(true)
  expect(points.waiting_now!.every(({ value }) => value === 3)).toBe(true)
  expect(points.wait_p95_seconds!.every(({ value }) => value === 2.5)).toBe(true)
  expect(changes).toEqual([])
})

test('time without measurements is a gap among the changes, not a zero', async () => {
  const { changes } = (await server.call('ops-demo', 'GET', '/overview')).body as unknown as Overview
  expect(changes).toMatchObject([{ kind: 'gap', at: '2026-11-21T12:00:00.000Z', text: 'Nobody measured for 5 min' }])
})

test('a range that is none is refused', async () => {
  expect((await server.call('ops-demo', 'GET', '/overview?range=7d')).status).toBe(400)
})
