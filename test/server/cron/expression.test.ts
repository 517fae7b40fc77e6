import fc from 'fast-check'
import { describe as group, expect, test } from 'vitest'
import { between, describe, newestBetween, nextAfter, nextFrom, previousBefore, parseSchedule, type Schedule, upcomingTexts } from '../../../server/cron/expression.ts'
import { OpsError } from '../../../server/error.ts'

const utc = (expression: string): Schedule => ({ expression, timezone: 'Etc/UTC' })

group('a wrong expression is refused with what was got, where and what was expected', () => {
  const refused: [expression: string, message: string][] = [
    ['', "got nothing; expected five fields: minute, hour, day of month, month, day of week"],
    ['* * * *', "got 4 fields in '* * * *'; expected five fields"],
    ['0 * * * * *', 'got 6 fields'],
    ['@daily', 'got 1 field'],
    ['60 * * * *', "in the field minute: '60' is out of range; expected 0-59"],
    ['* 24 * * *', 'in the field hour'],
    ['* * 0 * *', 'in the field day of month'],
    ['* * * 13 *', 'in the field month'],
    ['* * * * 8', 'in the field day of week'],
    ['* * * * foo', "'foo' is not a value or a range"],
    ['5-1 * * * *', "'5-1' runs backwards"],
    ['*/0 * * * *', "'0' is not a step"],
    ['0/5 * * * *', 'has a step without a range'],
    ['1,,2 * * * *', 'an empty part'],
    ['-1 * * * *', 'in the field minute'],
    ['1e1 * * * *', 'in the field minute'],
    ['? * * * *', 'in the field minute'],
    ['0 0 31 2 *', "got '0 0 31 2 *', which never fires"],
    ['0 0 31 4,6,9,11 *', 'never fires'],
  ]
  for (const [expression, message] of refused) {
    test(`'${expression}'`, () => {
      const error = catchError(() => parseSchedule(utc(expression), 'input.'))
      expect(error).toBeInstanceOf(OpsError)
      expect(error).toMatchObject({ code: 'invalid_request', details: { errors: [{ path: 'input.expression' }] } })
      expect(error.message).toContain(message)
    })
  }
})

test.each(['* * * * *', '*/15 9-17 * * 1-5', '0 0 L * *', '0 0 29 2 *', '0 0 * jan-MAR sun', '0 0 * * mon#2', '0 0 15W * *', '5,10-20/2 0 1 * 7'])(
  "'%s' is accepted and fires",
  (expression) => {
    const schedule = parseSchedule(utc(expression))
    expect(nextAfter(schedule, new Date('2026-01-01T00:00:00Z'))).toBeInstanceOf(Date)
  },
)

test.each([
  ['0 0 */10 * *', '01-01 01-11 01-21 01-31 02-01'],
  ['0 0 * */5 *', '01-01 01-02 01-03 01-04 01-05'],
  ['0 0 * * */3', '01-03 01-04 01-07 01-10 01-11'],
  ['0 0 * * 5-7', '01-02 01-03 01-04 01-09 01-10'],
  ['0 0 13 * fri', '01-02 01-09 01-13 01-16 01-23'],
  ['0 0 1W,15W * *', '01-01 01-15 02-02 02-16 03-02'],
  ['0 0 31W * *', '01-30 03-31 05-29 07-31 08-31'],
  ['0 0 LW,5 * *', '01-05 01-30 02-05 02-27 03-05'],
  ['0 0 * FEB mon#4', '02-23'],
  ['0 0 29 2 *', ''],
])("'%s' fires in 2026 first on %s", (expression, days) => {
  const found = between(utc(expression), new Date('2025-12-31T23:59:00Z'), new Date('2026-12-31T23:59:00Z'), 5)
  expect(found.map((at) => at.toISOString().slice(5, 10)).join(' ')).toBe(days)
})

test('an expression is stored with single spaces', () => {
  expect(parseSchedule(utc('  0   2 * *\t* ')).expression).toBe('0 2 * * *')
})

test.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['Etc/UTC', 'Etc/UTC'],
  ['UTC', 'UTC'],
  ['Asia/Calcutta', 'Asia/Calcutta'],
])('the timezone %s is kept as %s', (given, kept) => {
  expect(parseSchedule({ expression: '0 0 * * *', timezone: given }).timezone).toBe(kept)
})

test.each(['', 'junk', '+02:00', 'Europe/Atlantis', 'Etc/UTC; drop table', 'Etc/UTC\n', '__proto__', 'constructor'])("the timezone '%s' is refused", (timezone) => {
  expect(() => parseSchedule({ expression: '0 0 * * *', timezone }, 'input.')).toThrow(/^input\.timezone: got [^]*expected an IANA timezone/)
})

test('the next instant is never the start instant itself, to the millisecond', () => {
  const at = (text: string) => nextAfter(utc('0 2 * * *'), new Date(text))?.toISOString()
  expect(at('2026-01-01T01:59:59.999Z')).toBe('2026-01-01T02:00:00.000Z')
  expect(at('2026-01-01T02:00:00.000Z')).toBe('2026-01-02T02:00:00.000Z')
  expect(nextFrom(utc('0 2 * * *'), new Date('2026-01-01T02:00:00Z'))?.toISOString()).toBe('2026-01-01T02:00:00.000Z')
  expect(previousBefore(utc('0 2 * * *'), new Date('2026-01-01T02:00:00Z'))?.toISOString()).toBe('2025-12-31T02:00:00.000Z')
})

test('the next instants are the same whether or not they come from the cache', () => {
  const daily = utc('0 2 * * *')
  const after = (text: string, count: number) => upcomingTexts(daily, new Date(text), count).map((at) => at.slice(8, 13))
  expect(after('2026-01-01T00:00:00Z', 3)).toEqual(['01T02', '02T02', '03T02'])
  expect(after('2026-01-01T01:59:59.999Z', 2)).toEqual(['01T02', '02T02'])
  expect(after('2026-01-01T02:00:00Z', 2)).toEqual(['02T02', '03T02'])
  expect(after('2025-12-31T01:00:00Z', 2)).toEqual(['31T02', '01T02'])
  expect(after('2026-01-01T00:00:00Z', 4)).toEqual(['01T02', '02T02', '03T02', '04T02'])
})

test('a long window of a busy expression is searched from its end', () => {
  const began = performance.now()
  const found = newestBetween(utc('* * * * *'), new Date('2000-01-01T00:00:00Z'), new Date('2026-01-01T00:00:00Z'), 3)
  expect(found.map((at) => at.toISOString())).toEqual(['2025-12-31T23:58:00.000Z', '2025-12-31T23:59:00.000Z', '2026-01-01T00:00:00.000Z'])
  expect(performance.now() - began).toBeLessThan(1_000)
})

test('a rare instant is found however far back it is', () => {
  expect(previousBefore(utc('0 0 29 2 *'), new Date('2027-06-01T00:00:00Z'))?.toISOString()).toBe('2024-02-29T00:00:00.000Z')
  expect(previousBefore(utc('0 0 29 2 *'), new Date('2027-06-01T00:00:00Z'), new Date('2025-01-01T00:00:00Z'))).toBeNull()
})

test.each([
  ['0 2 * * *', 'At 02:00'],
  ['30 7 * * 1-5', 'At 07:30, Monday through Friday'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0 14 * * 0', 'At 14:00, only on Sunday'],
])("'%s' reads '%s'", (expression, words) => {
  expect(describe(expression)).toBe(words)
})

const zones = ['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Etc/UTC']
const expressions = fc.tuple(
  fc.constantFrom('*', '*/15', '*/7', '0', '30', '15,45', '10-20', '59'),
  fc.constantFrom('*', '*/2', '0', '1', '2', '3', '1,2,3', '0-4', '23', '1,13'),
  fc.constantFrom('*', '1', '15-20'),
  fc.constant('*'),
  fc.constantFrom('*', '0', '1-5'),
)
/** Days around changes of daylight saving. */
const days = fc.constantFrom('2026-03-08', '2026-11-01', '2026-03-29', '2026-10-25', '2026-10-04', '2026-04-05', '2018-11-04', '2018-02-18')

test('the instants are the same strictly increasing sequence from every starting point', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), expressions, days, fc.integer({ min: 0, max: 3 * 86_400_000 }), (timezone, fields, day, offset) => {
      const schedule = { expression: fields.join(' '), timezone }
      const from = new Date(Date.parse(day) - 86_400_000)
      const to = new Date(Date.parse(day) + 2 * 86_400_000)
      const sequence = between(schedule, from, to, 10_000).map((at) => at.getTime())
      expect(sequence).toEqual([...new Set(sequence)].sort((a, b) => a - b))
      const start = from.getTime() + offset
      const rest = sequence.filter((at) => at > start)
      expect(between(schedule, new Date(start), to, 10_000).map((at) => at.getTime())).toEqual(rest)
      expect(newestBetween(schedule, new Date(start), to, 5).map((at) => at.getTime())).toEqual(rest.slice(-5))
      const iterated: number[] = []
      for (let at = nextAfter(schedule, new Date(start)); at && at <= to; at = nextAfter(schedule, at)) iterated.push(at.getTime())
      expect(iterated).toEqual(rest)
    }),
    { numRuns: 400 },
  )
})

function catchError(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
