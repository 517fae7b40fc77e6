import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { classes } from '../../../server/incidents/classes.ts'
import { inhibitions } from '../../../server/incidents/inhibition.ts'
import { defaultThresholds, limits, parseDetector } from '../../../server/incidents/thresholds.ts'

const guide = readFileSync(new URL('../../../docs/diagnosis.md', import.meta.url), 'utf8')
const rowsOf = (heading: string) =>
  guide.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!.split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))

describe('the thresholds of the detector', () => {
  test('are those of the host, and those of a queue where it has its own', () => {
    const { thresholdsOf } = parseDetector({ thresholds: { stuckMinutes: 5 }, queues: { report: { longRunningFactor: 20 } } }, true)
    expect(thresholdsOf()).toEqual({ ...defaultThresholds, stuckMinutes: 5 })
    expect(thresholdsOf('mail')).toEqual(thresholdsOf())
    expect(thresholdsOf('report')).toEqual({ ...defaultThresholds, stuckMinutes: 5, longRunningFactor: 20 })
    expect(thresholdsOf('constructor')).toEqual(thresholdsOf())
  })

  test.each([
    [{ thresholds: { stuckMinutes: 1 } }, "'detector.thresholds.stuckMinutes' is 1; expected a whole number from 2 to 60."],
    [{ thresholds: { stuckMinutes: 2.5 } }, "'detector.thresholds.stuckMinutes' is 2.5; expected a whole number from 2 to 60."],
    [{ thresholds: { longRunningFactor: Number.NaN } }, "'detector.thresholds.longRunningFactor' is NaN; expected a number from 1.5 to 10000."],
    [{ thresholds: { stuckHours: 1 } }, "'detector.thresholds.stuckHours' is not a threshold; expected one of stuckMinutes"],
    [{ queues: { mail: { stuckMinutes: '5' } } }, "'detector.queues.mail.stuckMinutes' is 5; expected"],
    [{ queues: { mail: { schedulerDownSeconds: 60 } } }, "'detector.queues.mail.schedulerDownSeconds' is not a threshold of a queue"],
    [{ tickSeconds: 0 }, "'detector.tickSeconds' is 0; expected a number from 0.05 to 60."],
  ])('refuse %j and say what was expected', (options, message) => {
    expect(() => parseDetector(options as never, true)).toThrow(message)
  })

  test('run where the scheduler runs, unless the host says otherwise', () => {
    expect([parseDetector({}, true).enabled, parseDetector({}, false).enabled, parseDetector({ enabled: true }, false).enabled]).toEqual([true, false, true])
  })
})

describe('the guide to diagnosis', () => {
  test('lists every threshold with its default and its limits', () => {
    const said = rowsOf('Thresholds').map(([name, byDefault, min, max]) => [name, byDefault, min, max])
    expect(said).toEqual(Object.entries(defaultThresholds).map(([name, value]) => [`\`${name}\``, String(value), String(limits[name as keyof typeof limits].min), String(limits[name as keyof typeof limits].max)]))
  })

  test('lists every class with how it opens and resolves', () => {
    const said = rowsOf('What is detected').map(([name, , ticks, keeps]) => [name, ticks, keeps])
    expect(said).toEqual(classes.map(({ name, opensAfterTicks, keepOpenMs }) => [`\`${name}\``, String(opensAfterTicks), `${keepOpenMs / 1000} s`]))
  })

  test('lists every cause with its symptoms', () => {
    const said = rowsOf('Causes and symptoms').map(([cause, symptoms]) => [cause!.replaceAll('`', ''), [...symptoms!.matchAll(/`(\w+)`/g)].map(([, name]) => name!)])
    const wanted = [...Map.groupBy(inhibitions, ({ cause }) => cause)].map(([cause, rules]) => [cause, rules.flatMap(({ symptoms }) => (symptoms === 'all' ? [] : symptoms))])
    expect(said).toEqual(wanted)
  })
})
