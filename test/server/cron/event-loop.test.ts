import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harness, openHarness } from './harness.ts'

const zones = Intl.supportedValuesOf('timeZone').filter((zone, index) => zone.includes('/') && index % 10 === 0).slice(0, 40)

let harness: Harness
beforeAll(async () => {
  harness = await openHarness({ start: '2026-03-02T10:00:30Z' })
  await harness.sync(zones.map((timezone, n) => ({ name: `e${n}`, queue: 'work', expression: '* * * * *', timezone, overlap: 'allow', catchUp: 'latest' })))
  await harness.tickAt('2026-03-02T10:01:01Z')
})
afterAll(() => harness.close())

/** CPU time of `work`, and the most of it between two turns of the event loop, in milliseconds. A busy machine adds nothing to either. */
async function watch(work: () => Promise<unknown>): Promise<{ whole: number; longest: number }> {
  const spent = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  }
  const start = spent()
  let longest = 0
  let seen = start
  const beat = () => {
    const now = spent()
    longest = Math.max(longest, now - seen)
    seen = now
  }
  const timer = setInterval(beat, 1)
  await work()
  beat()
  clearInterval(timer)
  return { whole: spent() - start, longest }
}

test('after two days away, entries of every minute in forty time zones leave the event loop to others in between', async () => {
  expect(zones).toHaveLength(40)
  const { whole, longest } = await watch(() => harness.tickAt('2026-03-04T10:01:01Z'))
  expect(longest).toBeLessThan(whole / 4)
})
