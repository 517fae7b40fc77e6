import { describe, expect, test } from 'vitest'
import { decide, type IncidentNow, type Told } from '../../../server/notices/policy.ts'

const start = Date.UTC(2026, 10, 21, 3)
const at = (seconds: number) => new Date(start + seconds * 1000)
const minutes = 60
const hours = 3600

const open: IncidentNow = { open: true, acknowledged: false, silenced: false, explained: false, flappingSince: null }
const resolved: IncidentNow = { ...open, open: false }
const nothing: Told = { state: null, at: null, flappingAt: null }
const told = (state: 'open' | 'silenced' | 'resolved', seconds: number, flapping?: number): Told => ({ state, at: at(seconds), flappingAt: flapping === undefined ? null : at(flapping) })

/** `opened@0 resolved@20`: waiting notices, each with the second of its event; its id is its name. */
const waiting = (text: string) =>
  text.split(' ').filter(Boolean).map((each) => {
    const [name, second] = each.split('@') as [string, string]
    return { id: name, eventType: `incident.${name.replace(/\d+$/, '')}`, at: at(Number(second)) }
  })

interface Case {
  title: string
  host?: Told
  notices: string
  incident: IncidentNow | null
  now: number
  /** The notice to tell, `remind`, or when to look again in seconds; null: not before something happens. */
  expected: string | number | null
  leftOut?: string[]
}

const cases: Case[] = [
  // The first half minute.
  { title: 'an incident that has just opened waits for half a minute', notices: 'opened@0', incident: open, now: 1, expected: 30 },
  { title: 'then it is told', notices: 'opened@0', incident: open, now: 30, expected: 'opened' },
  { title: 'also if somebody has acknowledged it by then', notices: 'opened@0', incident: { ...open, acknowledged: true }, now: 30, expected: 'opened' },
  { title: 'what is over by then disturbs nobody', notices: 'opened@0 resolved@20', incident: resolved, now: 30, expected: null, leftOut: ['opened', 'resolved'] },
  { title: 'the end of what nobody was told of is not told at any time', notices: 'resolved@20', incident: resolved, now: 9 * hours, expected: null, leftOut: ['resolved'] },
  { title: 'what another incident explains is held', notices: 'opened@0', incident: { ...open, explained: true }, now: 60, expected: 90 },
  { title: 'and told when its cause is gone and it is not', notices: 'opened@0', incident: open, now: 900, expected: 'opened' },
  { title: 'or left out when it is gone as well', notices: 'opened@0 resolved@500', incident: resolved, now: 500, expected: null, leftOut: ['opened', 'resolved'] },
  { title: 'of an incident that is no longer kept nothing is told', notices: 'opened@0', incident: null, now: 60, expected: null, leftOut: ['opened'] },

  // Changes.
  { title: 'the end of a told incident waits until five minutes after the telling', host: told('open', 30), notices: 'resolved@60', incident: resolved, now: 61, expected: 330 },
  { title: 'and is told then', host: told('open', 30), notices: 'resolved@60', incident: resolved, now: 330, expected: 'resolved' },
  { title: 'the end of an incident told long ago is told at once', host: told('open', 0), notices: 'resolved@3000', incident: resolved, now: 3000, expected: 'resolved' },
  { title: 'an incident that is back before its end was told has not changed', host: told('open', 30), notices: 'resolved@60 reopened@120', incident: open, now: 330, expected: null, leftOut: ['resolved', 'reopened'] },
  { title: 'one that is back after its end was told waits for half a minute', host: told('resolved', 0), notices: 'reopened@600', incident: open, now: 601, expected: 630 },
  { title: 'and for the five minutes', host: told('resolved', 500), notices: 'reopened@600', incident: open, now: 640, expected: 800 },
  { title: 'and is told then', host: told('resolved', 500), notices: 'reopened@600', incident: open, now: 800, expected: 'reopened' },
  { title: 'the end of one that came back untold is not told', host: told('resolved', 500), notices: 'reopened@600 resolved2@620', incident: resolved, now: 630, expected: null, leftOut: ['reopened', 'resolved2'] },
  { title: 'of several reopenings the last one is told', host: told('resolved', 0), notices: 'reopened1@400 resolved@410 reopened2@420', incident: open, now: 450, expected: 'reopened2', leftOut: ['reopened1', 'resolved'] },

  // Repetition.
  { title: 'an open incident is looked at again four hours after it was told', host: told('open', 0), notices: '', incident: open, now: 5 * minutes, expected: 4 * hours },
  { title: 'and repeated then', host: told('open', 0), notices: '', incident: open, now: 4 * hours, expected: 'remind' },
  { title: 'the repetition is told', host: told('open', 0), notices: 'still_open@14400', incident: open, now: 4 * hours, expected: 'still_open' },
  { title: 'unless somebody has acknowledged it meanwhile', host: told('open', 0), notices: 'still_open@14400', incident: { ...open, acknowledged: true }, now: 4 * hours + 1, expected: null, leftOut: ['still_open'] },
  { title: 'an acknowledged incident is not repeated', host: told('open', 0), notices: '', incident: { ...open, acknowledged: true }, now: 9 * hours, expected: 9 * hours + 60 },
  { title: 'a resolved one is not repeated', host: told('resolved', 0), notices: '', incident: resolved, now: 9 * hours, expected: null },
  { title: 'one that nobody was told of is not repeated', notices: '', incident: open, now: 9 * hours, expected: null },
  { title: 'one that another incident explains is not repeated', host: told('open', 0), notices: '', incident: { ...open, explained: true }, now: 9 * hours, expected: 9 * hours + 60 },

  // Silence.
  { title: 'a silence is told at once', host: told('open', 0), notices: 'silenced@10', incident: { ...open, silenced: true }, now: 10, expected: 'silenced' },
  { title: 'an opening is held while it is silenced', notices: 'opened@0', incident: { ...open, silenced: true }, now: 30, expected: 60 },
  { title: 'and stays held when the silence is told', notices: 'opened@0 silenced@10', incident: { ...open, silenced: true }, now: 10, expected: 'silenced' },
  { title: 'and told when the silence has ended', host: told('silenced', 10), notices: 'opened@0', incident: open, now: 10 * minutes, expected: 'opened' },
  { title: 'a silence that has ended before it was told is left out', host: told('open', 0), notices: 'silenced@10', incident: open, now: 20, expected: null, leftOut: ['silenced'] },
  { title: 'a reopening is held while it is silenced', host: told('silenced', 0), notices: 'reopened@600', incident: { ...open, silenced: true }, now: 700, expected: 730 },
  { title: 'the end of a silence is told', host: told('silenced', 0), notices: 'unsilenced@3600', incident: open, now: 3630, expected: 'unsilenced' },
  { title: 'a silence that ended without an event is noticed', host: told('silenced', 0), notices: '', incident: open, now: 3600, expected: 'remind' },
  { title: 'a silenced incident is looked at every minute', host: told('silenced', 0), notices: '', incident: { ...open, silenced: true }, now: 3600, expected: 3660 },
  { title: 'that a silenced incident is resolved is told', host: told('silenced', 0), notices: 'resolved@3600', incident: { ...resolved, silenced: true }, now: 3600, expected: 'resolved' },

  // Flapping.
  { title: 'that an incident flaps is told once', host: told('open', 0), notices: 'reopened@3000', incident: { ...open, flappingSince: at(3000) }, now: 3030, expected: 'reopened' },
  { title: 'further openings are not', host: told('open', 3030, 3030), notices: 'reopened@3300', incident: { ...open, flappingSince: at(3000) }, now: 3400, expected: null, leftOut: ['reopened'] },
  { title: 'nor ends, which are held', host: told('open', 3030, 3030), notices: 'resolved@3300', incident: { ...resolved, flappingSince: at(3000) }, now: 3400, expected: 3460 },
  { title: 'until it is calm', host: told('open', 3030, 3030), notices: 'resolved@3300', incident: resolved, now: 7000, expected: 'resolved' },
  { title: 'nothing is repeated while it flaps', host: told('open', 3030, 3030), notices: '', incident: { ...open, flappingSince: at(3000) }, now: 9 * hours, expected: 9 * hours + 60 },
  { title: 'when it flaps again later, that is told again', host: told('open', 3030, 3030), notices: 'reopened@90000', incident: { ...open, flappingSince: at(90000) }, now: 90030, expected: 'reopened' },
]

describe('which notices about an incident are sent', () => {
  test.each(cases)('$title', ({ host = nothing, notices, incident, now, expected, leftOut = [] }) => {
    let decision = decide(host, waiting(notices), incident, at(now))
    const left = decision.leaveOut.map(({ id }) => id)
    // What is left out is settled, and the rest is decided on at once.
    if (!decision.tell && !decision.remind && left.length) {
      decision = decide(host, waiting(notices).filter(({ id }) => !left.includes(id)), incident, at(now))
      expect(decision.leaveOut).toEqual([])
    }
    const repeated = host.state === 'open' && decision.nextAt?.getTime() === host.at!.getTime() + 4 * hours * 1000 && expected === null
    const seconds = decision.nextAt && (decision.nextAt.getTime() - start) / 1000
    expect(decision.tell?.id ?? (decision.remind ? 'remind' : repeated || (leftOut.length && expected === null) ? null : seconds)).toEqual(expected)
    expect(left).toEqual(leftOut)
  })
})

/** Every history that a few changes can make, against rules that are written down once more, from the host's point of view. */
describe('whatever happens', () => {
  const random = (seed: number) => () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

  test(`the host gets changes at most every five minutes, no end without a beginning, and finally the current state (seed ${seed})`, () => {
    const next = random(seed)
    for (let history = 0; history < 400; history++) {
      const trouble = next() < 0.5 ? 0.02 : 0.2
      let incident: IncidentNow = resolved
      let host = nothing
      let notices: ReturnType<typeof waiting> = []
      const heard: { id: string; at: number; says: string }[] = []
      let serial = 0
      const say = (name: string, second: number) => notices.push({ id: `${name}${serial++}`, eventType: `incident.${name}`, at: at(second) })
      const calm = 8_000
      for (let second = 0; second < 12_000; second += 10) {
        if (second < calm && next() < trouble) {
          if (!incident.open) {
            incident = { ...incident, open: true, acknowledged: false }
            say(serial ? 'reopened' : 'opened', second)
          } else if (next() < 0.7) {
            incident = { ...incident, open: false }
            say('resolved', second)
          } else if (!incident.silenced) {
            incident = { ...incident, silenced: true }
            say('silenced', second)
          }
        }
        if (incident.silenced && (second >= calm || next() < 0.05)) {
          incident = { ...incident, silenced: false }
          if (next() < 0.5) say('unsilenced', second)
        }
        for (let again = true, rounds = 0; again; rounds++) {
          expect(rounds).toBeLessThan(20)
          const decision = decide(host, notices, incident, at(second))
          const settled = new Set([...decision.leaveOut.map(({ id }) => id), decision.tell?.id])
          notices = notices.filter(({ id }) => !settled.has(id))
          if (decision.tell) {
            heard.push({ id: decision.tell.id, at: second, says: decision.tell.state })
            host = { ...host, state: decision.tell.state, at: at(second) }
          }
          if (decision.remind) say('still_open', second)
          again = decision.nextAt !== null && decision.nextAt <= at(second)
        }
      }
      const changes = heard.filter(({ says }) => says !== 'silenced')
      changes.forEach(({ at, says }, place) => {
        const before = heard[heard.indexOf(changes[place]!) - 1]
        if (before) expect(at - before.at, JSON.stringify(heard)).toBeGreaterThanOrEqual(300)
        if (says === 'resolved') expect(before?.says, JSON.stringify(heard)).toMatch(/open|silenced/)
        if (says === 'open') expect(before?.says, JSON.stringify(heard)).not.toBe('open')
      })
      expect(new Set(heard.map(({ id }) => id)).size).toBe(heard.length)
      const knows = heard.at(-1)?.says ?? 'resolved'
      expect(knows === 'silenced' && !incident.open ? 'resolved' : knows, JSON.stringify({ heard, incident })).toBe(incident.open ? 'open' : 'resolved')
      if (!incident.open) expect(notices).toEqual([])
    }
  })
})
