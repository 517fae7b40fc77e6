import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Overview } from '../../schemas/index.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { runSql } from '../support/template.ts'

const now = new Date('2026-11-21T12:30:20.000Z')
let server: TestServer

/** Six jobs end in the last five seconds of each minute; a snapshot is taken every five. */
beforeAll(async () => {
  server = await startServer({ now: () => now })
  await runSql(
    server.database.url,
    `insert into ops.snapshot (at, seconds, waiting, executing, finished, how)
     select at, 5, 0, 0, case when extract(second from at) = 55 then 6 else 0 end, 'exact'
     from generate_series(timestamptz '2026-11-21T11:10:00Z', '2026-11-21T12:30:20Z', interval '5 seconds') at`,
  )
})
afterAll(() => server.stop())

test('the last hour is shown in whole minutes: the current minute is no drop, and a half one no rise', async () => {
  const { vitals } = (await server.call('ops-demo', 'GET', '/overview')).body as unknown as Overview
  const { series, value } = vitals.find(({ key }) => key === 'finished_per_minute')!
  expect(series.map(({ at }) => at).at(0)).toBe('2026-11-21T11:30:00.000Z')
  expect(series.map(({ at }) => at).at(-1)).toBe('2026-11-21T12:29:00.000Z')
  expect(series).toHaveLength(60)
  expect(new Set(series.map(({ value }) => value))).toEqual(new Set([6]))
  expect(value).toBeGreaterThan(0)
})
