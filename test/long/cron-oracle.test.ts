import { expect, test } from 'vitest'
import { between, newestBetween } from '../../server/cron/expression.ts'
import { oracleExpressions, oracleZones, walk } from '../support/cron-oracle.ts'

const [from, to] = [new Date('2024-01-01T00:00:00Z'), new Date('2027-12-31T23:59:00Z')]

test.each(oracleZones)('every instant of 2024 to 2027 in %s is the one that a walk over the wall clock finds', (timezone) => {
  const expected = walk(timezone, oracleExpressions, from, to)
  for (const expression of oracleExpressions) {
    const schedule = { expression, timezone }
    const before = new Date(from.getTime() - 1)
    expect(firstDifference(between(schedule, before, to, Infinity), expected.get(expression)!), expression).toBeUndefined()
    expect(firstDifference(newestBetween(schedule, before, to, Infinity), expected.get(expression)!), `${expression}, from the end`).toBeUndefined()
  }
}, 600_000)

/** The lists are too long to be compared by the assertion itself. */
function firstDifference(found: Date[], expected: number[]): string | undefined {
  const index = found.findIndex((at, place) => at.getTime() !== expected[place])
  if (index < 0 && found.length === expected.length) return undefined
  const place = index < 0 ? found.length : index
  const shown = (at: number | undefined) => (at === undefined ? 'nothing' : new Date(at).toISOString())
  return `got ${shown(found[place]?.getTime())}, expected ${shown(expected[place])}`
}
