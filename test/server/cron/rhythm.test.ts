import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeRuns } from '../../../server/cron/coming.ts'
import { stretchesOf } from '../../../server/cron/rhythm.ts'

test.each<[what: string, instants: number[], stretches: [from: number, to: number, runs: number][]]>([
  ['none', [], []],
  ['one', [7], [[7, 7, 1]]],
  ['two', [0, 5], [[0, 5, 2]]],
  ['regular ones', [0, 5, 10, 15], [[0, 15, 4]]],
  ['two days with a night between them', [0, 5, 10, 1000, 1005, 1010], [[0, 10, 3], [1000, 1010, 3]]],
  ['one by itself before a rhythm', [0, 100, 105, 110], [[0, 0, 1], [100, 110, 3]]],
])('%s become stretches', (_what, instants, expected) => {
  expect(stretchesOf(instants, 10).stretches.map(({ from, to, runs }) => [from, to, runs])).toEqual(expected)
})

test('the stretches say exactly the instants they were made from, as far as they reach', () => {
  const distances = fc.array(fc.constantFrom(1, 1, 1, 5, 60, 700), { maxLength: 80 })
  fc.assert(
    fc.property(distances, fc.integer({ min: 1, max: 30 }), (steps, max) => {
      const instants = steps.reduce<number[]>((all, step) => [...all, (all.at(-1) ?? 0) + step], [])
      const { stretches, rest } = stretchesOf(instants, max)
      const unfolded = stretches.flatMap(({ from, every, runs }) => Array.from({ length: runs }, (_, index) => from + index * every))
      expect(unfolded).toEqual(instants.slice(0, rest))
      expect(stretches.every(({ from, to, every, runs }) => to === from + (runs - 1) * every)).toBe(true)
      expect(rest === instants.length || stretches.length === max).toBe(true)
    }),
  )
})

test('more runs than are drawn one by one are a rhythm, and a skipped one among them stays by itself', () => {
  const minutes = Array.from({ length: 60 }, (_, index) => index * 60_000)
  const live = { pausedAt: null, resumeAt: null }
  expect(describeRuns(live, minutes.slice(0, 48), new Set()).runs).toHaveLength(48)
  const many = describeRuns(live, minutes, new Set([120_000]))
  expect(many.runs).toEqual([{ at: '1970-01-01T00:02:00.000Z', skipped: true, paused: false }])
  expect(many.rhythms).toEqual([{ from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T00:59:00.000Z', everySeconds: 60, runs: 60 }])
})
