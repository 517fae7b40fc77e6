import { expect, test } from 'vitest'
import { followBurstRule, printScore } from '../support/burst-rule.ts'
import { makeSeries, Random, type Score, score } from '../support/burst-series.ts'

test('the burst rule keeps its figures on series that it was not tuned on', () => {
  const scores: Score[] = []
  for (let seed = 101; seed <= 110; seed++) {
    const random = new Random(seed)
    const reached = score(Array.from({ length: 240 }, () => makeSeries(random)), (each) => followBurstRule(each, { counted: true }))
    printScore(`seed ${seed}`, reached)
    scores.push(reached)
  }
  const mean = (figure: (of: Score) => number) => scores.reduce((sum, each) => sum + figure(each), 0) / scores.length
  expect(mean(({ precision }) => precision)).toBeGreaterThanOrEqual(0.96)
  expect(mean(({ recall }) => recall)).toBeGreaterThanOrEqual(0.94)
  expect(mean(({ falsePer100 }) => falsePer100)).toBeLessThanOrEqual(8)
})
