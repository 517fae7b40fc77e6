import { describe, expect, test } from 'vitest'
import { classifyWindow, type Coverage, type CronFacts, type Interval, assessCompleteness, mergeIntervals } from '../../../server/cron/history.ts'
import type { SlotRow } from '../../../server/cron/rows.ts'

const at = (text: string) => new Date(`2026-03-02T${text.length === 5 ? `${text}:00` : text}Z`)
const span = (text: string): Interval => {
  const [from, to] = text.split('-') as [string, string]
  return { from: at(from), to: to ? at(to) : null }
}

let nextId = 1
function row(slotAt: string, over: Partial<SlotRow> = {}): SlotRow {
  const claimedAt = at(slotAt)
  return {
    id: String(nextId++), entryId: 'e', kind: 'scheduled', slotAt: at(slotAt), state: 'claimed', decidedAt: claimedAt, claimedAt,
    jobQueue: 'q', jobId: 'j', jobState: null, finishedAt: null, note: null, eventId: null, ...over,
  }
}

const without = { claimedAt: null, jobQueue: null, jobId: null }

function facts(over: Partial<CronFacts> = {}): CronFacts {
  return { revisions: [{ from: at('09:00'), expression: '*/10 * * * *', timezone: 'Etc/UTC' }], paused: [], slots: [], nextSlotAt: at('11:00'), ...over }
}

function coverage(...spans: string[]): Coverage {
  const scheduling = spans.map(span)
  return { scheduling, firstAt: scheduling[0]?.from ?? null }
}

function seen(of: CronFacts, covered: Coverage, { from = '10:00', to = '10:30', now = '12:00', cap = 1_000 } = {}): string[] {
  const { slots } = classifyWindow(of, covered, { from: at(from), to: at(to) }, at(now), cap)
  return slots.map((slot) => `${slot.at.toISOString().slice(11, 16)} ${slot.outcome}`).toReversed()
}

const watched = coverage('09:00-12:00')

describe('every outcome', () => {
  const delayed = { claimedAt: at('10:10:30.001') }
  const rows: [title: string, of: CronFacts, covered: Coverage, expected: string[]][] = [
    ['claimed at once', facts({ slots: [row('10:00')] }), watched, ['10:00 on_time', '10:10 missed_fire', '10:20 missed_fire', '10:30 missed_fire']],
    ['claimed 30 s after', facts({ slots: [row('10:10', { claimedAt: at('10:10:30') })] }), watched, ['10:00 missed_fire', '10:10 on_time', '10:20 missed_fire', '10:30 missed_fire']],
    ['claimed later', facts({ slots: [row('10:10', delayed)] }), watched, ['10:00 missed_fire', '10:10 delayed', '10:20 missed_fire', '10:30 missed_fire']],
    ['a manual run stands beside a scheduled one', facts({ slots: [row('10:00'), row('10:00', { kind: 'manual' })] }), watched, ['10:00 manual_run', '10:00 on_time', '10:10 missed_fire', '10:20 missed_fire', '10:30 missed_fire']],
    [
      'rows without a job say themselves what they are',
      facts({ slots: [row('10:00', { state: 'skipped_overlap', ...without }), row('10:10', { state: 'queued_follow_up', ...without }), row('10:20', { state: 'skipped_by_operator', ...without }), row('10:30', { state: 'scheduler_down', ...without })] }),
      watched,
      ['10:00 skipped_overlap', '10:10 queued_follow_up', '10:20 skipped_by_operator', '10:30 scheduler_down'],
    ],
    ['a pause holds its first instant and not its end', facts({ paused: [span('10:00-10:20')] }), watched, ['10:00 paused', '10:10 paused', '10:20 missed_fire', '10:30 missed_fire']],
    ['a pause that lasts', facts({ paused: [span('10:15-')] }), watched, ['10:00 missed_fire', '10:10 missed_fire', '10:20 paused', '10:30 paused']],
    ['nobody was there', facts(), coverage('09:00-09:55', '10:15-12:00'), ['10:00 scheduler_down', '10:10 scheduler_down', '10:20 missed_fire', '10:30 missed_fire']],
    ['before the record', facts(), coverage('10:15-12:00'), ['10:00 unknown', '10:10 unknown', '10:20 missed_fire', '10:30 missed_fire']],
    ['no record at all', facts(), coverage(), ['10:00 unknown', '10:10 unknown', '10:20 unknown', '10:30 unknown']],
    ['before it existed there is nothing', facts({ revisions: [{ from: at('10:15'), expression: '*/10 * * * *', timezone: 'Etc/UTC' }] }), watched, ['10:20 missed_fire', '10:30 missed_fire']],
    [
      'what was due follows the schedule of the time',
      facts({ revisions: [{ from: at('09:00'), expression: '*/10 * * * *', timezone: 'Etc/UTC' }, { from: at('10:05'), expression: '25 * * * *', timezone: 'Etc/UTC' }] }),
      watched,
      ['10:00 missed_fire', '10:25 missed_fire'],
    ],
    [
      'while it was retired nothing was due',
      facts({ revisions: [{ from: at('09:00'), expression: '*/10 * * * *', timezone: 'Etc/UTC' }, { from: at('10:05'), expression: null, timezone: 'Etc/UTC' }, { from: at('10:25'), expression: '*/10 * * * *', timezone: 'Etc/UTC' }] }),
      watched,
      ['10:00 missed_fire', '10:30 missed_fire'],
    ],
  ]
  test.each(rows)('%s', (_title, of, covered, expected) => {
    expect(seen(of, covered)).toEqual(expected)
  })
})

test('a due instant is not classified before it is a minute old', () => {
  expect(seen(facts(), watched, { now: '10:30:59' })).toEqual(['10:00 missed_fire', '10:10 missed_fire', '10:20 missed_fire'])
  expect(seen(facts(), watched, { now: '10:31' })).toEqual(['10:00 missed_fire', '10:10 missed_fire', '10:20 missed_fire', '10:30 missed_fire'])
})

test('an instant that the scheduler has not decided is marked as such', () => {
  const { slots } = classifyWindow(facts({ nextSlotAt: at('10:20') }), watched, { from: at('10:10'), to: at('10:20') }, at('10:25'), 10)
  expect(slots.map(({ note }) => note)).toEqual(['Not decided yet; catch-up may still run it.', undefined])
})

test('a window with too many slots returns the newest', () => {
  const window = { from: at('09:00'), to: at('10:30') }
  const { slots, truncated } = classifyWindow(facts(), watched, window, at('12:00'), 3)
  expect(slots.map((slot) => slot.at)).toEqual([at('10:30'), at('10:20'), at('10:10')])
  expect(truncated).toBe(true)
  expect(classifyWindow(facts(), watched, window, at('12:00'), 10).truncated).toBe(false)
})

describe('completeness', () => {
  const judge = (covered: Coverage, { from = '10:00', to = '11:00', now = '12:00' } = {}) =>
    assessCompleteness(facts(), covered, { from: at(from), to: at(to) }, at(now))

  test('complete: a scheduler is on record for the whole window', () => {
    expect(judge(watched)).toEqual({ state: 'complete', reasons: [] })
    expect(judge(coverage('09:00-10:30', '10:30:10-12:00'))).toEqual({ state: 'complete', reasons: [] })
    expect(judge(coverage('09:00-10:20', '09:30-12:00'))).toEqual({ state: 'complete', reasons: [] })
  })

  test('complete: the window before the entry existed needs no record', () => {
    expect(judge(coverage('09:00-11:00'), { from: '08:00' })).toEqual({ state: 'complete', reasons: [] })
  })

  test('partial: each gap is named with its times', () => {
    expect(judge(coverage('10:10-10:20', '10:25-10:50'))).toEqual({
      state: 'partial_evidence',
      reasons: [
        'No record before 2026-03-02T10:10:00.000Z.',
        'No scheduler on record from 2026-03-02T10:20:00.000Z to 2026-03-02T10:25:00.000Z.',
        'No scheduler on record from 2026-03-02T10:50:00.000Z to 2026-03-02T11:00:00.000Z.',
      ],
    })
  })

  test('partial: a scheduler that died leaves the window open at its end', () => {
    expect(judge(coverage('09:00-10:30'))).toMatchObject({ state: 'partial_evidence' })
    expect(judge(coverage('09:00-10:59:50'))).toMatchObject({ state: 'complete' })
  })

  test('unavailable: nothing reaches the window', () => {
    expect(judge(coverage())).toEqual({ state: 'history_unavailable', reasons: ['No scheduler is on record yet.'] })
    expect(judge(coverage('11:00-12:00'))).toEqual({ state: 'history_unavailable', reasons: ['The record begins at 2026-03-02T11:00:00.000Z, after this window.'] })
    expect(judge(coverage('09:00-09:30'))).toEqual({
      state: 'history_unavailable',
      reasons: ['No scheduler on record from 2026-03-02T10:00:00.000Z to 2026-03-02T11:00:00.000Z.'],
    })
  })

  test('only a limited number of gaps is listed', () => {
    const short = Array.from({ length: 40 }, (_, index) => `10:${String(index).padStart(2, '0')}:00-10:${String(index).padStart(2, '0')}:10`)
    const { reasons } = judge(coverage(...short))
    expect(reasons).toHaveLength(21)
    expect(reasons.at(-1)).toMatch(/^And \d+ more gaps\.$/)
  })
})

test('intervals of several schedulers are merged', () => {
  expect(mergeIntervals([span('10:10-10:20'), span('10:00-10:12'), span('10:20:10-10:30'), span('10:40-')])).toEqual([span('10:00-10:30'), span('10:40-')])
})
