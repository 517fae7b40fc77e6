import { expect, test } from 'vitest'
import { liveWeek } from '../support/live-week.ts'

/** Nothing was tuned on this seed. */
test('a week that nobody has seen before is diagnosed as well', async () => {
  const { precision, recall } = await liveWeek(Number(process.env.WEEK_SEED ?? 7))
  expect(Math.min(precision, recall)).toBeGreaterThanOrEqual(0.95)
})
