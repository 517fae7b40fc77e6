import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ChronologySource, chronologySources } from '../../../schemas/index.ts'
import { comparePositions, mergePage, type Position } from '../../../server/forensics/merge.ts'

const sources = Object.keys(chronologySources) as ChronologySource[]

/** Few instants and ids, so that many items share them. */
const item = fc.record({
  at: fc.constantFrom('2026-11-21T02:00:00Z', '2026-11-21T02:00:00.1Z', '2026-11-21T02:00:00.100Z', '2026-11-21T02:00:00.100001Z', '2026-11-21T02:00:00.100002Z', '2026-11-21T02:00:00.2Z', '2025-01-01T00:00:00.000Z'),
  source: fc.constantFrom(...sources),
  id: fc.constantFrom('a', 'b', 'B', 'ä', '0', 'z z'),
})

/** An oracle written differently: instants as fractions of a nanosecond, ids by code unit. */
function nanoseconds(at: string): bigint {
  const [, fraction = ''] = /\.(\d+)Z$/.exec(at) ?? []
  return BigInt(Math.floor(Date.parse(at) / 1_000)) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0') || '0')
}

describe('the order of a chronology', () => {
  test('is newest first to the nanosecond, then by source, then by id', () => {
    fc.assert(
      fc.property(item, item, (a, b) => {
        const [first, second] = [nanoseconds(a.at), nanoseconds(b.at)]
        const expected = first !== second ? (first > second ? -1 : 1) : a.source !== b.source ? sources.indexOf(a.source) - sources.indexOf(b.source) : a.id === b.id ? 0 : a.id > b.id ? -1 : 1
        expect(Math.sign(comparePositions(a, b))).toBe(Math.sign(expected))
      }),
    )
  })

  test('does not depend on the order in which sources answer', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 40 }), fc.integer(), (items, seed) => {
        const shuffled = items.toSorted((a, b) => hash(seed, a) - hash(seed, b))
        const place = ({ at, source, id }: Position) => `${nanoseconds(at)} ${source} ${id}`
        expect(mergePage(shuffled, { limit: 100 }).items.map(place)).toEqual(mergePage(items, { limit: 100 }).items.map(place))
      }),
    )
  })

  test('is paged without repeating or leaving out an item, whatever the size of a page', () => {
    fc.assert(
      fc.property(fc.uniqueArray(item, { maxLength: 60, selector: ({ source, id }) => `${source} ${id}` }), fc.integer({ min: 1, max: 7 }), (items, limit) => {
        const read: Position[] = []
        for (let before: Position | undefined; ; ) {
          const page = mergePage(items, { before, limit })
          read.push(...page.items)
          if (!page.next) break
          before = page.next
        }
        expect(read).toEqual(items.toSorted(comparePositions))
      }),
    )
  })

  test('has an item once that was returned twice', () => {
    const twice = { at: '2026-11-21T02:00:00Z', source: 'audit', id: 'e' } as const
    expect(mergePage([twice, { ...twice }, { ...twice, source: 'engine' as const }], { limit: 10 }).items).toHaveLength(2)
  })
})

function hash(seed: number, { at, source, id }: Position): number {
  return [...`${seed}${at}${source}${id}`].reduce((sum, character) => (Math.imul(sum, 31) + character.charCodeAt(0)) | 0, 7)
}
