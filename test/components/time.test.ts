import { duration, exactTime, relativeTime, sameClock } from '../../components/core/time.ts'
import { entry, paused } from './sample.ts'
import { slotStrip } from '../../components/parts/strip.ts'
import { sentence } from '../../components/parts/sentence.ts'
import { render } from 'lit'
import { equal, excludes, includes, ok } from './support.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('times', () => {
  it('are told in the units that matter', () => {
    const told: [number, string][] = [
      [0, '0 s'],
      [41 * second, '41 s'],
      [59_999, '59 s'],
      [4 * minute + 59 * second, '4 min'],
      [2 * hour, '2 h'],
      [2 * hour + 10 * minute, '2 h 10 min'],
      [17 * hour + 59 * minute, '17 h'],
      [47 * hour, '47 h'],
      [11 * day, '11 d'],
    ]
    equal(
      told.map(([milliseconds]) => duration(milliseconds)),
      told.map(([, words]) => words),
    )
  })

  it('are told from now, before and after', () => {
    equal(relativeTime(1000 - 4 * minute, 1000), '4 min ago')
    equal(relativeTime(1000 + 38 * second, 1000), 'in 38 s')
    equal(relativeTime(1000, 1400), 'now')
  })

  it('are exact in the zone that is asked for, with the year when it is another one', () => {
    const at = Date.parse('2020-11-01T06:30:00Z')
    equal(exactTime(at, { zone: 'Etc/UTC' }), '1 Nov 2020 06:30:00 UTC')
    equal(exactTime(at, { zone: 'Europe/Berlin', seconds: false }), '1 Nov 2020 07:30 CET')
    includes(exactTime(at, { zone: 'America/New_York', locale: 'en-US' }), '01:30:00 EST')
  })

  it('survive a zone that this browser does not know', () => {
    includes(exactTime(0, { zone: 'Mars/Olympus' }), '00:00:00 UTC')
  })

  it('say whether two zones show the same clock', () => {
    ok(sameClock(0, 'Etc/UTC', 'UTC'), 'two names of one zone')
    ok(!sameClock(0, 'Etc/UTC', 'Asia/Tokyo'), 'two clocks')
  })

  it('are written for people inside sentences of the server', () => {
    const place = document.createElement('p')
    render(sentence('The slot of 2020-11-01T06:30:00.000Z was not run.', { zone: 'Etc/UTC', seconds: false }), place)
    equal(place.textContent, 'The slot of 1 Nov 2020 06:30 UTC was not run.')
    equal(place.querySelector('time')!.getAttribute('datetime'), '2020-11-01T06:30:00.000Z')
  })
})

describe('the strip', () => {
  const draw = (over: Parameters<typeof slotStrip>[0]) => {
    const place = document.createElement('div')
    render(slotStrip(over), place)
    return place
  }

  it('shows coming slots as paused until the pause ends, and no longer', () => {
    const one = entry('x')
    const resumeAt = one.coming[5]!.at
    const place = draw({ ...one, ...paused, pause: { at: one.createdAt, resumeAt } })
    const words = [...place.querySelectorAll('title')].slice(36).map((title) => title.textContent!)
    equal(words.filter((each) => each.includes('will not run while paused')).length, 4, 'paused ones')
    equal(words.filter((each) => each.endsWith('skipped by operator')).length, 1, 'skipped ones')
    equal(words.filter((each) => each.endsWith('coming')).length, 7, 'coming ones')
  })

  it('draws an outcome nobody knows as unknown, never as missed', () => {
    const strange = { at: '2020-11-01T06:30:00Z', outcome: 'constructor' as 'unknown' }
    const place = draw({ recent: [strange], coming: [], timezone: 'Etc/UTC' })
    includes(place.querySelector('title')!.textContent!, 'unknown')
  })

  it('tells neighbours with one outcome as one, for those who listen', () => {
    const place = draw(entry('x'))
    const told = [...place.querySelectorAll('li')].map((item) => item.textContent!)
    ok(told.length < 20, 'a short list')
    includes(told.join('\n'), '10 × on time')
    excludes(told.join('\n'), 'undefined')
  })
})
