import { expect, test } from 'vitest'
import { between, newestBetween } from '../../../server/cron/expression.ts'
import { oracleExpressions, oracleZones, walk } from '../../support/cron-oracle.ts'

const dayMs = 86_400_000
const year = [Date.parse('2026-01-01T00:00Z'), Date.parse('2027-01-01T00:00Z')] as const

/** Two days on either side of each change of the clocks; test/long walks through four years instead. */
test.each(oracleZones)('the instants around each clock change of 2026 in %s are those found by stepping through the wall clock', (timezone) => {
  for (const day of daysOfChange(timezone)) {
    const [from, to] = [new Date(day - 2 * dayMs), new Date(day + 3 * dayMs)]
    const expected = walk(timezone, oracleExpressions, from, to)
    for (const expression of oracleExpressions) {
      const schedule = { expression, timezone }
      const before = new Date(from.getTime() - 1)
      expect(between(schedule, before, to, Infinity).map(Number), expression).toEqual(expected.get(expression))
      expect(newestBetween(schedule, before, to, Infinity).map(Number), expression).toEqual(expected.get(expression))
    }
  }
})

/** Days at whose end the clock is not where it was at their beginning, and one quiet day. */
function daysOfChange(timezone: string): number[] {
  const format = new Intl.DateTimeFormat('en', { timeZone: timezone, hour: 'numeric', minute: 'numeric' })
  const days = [Date.parse('2026-06-15T00:00Z')]
  for (let day = year[0]; day < year[1]; day += dayMs) if (format.format(day) !== format.format(day + dayMs)) days.push(day)
  return days
}
