import { describe, expect, test } from 'vitest'
import { emptyBaseline, feed, judge } from '../../../server/errors/burst.ts'
import { betaBinomialTail, logGamma, negativeBinomialTail } from '../../../server/errors/tail.ts'
import { makeSeries, Random, score } from '../../support/burst-series.ts'
import { followBurstRule, printScore } from '../../support/burst-rule.ts'

describe('the burst rule', () => {
  test('reaches its figures on synthetic series', () => {
    const random = new Random(7)
    const series = Array.from({ length: 240 }, () => makeSeries(random))
    const counted = score(series, (each) => followBurstRule(each, { counted: true }))
    const uncounted = score(series, (each) => followBurstRule(each, { counted: false }))
    printScore('seed 7, attempts known', counted)
    printScore('seed 7, attempts unknown', uncounted)
    expect(counted.bursts).toBe(480)
    expect(counted.precision).toBeGreaterThanOrEqual(0.96)
    expect(counted.recall).toBeGreaterThanOrEqual(0.94)
    expect(counted.falsePer100).toBeLessThanOrEqual(8)
    expect(counted.delayMedian).toBeLessThanOrEqual(2)
    expect(uncounted.precision).toBeGreaterThanOrEqual(0.81)
    expect(uncounted.recall).toBeGreaterThanOrEqual(0.88)
    expect(uncounted.falsePer100).toBeLessThanOrEqual(43)
  }, 120_000)

  const history = (minutes: number, each: (minute: number) => { failures: number; attempts: number }) => {
    let baseline = emptyBaseline
    for (let minute = 0; minute < minutes; minute++) {
      const { failures, attempts } = each(minute)
      baseline = feed(baseline, { failures, attempts, window: { failures: failures * 5, attempts: attempts * 5 }, usual: true })
    }
    return baseline
  }
  const calm = history(2_880, () => ({ failures: 0, attempts: 20 }))
  const busy = history(2_880, () => ({ failures: 2, attempts: 40 }))

  test.each([
    ['nothing failed', calm, { failures: 0, attempts: 100 }, false],
    ['fewer than five failures say nothing', calm, { failures: 4, attempts: 100 }, false],
    ['a new error in a quiet queue', calm, { failures: 8, attempts: 100 }, true],
    ['the usual failures', busy, { failures: 10, attempts: 200 }, false],
    ['the usual share of eight times the work', busy, { failures: 80, attempts: 1_600 }, false],
    ['the usual share of eight times the work, attempts unknown', busy, { failures: 80, attempts: null }, false],
    ['half of all attempts', busy, { failures: 100, attempts: 200 }, true],
    ['all attempts, but fewer than one in twenty of the queue', calm, { failures: 5, attempts: 1_000 }, false],
    ['a queue without a history: nothing is unusual yet', emptyBaseline, { failures: 50, attempts: 50 }, false],
  ])('%s', (_name, baseline, recent, burst) => {
    expect(judge(recent, baseline).burst).toBe(burst)
  })

  test('learns nothing from a burst but how much counts can vary', () => {
    const after = feed(busy, { failures: 40, attempts: 40, window: { failures: 200, attempts: 200 }, usual: false })
    expect(after.failures).toBeLessThan(busy.failures)
    expect(after.dispersion).toBeGreaterThan(busy.dispersion)
  })
})

describe('the tails', () => {
  /** Term by term from its own definition, in the other direction. */
  const factorialLog = (n: number) => Array.from({ length: n }, (_, k) => Math.log(k + 1)).reduce((a, b) => a + b, 0)

  test.each([1, 2, 5, 10, 50, 170])('the logarithm of the gamma function of %d + 1 is that of the factorial', (n) => {
    expect(logGamma(n + 1)).toBeCloseTo(factorialLog(n), 9)
  })

  test('half a gamma is the root of pi', () => {
    expect(Math.exp(logGamma(0.5))).toBeCloseTo(Math.sqrt(Math.PI), 12)
  })

  test('beta-binomial with alpha = beta = 1 is uniform', () => {
    for (const trials of [1, 7, 100, 5_000]) for (const count of [1, 2, Math.ceil(trials / 2), trials]) {
      expect(betaBinomialTail(count, { trials, alpha: 1, beta: 1 })).toBeCloseTo((trials - count + 1) / (trials + 1), 10)
    }
  })

  test('negative binomial with shape 1 is geometric', () => {
    for (const scale of [0.01, 0.5, 20]) for (const count of [1, 3, 40]) {
      const expected = (scale / (1 + scale)) ** count
      expect(negativeBinomialTail(count, { shape: 1, scale }) / expected).toBeCloseTo(1, 8)
    }
  })

  test('the tail from one count to the next falls, from one to almost nothing, and never leaves 0 to 1', () => {
    for (const [alpha, beta] of [[0.5, 0.5], [0.5, 4_000], [30, 900], [1_000, 100_000]] as const) {
      let before = 1
      for (let count = 0; count <= 400; count++) {
        const tail = betaBinomialTail(count, { trials: 400, alpha, beta })
        expect(tail).toBeLessThanOrEqual(before + 1e-9)
        expect(tail).toBeGreaterThanOrEqual(0)
        before = tail
      }
    }
  })

  test('a count that is out of all proportion ends the sum', () => {
    expect(negativeBinomialTail(100_000, { shape: 0.5, scale: 1e-4 })).toBe(0)
    expect(betaBinomialTail(1_000, { trials: 1_000, alpha: 0.5, beta: 1e9 })).toBe(0)
  })
})
