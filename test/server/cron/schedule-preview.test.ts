import { describe, expect, test } from 'vitest'
import { listClockNotes } from '../../../server/cron/clock-notes.ts'
import { previewCronSchedule } from '../../../server/cron/schedule-preview.ts'
import { suggestExpression, suggestTimezone } from '../../../server/cron/suggest.ts'

const now = new Date('2026-03-01T12:00:00Z')

test('a valid schedule has its words and its next five runs', () => {
  const preview = previewCronSchedule({ expression: '15 3 * * *', timezone: 'Europe/Berlin' }, now)
  expect(preview).toMatchObject({ errors: [], description: 'At 03:15' })
  expect(preview.nextRuns).toEqual(['2026-03-02T02:15:00.000Z', '2026-03-03T02:15:00.000Z', '2026-03-04T02:15:00.000Z', '2026-03-05T02:15:00.000Z', '2026-03-06T02:15:00.000Z'])
})

test('both fields are checked at once, each with what was probably meant', () => {
  const { errors, nextRuns } = previewCronSchedule({ expression: '0 0 2 * * *', timezone: 'berlin' }, now)
  expect(errors.map(({ field, suggestion }) => [field, suggestion])).toEqual([['expression', '0 2 * * *'], ['timezone', 'Europe/Berlin']])
  expect(nextRuns).toEqual([])
})

test('nothing that can be typed makes it fail', () => {
  for (const expression of ['', ' ', '\0', '*', '* * * * * * * *', '99 99 99 99 99', '@@', '🦤 * * * *', '0 0 31 2 *']) {
    expect(previewCronSchedule({ expression, timezone: '' }, now).errors.length).toBeGreaterThan(0)
  }
})

describe('what was probably meant', () => {
  const isValid = (expression: string) => previewCronSchedule({ expression, timezone: 'Etc/UTC' }, now).errors.length === 0
  test.each([
    ['@daily', '0 0 * * *'],
    ['every 5 minutes', '*/5 * * * *'],
    ['every hour', '0 * * * *'],
    ['02:15', '15 2 * * *'],
    ['daily at 2 pm', '0 14 * * *'],
    ['at 12 am', '0 0 * * *'],
    ['0 0 2 * * *', '0 2 * * *'],
    ['0 2 * *', '0 2 * * *'],
    ['0 2 ? * MON', '0 2 * * mon'],
    ['0 24 * * *', '0 0 * * *'],
    ['60 2 * * *', '0 2 * * *'],
    ['0/15 * * * *', '*/15 * * * *'],
    ['0 2 * * Monday', '0 2 * * mon'],
    ['*/60 * * * *', '0 * * * *'],
    ['nonsense', undefined],
    ['25:99', undefined],
    ['', undefined],
  ])('by %j is %j', (given, expected) => {
    expect(suggestExpression(given, isValid)).toBe(expected)
  })

  test.each([
    ['berlin', 'Europe/Berlin'],
    ['New York', 'America/New_York'],
    ['europe/ber', 'Europe/Berlin'],
    ['x', undefined],
    ['nowhere at all', undefined],
  ])('by the timezone %j is %j', (given, expected) => {
    expect(suggestTimezone(given)).toBe(expected)
  })
})

describe('when clocks change', () => {
  const notes = (expression: string, timezone = 'America/New_York') => listClockNotes({ expression, timezone }, now).map(({ at, kind, local }) => `${at.slice(0, 16)} ${kind} ${local}`)
  test.each([
    ['30 2 * * *', ['2026-03-08T07:00 runs_after_gap 02:30']],
    ['30 1 * * *', ['2026-11-01T06:00 runs_once 01:30']],
    ['*/15 2 * * *', ['2026-03-08T07:00 left_out 02:00']],
    ['*/15 1 * * *', ['2026-11-01T06:00 runs_twice 01:00']],
    ['0 3 * * *', []],
    ['30 2 * * mon', []],
    ['*/5 * * * *', []],
  ])('%s in New York: %j', (expression, expected) => {
    expect(notes(expression)).toEqual(expected)
  })
  test('nothing is noted in a timezone without changes', () => {
    expect(notes('30 2 * * *', 'Etc/UTC')).toEqual([])
  })
})
