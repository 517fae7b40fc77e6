import { expect, test } from 'vitest'
import { liveWeek } from '../support/live-week.ts'

test('a week is diagnosed as it was: every incident that was injected, and no other', async () => {
  const { precision, recall } = await liveWeek(20_260_325)
  expect({ precision, recall }).toEqual({ precision: 1, recall: 1 })
})
