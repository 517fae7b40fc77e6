import { ticksOf } from '../../components/parts/time-axis.ts'
import { rowsByDay } from '../../components/parts/chronology-rows.ts'
import type { ChronologyItem } from '../../schemas/forensics.ts'
import { equal, ok } from './assert.ts'

const item = (at: string, kind?: string, source: ChronologyItem['source'] = 'cron'): ChronologyItem => ({ id: at, at, label: at, source, kind, provenance: 'durable', ref: { type: 'job', id: '1' } })
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
const told = (items: ChronologyItem[]) => rowsByDay(items, dayOf).map(({ rows }) => rows.map((row) => row.length))

describe('the lines of a chronology', () => {
  it('fold from three of one kind on, and never across another line or source', () => {
    equal(told([item('2026-11-21T04:00:00Z', 'on_time'), item('2026-11-21T03:00:00Z', 'on_time')]), [[1, 1]])
    equal(told(['05', '04', '03'].map((hour) => item(`2026-11-21T${hour}:00:00Z`, 'on_time'))), [[3]])
    equal(told([item('2026-11-21T05:00:00Z', 'on_time'), item('2026-11-21T04:30:00Z'), item('2026-11-21T04:00:00Z', 'on_time'), item('2026-11-21T03:00:00Z', 'on_time')]), [[1, 1, 1, 1]])
    equal(told(['05', '04', '03'].map((hour, index) => item(`2026-11-21T${hour}:00:00Z`, 'on_time', index === 1 ? 'coverage' : 'cron'))), [[1, 1, 1]])
  })

  it('never fold what has no kind, or is a gap', () => {
    equal(told(['05', '04', '03'].map((hour) => item(`2026-11-21T${hour}:00:00Z`))), [[1, 1, 1]])
    equal(told(['05', '04', '03'].map((hour) => item(`2026-11-21T${hour}:00:00Z`, 'gap'))), [[1, 1, 1]])
  })

  it('stand under one heading for their days', () => {
    const days = rowsByDay([item('2026-11-21T05:00:00Z'), item('2026-11-21T01:00:00Z'), ...['20', '19', '18'].map((day) => item(`2026-11-${day}T02:00:00Z`, 'on_time')), item('2026-11-18T01:00:00Z')], dayOf)
    equal(days.map(({ newest, oldest, rows }) => [dayOf(newest), dayOf(oldest), rows.length]), [['2026-11-21', '2026-11-21', 2], ['2026-11-20', '2026-11-18', 1], ['2026-11-18', '2026-11-18', 1]])
  })
})

describe('the ticks of an axis', () => {
  for (const [name, span] of Object.entries({ 'ten seconds': 10_000, 'one hour': 3_600_000, 'a day': 86_400_000, '21 days': 21 * 86_400_000, '90 days': 90 * 86_400_000, 'two years': 730 * 86_400_000 })) {
    it(`are few, in order, apart and inside, for ${name}`, () => {
      const to = Date.parse('2026-11-21T12:34:56Z')
      const ticks = ticksOf(to - span, to)
      ok(ticks.length >= 2 && ticks.length <= 8, `${ticks.length} ticks`)
      ok(ticks.every(({ at }, index) => at >= to - span && at <= to && (index === 0 || at > ticks[index - 1]!.at)), 'in order and inside')
      equal(new Set(ticks.map(({ label }) => label)).size, ticks.length, 'labels')
    })
  }
})
