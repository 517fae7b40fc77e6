import type { EventType } from '../../schemas/index.ts'
import type { IncidentRow } from '../db/entities.ts'
import type { IncidentClass } from './class.ts'

/** The part of an incident that the lifecycle decides on. */
export type Life = Pick<
  IncidentRow,
  | 'state' | 'streak' | 'beganAt' | 'openedAt' | 'lastSeenAt' | 'absentSince' | 'frozenAt' | 'resolvedAt' | 'reopened' | 'recentReopens' | 'flappingSince'
  | 'acknowledgedAt' | 'acknowledgedBy' | 'silence' | 'facts' | 'factsAt'
>

/** What one tick measured about one incident. */
export type Observation =
  | { kind: 'seen'; asOf: Date; began: Date; facts: unknown; rate?: number; count?: number }
  | { kind: 'absent'; asOf: Date }
  /** Its source could not be read: this neither opens nor resolves, and time without evidence does not count. */
  | { kind: 'unavailable' }

/** What the detector does to an incident, beside what operators do. */
export type LifeEventType = Extract<
  EventType,
  'incident.opened' | 'incident.reopened' | 'incident.resolved' | 'incident.calmed' | 'incident.explained' | 'incident.unexplained' | 'incident.silence_ended'
>

/** Something that happened to an incident. Whether a notice is sent is decided from the state of the incident. */
export interface LifeEvent {
  type: LifeEventType
  /** Added to the event's metadata. */
  detail?: Record<string, unknown>
}

export interface Step {
  /** null: there is nothing to remember; it was pending and has gone. */
  life: Life | null
  events: LifeEvent[]
}

export type LifeRules = Pick<IncidentClass, 'opensAfterTicks' | 'keepOpenMs'>

/** This many reopenings within an hour are flapping, and an hour without a change ends it. */
const flappingReopens = 3
const flappingWindowMs = 3_600_000

/** The only rule by which incidents open, resolve and reopen. Pure. `before`: null if it has never been seen. */
export function advance(before: Life | null, observed: Observation, rules: LifeRules, now: Date): Step {
  const step = observe(before, observed, rules, now)
  if (!step.life) return step
  const calmed = endFlapping(step, now)
  return endSilence(calmed, observed, now)
}

function observe(before: Life | null, observed: Observation, rules: LifeRules, now: Date): Step {
  if (observed.kind === 'seen') return see(before ?? newborn(observed), observed, rules, now)
  if (!before) return { life: null, events: [] }
  return observed.kind === 'absent' ? miss(before, observed.asOf, rules, now) : { life: freeze(before, now), events: [] }
}

type Sighting = Extract<Observation, { kind: 'seen' }>

function newborn({ asOf, began, facts }: Sighting): Life {
  return {
    state: 'pending',
    streak: 0,
    beganAt: began,
    openedAt: null,
    // Earlier than any measurement, so that this one counts.
    lastSeenAt: new Date(0),
    absentSince: null,
    frozenAt: null,
    resolvedAt: null,
    reopened: 0,
    recentReopens: [],
    flappingSince: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    silence: null,
    facts,
    factsAt: asOf,
  }
}

function see(before: Life, { asOf, began, facts }: Sighting, { opensAfterTicks }: LifeRules, now: Date): Step {
  // The same measurement again adds nothing.
  const streak = asOf > before.lastSeenAt ? before.streak + 1 : before.streak
  const resolved = before.state === 'resolved'
  // What a resolved incident shows stays as it was until it is open again.
  if (resolved && streak < opensAfterTicks) return { life: { ...before, streak, lastSeenAt: asOf }, events: [] }
  const first = resolved ? (before.streak > 0 ? before.lastSeenAt : asOf) : before.beganAt
  const beganAt = first < began ? first : began
  const seen = { ...before, beganAt, lastSeenAt: asOf, facts, factsAt: asOf, absentSince: null, frozenAt: null }
  if (before.state === 'open') return { life: seen, events: [] }
  if (streak < opensAfterTicks) return { life: { ...seen, streak }, events: [] }
  const open: Life = { ...seen, state: 'open', streak: 0, openedAt: now, resolvedAt: null }
  if (before.state === 'pending') return { life: open, events: [{ type: 'incident.opened' }] }
  return reopen(open, now)
}

function reopen(life: Life, now: Date): Step {
  const recentReopens = [...recent(life, now), now.toISOString()]
  const flaps = recentReopens.length >= flappingReopens
  const begins = flaps && life.flappingSince === null
  return {
    life: { ...life, reopened: life.reopened + 1, recentReopens, flappingSince: begins ? now : life.flappingSince, acknowledgedAt: null, acknowledgedBy: null },
    events: [{ type: 'incident.reopened', detail: begins ? { flapping: true } : undefined }],
  }
}

function miss(before: Life, asOf: Date, { keepOpenMs }: LifeRules, now: Date): Step {
  if (before.state === 'pending') return { life: null, events: [] }
  if (before.state === 'resolved') return { life: before.streak ? { ...before, streak: 0 } : before, events: [] }
  const frozenMs = before.frozenAt ? Math.max(0, now.getTime() - before.frozenAt.getTime()) : 0
  const absentSince = before.absentSince ? new Date(before.absentSince.getTime() + frozenMs) : asOf
  if (asOf.getTime() - absentSince.getTime() < keepOpenMs) return { life: { ...before, absentSince, frozenAt: null }, events: [] }
  return {
    life: { ...before, state: 'resolved', streak: 0, absentSince: null, frozenAt: null, resolvedAt: now },
    events: [{ type: 'incident.resolved' }],
  }
}

/** The time during which nothing could be measured does not count as time without evidence. */
export function freeze(life: Life, since: Date): Life {
  return life.state === 'open' && life.absentSince && !life.frozenAt ? { ...life, frozenAt: since } : life
}

function recent({ recentReopens }: Life, now: Date): string[] {
  return recentReopens.filter((at) => now.getTime() - Date.parse(at) < flappingWindowMs)
}

function endFlapping({ life, events }: Step, now: Date): Step {
  if (!life?.flappingSince) return { life, events }
  const changed = Math.max(...[life.resolvedAt?.toISOString(), ...life.recentReopens].map((at) => (at ? Date.parse(at) : 0)))
  if (now.getTime() - changed < flappingWindowMs) return { life, events }
  return { life: { ...life, flappingSince: null, recentReopens: [] }, events: [...events, { type: 'incident.calmed' }] }
}

function endSilence({ life, events }: Step, observed: Observation, now: Date): Step {
  const ended = life?.silence && whySilenceEnds(life.silence, observed, now)
  if (!life || !ended) return { life, events }
  return { life: { ...life, silence: null }, events: [...events, { type: 'incident.silence_ended', detail: { endedBy: ended } }] }
}

function whySilenceEnds({ until, untilRate, untilCount }: NonNullable<Life['silence']>, observed: Observation, now: Date): 'time' | 'rate' | 'count' | undefined {
  if (until !== undefined && Date.parse(until) <= now.getTime()) return 'time'
  if (observed.kind !== 'seen') return undefined
  if (untilRate !== undefined && observed.rate !== undefined && observed.rate > untilRate) return 'rate'
  return untilCount !== undefined && observed.count !== undefined && observed.count > untilCount ? 'count' : undefined
}
