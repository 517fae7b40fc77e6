/**
 * Which notices about an incident are sent, and when. Pure: everything it needs is passed in, including the time.
 *
 * - The first notice waits for half a minute, so that what is over by then, or explained by another incident, disturbs nobody.
 * - Changes are told at most every five minutes, and only if the host does not know the state already.
 * - An open incident is repeated every four hours, until somebody acknowledges it.
 * - That it is resolved is told only if the host was told of it.
 * - An incident that opens and resolves all the time is told once, and then not before it has calmed down.
 * - Of a silenced incident nothing is told but the silence, its end, and that the incident is resolved.
 */

export const groupingMs = 30_000
export const changeMs = 5 * 60_000
export const repeatMs = 4 * 60 * 60_000
/** How often to check an incident for which a notice may be due without a new event, e.g. when its cause is gone. */
const lookMs = 60_000

export type ToldState = 'open' | 'silenced' | 'resolved'

/** What the host has been sent so far. */
export interface Told {
  state: ToldState | null
  at: Date | null
  /** When it last received a notice that the incident is flapping. */
  flappingAt: Date | null
}

/** A notice that is not settled. */
export interface WaitingNotice {
  id: string
  eventType: string
  at: Date
}

/** The incident as it is now. */
export interface IncidentNow {
  open: boolean
  acknowledged: boolean
  silenced: boolean
  explained: boolean
  flappingSince: Date | null
}

export interface Decision {
  /** The notice to send now. */
  tell?: { id: string; state: ToldState; flapping: boolean }
  /** Record that it is still open, as a new event with its notice. */
  remind?: true
  leaveOut: { id: string; why: string }[]
  /** When to decide again; null: not before something is recorded. */
  nextAt: Date | null
}

/** What an event says about the incident; no other is recorded as a notice. */
const says: Readonly<Record<string, ToldState>> = {
  'incident.opened': 'open',
  'incident.reopened': 'open',
  'incident.still_open': 'open',
  'incident.unsilenced': 'open',
  'incident.silence_ended': 'open',
  'incident.silenced': 'silenced',
  'incident.resolved': 'resolved',
}

/** @param notices in the order of their events */
export function decide(told: Told, notices: readonly WaitingNotice[], incident: IncidentNow | null, now: Date): Decision {
  if (!incident) return { leaveOut: leaveOut(notices, 'The incident is no longer kept.'), nextAt: null }
  const is = !incident.open ? 'resolved' : incident.silenced && notices.some(({ eventType }) => says[eventType] === 'silenced') ? 'silenced' : 'open'
  // The latest event decides; held notices of an opening stay, in case the silence ends before it is resolved.
  const candidate = notices.findLast(({ eventType }) => says[eventType] === is)
  const kept = candidate && is === 'silenced' ? notices.findLast(({ eventType }) => says[eventType] === 'open') : undefined
  const overtaken = leaveOut(notices.filter((notice) => notice !== candidate && notice !== kept), 'Another change came before it was sent.')
  if (!candidate) return { ...withoutCandidate(told, incident, now), leaveOut: overtaken }
  const verdict = is === 'silenced' ? 'tell' : is === 'resolved' ? judgeResolved(told, incident, now) : judgeOpen(told, candidate, incident, now)
  if (verdict instanceof Date) return { leaveOut: overtaken, nextAt: verdict }
  if (verdict === 'tell') return { tell: { id: candidate.id, state: is, flapping: incident.flappingSince !== null }, leaveOut: overtaken, nextAt: now }
  return { leaveOut: [...overtaken, { id: candidate.id, why: verdict.why }], nextAt: now }
}

/** Send it, decide again at that time, or leave it out. */
type Verdict = 'tell' | Date | { why: string }

function judgeOpen(told: Told, { eventType, at }: WaitingNotice, incident: IncidentNow, now: Date): Verdict {
  const { flappingSince } = incident
  if (eventType === 'incident.still_open') return incident.acknowledged || incident.silenced ? { why: 'It has been acknowledged or silenced.' } : 'tell'
  if (incident.silenced || incident.explained) return later(now, lookMs / 2)
  if (flappingSince !== null && told.flappingAt !== null && told.flappingAt >= flappingSince) return { why: 'It keeps opening and resolving, and a notice about that was sent.' }
  if (told.state === 'open' && flappingSince === null) return { why: 'Nothing has changed since the last notice.' }
  return notBefore([later(at, groupingMs), nextChange(told)], now)
}

function judgeResolved(told: Told, { flappingSince }: IncidentNow, now: Date): Verdict {
  if (told.state === null || told.state === 'resolved') return { why: 'No notice was sent that it had opened.' }
  if (flappingSince !== null) return later(now, lookMs)
  return notBefore([nextChange(told)], now)
}

/** No notice is waiting; but notices of an open incident are repeated, and sent again when a silence has ended without an event. */
function withoutCandidate(told: Told, incident: IncidentNow, now: Date): Pick<Decision, 'remind' | 'nextAt'> {
  if (!incident.open || told.state === null) return { nextAt: null }
  if (incident.acknowledged || incident.silenced || incident.explained || incident.flappingSince !== null) return { nextAt: later(now, lookMs) }
  const due = told.state === 'open' ? later(told.at!, repeatMs) : nextChange(told)
  return due <= now ? { remind: true, nextAt: now } : { nextAt: due }
}

function nextChange({ at }: Told): Date {
  return at ? later(at, changeMs) : new Date(0)
}

function notBefore(times: Date[], now: Date): 'tell' | Date {
  const latest = times.reduce((a, b) => (a > b ? a : b))
  return latest <= now ? 'tell' : latest
}

function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms)
}

function leaveOut(notices: readonly WaitingNotice[], why: string): Decision['leaveOut'] {
  return notices.map(({ id }) => ({ id, why }))
}
