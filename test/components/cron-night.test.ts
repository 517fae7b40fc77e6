import type { ComingEntry } from '../../schemas/cron-runs.ts'
import { barsIn, binned, busiest, concurrency, countIn, nightOf, overlapping, parseBetween, writeBetween } from '../../components/pages/cron/night.ts'
import { equal } from './assert.ts'

const midnight = new Date(2026, 10, 22).getTime()
const minute = 60_000
const at = (clock: string) => midnight + Number(clock.slice(0, 2)) * 60 * minute + Number(clock.slice(3)) * minute
const permission = { allowed: true }

function entry(name: string, runs: string[], minutes?: number, over: Partial<ComingEntry> = {}): ComingEntry {
  return {
    name,
    source: 'code',
    queue: name,
    expression: '0 2 * * *',
    description: 'At 02:00',
    timezone: 'Etc/UTC',
    usual: minutes === undefined ? undefined : { seconds: minutes * 60, basis: 'entry', runs: 9 },
    runs: runs.map((clock) => ({ at: new Date(at(clock)).toISOString(), skipped: false, paused: false })),
    rhythms: [],
    permissions: { skip_cron_slot: permission, unskip_cron_slot: permission, resume_cron_entry: permission },
    ...over,
  }
}

const everyMinutes = (minutes: number) => ({ rhythms: [{ from: new Date(midnight).toISOString(), to: new Date(midnight + 24 * 60 * minute - minutes * minute).toISOString(), everySeconds: minutes * 60, runs: (24 * 60) / minutes }] })
const held = (name: string, clock: string) => {
  const made = entry(name, [clock], 40, { pause: {} })
  return { ...made, runs: made.runs.map((run) => ({ ...run, paused: true })) }
}
const window = { from: at('01:00'), to: at('04:00') }
const night = [
  entry('reindex', ['01:30'], 48),
  entry('backup', ['02:00'], 35),
  held('sync', '02:00'),
  entry('invoices', ['02:15'], 20),
  entry('sitemap', ['03:00'], 4),
  entry('early', ['00:50'], 5),
  entry('long', ['00:30'], 60),
  entry('twice', ['01:10', '03:50'], 1),
  entry('feed', [], 1, everyMinutes(5)),
]

describe('the night', () => {
  it('counts what runs in a window, and what is still going when it begins', () => {
    equal(nightOf(night, window), { once: 5, several: 1, paused: 1, frequent: 1, most: { at: at('02:15'), count: 3 } })
    equal(barsIn(night, window).map((bar) => bar.entry.name), ['long', 'twice', 'reindex', 'backup', 'sync', 'invoices', 'sitemap', 'twice'])
  })

  it('says which runs overlap: not those that are paused, and not one that ends when another begins', () => {
    const bars = barsIn(night, window)
    const of = (name: string) => overlapping(bars.find((bar) => bar.entry.name === name)!, bars)
    equal(of('backup'), ['reindex', 'invoices'])
    equal(of('sync'), [])
    equal(of('sitemap'), [])
    const [one, other] = barsIn([entry('a', ['01:00'], 30), entry('b', ['01:30'], 30)], window)
    equal(overlapping(one!, [one!, other!]), [])
    const unknown = barsIn([entry('a', ['01:00']), entry('b', ['01:00'])], window)
    equal(overlapping(unknown[0]!, unknown), ['b'])
  })

  it('counts how many run at once, as an oracle that looks at every minute does', () => {
    let seed = 7
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) % below
    for (let round = 0; round < 50; round++) {
      const entries = Array.from({ length: 12 }, (_, index) => entry(`e${index}`, [`0${random(8)}:${String(random(60)).padStart(2, '0')}`], 1 + random(90)))
      const bars = barsIn(entries, { from: midnight, to: at('12:00') })
      const perMinute = Array.from({ length: 12 * 60 }, (_, index) => bars.filter(({ from, to }) => from <= midnight + index * minute && midnight + index * minute < to).length)
      const most = busiest(concurrency(bars))!
      equal(most.count, Math.max(...perMinute), `most in round ${round}`)
      equal(most.at, midnight + perMinute.indexOf(most.count) * minute, `when in round ${round}`)
      equal(binned(concurrency(bars), { from: midnight, to: at('12:00') }, 720), perMinute, `bins of round ${round}`)
    }
  })

  it('counts the runs of a rhythm in a window', () => {
    const feed = entry('feed', [], 1, everyMinutes(5))
    equal(countIn(feed, window), 36)
    equal(countIn(feed, { from: midnight, to: midnight + 1 }), 1)
    equal(countIn(feed, { from: at('23:56'), to: at('23:59') }), 0)
  })

  it('reads a window from an address, and writes the one it has', () => {
    const axis = { from: at('13:00'), to: at('13:00') + 24 * 60 * minute }
    const next = { from: at('01:00') + 24 * 60 * minute, to: at('04:00') + 24 * 60 * minute }
    for (const text of ['01:00-04:00', '', 'nonsense', '25:00-26:00', '2020-01-01T00:00:00Z/2020-01-02T00:00:00Z']) equal(parseBetween(text, axis), next, text)
    equal(parseBetween('22:00-02:00', axis), { from: at('22:00'), to: at('02:00') + 24 * 60 * minute })
    // Of a window that has begun, the rest is still ahead.
    equal(parseBetween('12:00-15:00', axis), { from: axis.from, to: at('15:00') })
    equal(writeBetween(next, axis), '01:00-04:00')
    const week = { from: axis.from, to: axis.from + 7 * 24 * 60 * minute }
    equal(parseBetween(writeBetween(next, week), week), next)
  })
})
