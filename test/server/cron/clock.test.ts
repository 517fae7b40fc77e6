import { afterEach, expect, test } from 'vitest'
import { getCronHistory } from '../../../server/cron/read.ts'
import { openState, tick } from '../../../server/cron/tick.ts'
import { openKit } from '../../../server/open.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import { auth, displayPolicy } from '../../support/server.ts'
import { glance, type Harness, openHarness } from './harness.ts'

let harness: Harness
afterEach(() => harness.close())

const every = { name: 'every', queue: 'work', expression: '* * * * *', overlap: 'allow' as const, catchUp: 'none' as const }

test('a scheduler whose own clock is an hour ahead creates no job early', async () => {
  harness = await openHarness()
  await harness.sync([every])
  const { kit, clock, slots } = harness
  const ahead = { ...kit, now: () => new Date(clock.now.getTime() + 3_600_000) }
  const state = openState()
  await tick(ahead, state)
  expect(await slots()).toEqual([])
  clock.now = new Date('2026-03-02T10:01:02Z')
  await tick(ahead, state)
  expect(glance(await slots())).toEqual(['10:01 claimed'])
  const [coverage] = await harness.ask<{ to_at: string }>('select max(to_at)::text as to_at from ops.cron_coverage')
  expect(coverage!.to_at).toBe('2026-03-02 10:01:02+00')
})

test("unless a test sets the clock, the database decides what is due", async () => {
  harness = await openHarness()
  const real = await openKit({ database: { url: harness.kit.db.sessionUrl }, auth, displayPolicy, engine: pgBoss(harness.boss) })
  try {
    const [before] = await harness.ask<{ now: string }>('select clock_timestamp() as now')
    const now = await real.dbNow()
    const [after] = await harness.ask<{ now: string }>('select clock_timestamp() as now')
    expect(now.getTime()).toBeGreaterThanOrEqual(Date.parse(before!.now))
    expect(now.getTime()).toBeLessThanOrEqual(Date.parse(after!.now))
  } finally {
    await real.db.close()
  }
})

test('a pause that is lifted after the clock went back does not end before it began', async () => {
  harness = await openHarness()
  await harness.sync([every])
  const { clock, operate, ask, as, tickAt } = harness
  await tickAt('2026-03-02T10:05:01Z')
  await operate('pause_cron_entry', 'every')
  clock.now = new Date('2026-03-02T09:55:00Z')
  await operate('resume_cron_entry', 'every')
  const [pause] = await ask<{ right: boolean }>("select from_at <= to_at as right from ops.cron_coverage where kind = 'paused'")
  expect(pause!.right).toBe(true)
  await tickAt('2026-03-02T10:06:02Z')
  const { slots } = await getCronHistory(as(), 'every', { from: '2026-03-02T10:04:30Z' })
  expect(slots.map(({ at, outcome }) => `${at.slice(11, 16)} ${outcome}`)).toEqual(['10:06 on_time', '10:05 on_time'])
})
