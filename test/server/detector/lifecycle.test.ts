import { describe, expect, test } from 'vitest'
import { advance, type Life, type LifeEvent, type Observation } from '../../../server/incidents/lifecycle.ts'

const start = Date.UTC(2026, 4, 4, 3)
const tickMs = 30_000
const rules = { opensAfterTicks: 2, keepOpenMs: 60_000 }
const at = (tick: number) => new Date(start + tick * tickMs)

/** S: seen. s: the same measurement again. -: looked for, and not there. ?: could not be looked for. */
function observationOf(ticks: string, tick: number): Observation {
  const letter = ticks[tick]
  if (letter === '?') return { kind: 'unavailable' }
  if (letter === '-') return { kind: 'absent', asOf: at(tick) }
  const asOf = at(letter === 's' ? ticks.lastIndexOf('S', tick) : tick)
  return { kind: 'seen', asOf, began: asOf, facts: { tick } }
}

interface Run {
  /** The state after each tick: . for nothing, p, o, r. */
  states: string
  events: string[]
  life: Life | null
}

/** One tick after the other, every 30 seconds. `touch` stands for what operators do between two ticks. */
function run(ticks: string, { given = rules, touch = (life: Life | null, _tick: number) => life } = {}): Run {
  let life: Life | null = null
  let states = ''
  const happened: LifeEvent[] = []
  ;[...ticks].forEach((_letter, tick) => {
    const step = advance(touch(life, tick), observationOf(ticks, tick), given, at(tick))
    life = step.life
    happened.push(...step.events)
    states += life ? life.state[0] : '.'
  })
  return { states, events: happened.map(({ type }) => type.replace('incident.', '')), life }
}

const cases: [title: string, ticks: string, states: string, events: string[]][] = [
  ['opens when enough measurements in a row agree', 'SS', 'po', ['opened']],
  ['forgets what was there for one measurement only', 'S-', 'p.', []],
  ['starts from the beginning after it has been gone', 'S-S-', 'p.p.', []],
  ['does not count one measurement twice', 'SsssS', 'ppppo', ['opened']],
  ['opens nothing by itself while the source is away', '????', '....', []],
  ['freezes the streak while the source is away', 'S???S', 'ppppo', ['opened']],
  ['stays open until it has been gone for long enough', 'SS--', 'pooo', ['opened']],
  ['resolves once it has been gone for long enough', 'SS---', 'pooor', ['opened', 'resolved']],
  ['starts to wait again when it is seen in between', 'SS--S--', 'poooooo', ['opened']],
  ['resolves nothing while the source is away, for however long', 'SS????????', 'p' + 'o'.repeat(9), ['opened']],
  ['does not count the time while the source is away as time without evidence', 'SS-????--', 'pooooooor', ['opened', 'resolved']],
  ['adds up the time without evidence before and after the source was away', 'SS-??-??-', 'pooooooor', ['opened', 'resolved']],
  ['reopens in the same row, after as many measurements as at first', 'SS---SS', 'pooorro', ['opened', 'resolved', 'reopened']],
  ['does not reopen when it was seen once', 'SS---S-S-', 'pooorrrrr', ['opened', 'resolved']],
]

describe('an incident', () => {
  test.each(cases)('%s', (_title, ticks, states, events) => {
    expect(run(ticks)).toMatchObject({ states, events })
  })

  test('opens and resolves at once if its class says so', () => {
    expect(run('S-S-', { given: { opensAfterTicks: 1, keepOpenMs: 0 } })).toMatchObject({ states: 'oror', events: ['opened', 'resolved', 'reopened', 'resolved'] })
  })

  test('began when it was first seen, also if it says so itself only later, and anew when it reopens', () => {
    expect(run('SS').life).toMatchObject({ beganAt: at(0), openedAt: at(1), lastSeenAt: at(1) })
    expect(run('SS---SS').life).toMatchObject({ beganAt: at(5), openedAt: at(6), reopened: 1, resolvedAt: null })
  })

  test('shows what it was when it was resolved until it is open again', () => {
    expect(run('SS---S').life).toMatchObject({ state: 'resolved', facts: { tick: 1 }, beganAt: at(0) })
  })

  test('loses its acknowledgement when it reopens, and not before', () => {
    const by = { id: 'ops-demo', type: 'user', label: 'ops-demo' }
    const touch = (life: Life | null, tick: number) => (tick === 2 ? { ...life!, acknowledgedAt: at(2), acknowledgedBy: by } : life)
    expect(run('SSS---', { touch }).life).toMatchObject({ state: 'resolved', acknowledgedBy: by })
    expect(run('SSS---SS', { touch }).life).toMatchObject({ state: 'open', acknowledgedBy: null, acknowledgedAt: null })
  })
})

describe('an incident that opens and resolves again and again', () => {
  const quick = { opensAfterTicks: 1, keepOpenMs: 0 }

  test('is flapping since the third reopening within an hour', () => {
    expect(run('S-S-S-', { given: quick }).life?.flappingSince).toBeNull()
    expect(run('S-S-S-S-S-S-', { given: quick }).life).toMatchObject({ flappingSince: at(6), reopened: 5 })
  })

  test.each([['resolved', '-'], ['open', 'S']])('is calm after an hour in which it was %s', (state, letter) => {
    const hour = letter.repeat(119)
    expect(run(`S-S-S-S${hour}`, { given: quick }).life?.flappingSince).toEqual(at(6))
    const calm = run(`S-S-S-S${hour}${letter}${letter}`, { given: quick })
    expect(calm.life).toMatchObject({ state, flappingSince: null, recentReopens: [] })
    expect(calm.events.at(-1)).toBe('calmed')
  })

  test('is not flapping if it reopens three times in a day', () => {
    const hours = '-'.repeat(120)
    expect(run(`S-${hours}S-${hours}S-${hours}S-`, { given: quick }).life?.flappingSince).toBeNull()
  })
})

describe('a silence', () => {
  const by = { id: 'ops-demo', type: 'user', label: 'ops-demo' }
  const silence = { at: at(1).toISOString(), by, eventId: '0192' }
  const seen = { kind: 'seen', asOf: at(5), began: at(0), facts: {} } as const
  const open = run('SS').life!

  test.each([
    ['its time has come', { until: at(5).toISOString() }, seen, 'time'],
    ['its time has come, also while the source is away', { until: at(5).toISOString() }, { kind: 'unavailable' } as const, 'time'],
    ['its time has not come', { until: at(6).toISOString() }, seen, undefined],
    ['the rate exceeds what it was given', { untilRate: 5 }, { ...seen, rate: 5.1 }, 'rate'],
    ['the rate is what it was given', { untilRate: 5 }, { ...seen, rate: 5 }, undefined],
    ['more jobs are affected than it was given', { untilCount: 10 }, { ...seen, count: 11 }, 'count'],
    ['as many jobs are affected as it was given', { untilCount: 10 }, { ...seen, count: 10 }, undefined],
    ['nobody measured the rate', { untilRate: 5 }, seen, undefined],
  ] as const)('ends or not when %s', (_title, end, observed, endedBy) => {
    const { life, events } = advance({ ...open, silence: { ...silence, ...end } }, observed, rules, at(5))
    expect(life!.silence === null).toBe(endedBy !== undefined)
    expect(events).toEqual(endedBy ? [{ type: 'incident.silence_ended', detail: { endedBy } }] : [])
  })
})
