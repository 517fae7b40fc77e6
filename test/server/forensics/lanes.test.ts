import { describe, expect, test } from 'vitest'
import type { TimelineMark } from '../../../schemas/index.ts'
import { drawTimeline } from '../../../server/forensics/lanes.ts'
import type { Facts, SourceItem, Window } from '../../../server/forensics/source.ts'

const now = new Date('2026-11-21T12:00:00Z')
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
const iso = (hours: number) => ago(hours).toISOString()
const facts: Facts = { subject: { type: 'queue', id: 'books' }, since: new Date(0), trail: { events: [], gaps: [], withheld: [] }, about: {} }
const day: Window = { from: ago(24), to: now, range: '24h', limit: 200 }
const slot = (hours: number, mark: TimelineMark, over: Partial<SourceItem> = {}): SourceItem => ({ id: `${hours}`, at: iso(hours), label: 'Slot', source: 'cron', provenance: 'durable', ref: { type: 'job', id: '1', href: '/job/1' }, lane: 'slots', mark, ...over })
const draw = (over: Partial<Parameters<typeof drawTimeline>[0]>) => drawTimeline({ items: [], gaps: [], window: day, facts, now, ...over })

describe('the picture of a window', () => {
  test('has a lane for what is there, and those that belong to the subject even if nothing is', () => {
    expect(draw({ items: [slot(3, 'on_time')], always: ['changes'] }).lanes.map(({ key }) => key)).toEqual(['slots', 'changes'])
    expect(draw({}).lanes).toEqual([])
  })

  test('leaves out what lies outside, and keeps what reaches into it', () => {
    const { lanes } = draw({ items: [slot(30, 'on_time'), slot(48, 'incident', { lane: 'incidents', to: iso(20) }), slot(2, 'delayed')] })
    expect(lanes.map(({ key, marks }) => [key, marks.map(({ mark }) => mark)])).toEqual([['slots', ['delayed']], ['incidents', ['incident']]])
  })

  test('draws what is alike and too close to be told apart as one, with its number, and never over another kind', () => {
    const minutes = Array.from({ length: 60 }, (_, index) => slot(5 - index / 60, index === 30 ? 'missed_fire' : 'on_time'))
    const { marks } = draw({ items: minutes }).lanes[0]!
    expect(marks.map(({ mark, count = 1 }) => [mark, count])).toEqual([['on_time', 30], ['missed_fire', 1], ['on_time', 29]])
    expect(marks[0]).toMatchObject({ label: '30 on time', href: undefined })
    expect(marks[1]).toMatchObject({ href: '/job/1' })
  })

  test('interrupts the line of a source by its gaps, cut to the window', () => {
    const gaps = [{ source: 'coverage' as const, from: iso(40), to: iso(20), reason: 'No scheduler on record' }, { source: 'measurement' as const, from: iso(90), to: iso(80), reason: 'Nobody measured' }]
    expect(draw({ gaps }).lanes).toEqual([{ key: 'scheduler', label: 'Scheduler', line: true, marks: [], gaps: [{ from: iso(24), to: iso(20), label: 'No scheduler on record' }] }])
  })

  test('begins the line where the subject began, on the axis of the whole window', () => {
    const picture = draw({ window: { ...day, from: ago(2), axisFrom: ago(24) }, always: ['scheduler'] })
    expect(picture).toMatchObject({ from: iso(24), lanes: [{ key: 'scheduler', from: iso(2) }] })
  })
})
