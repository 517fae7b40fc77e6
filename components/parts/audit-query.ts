import type { Session } from '../../schemas/actor.ts'
import type { AuditFilters } from '../../schemas/audit.ts'
import { startOfDay } from './audit-days.ts'
import type { FilterValues } from './audit-filter-names.ts'
import { startOfLast } from './last-ranges.ts'

/** By default the system's events are left out, unless a filter may be about them. */
export function leavesOutSystem({ system, actor, actorType, eventType, action, subjectType, subjectId }: FilterValues): boolean {
  return system ? system === 'no' : !(actor || actorType || eventType || action || subjectType || subjectId)
}

/** The filters of the API. An unknown outcome is sent as well, so that the API refuses it; leaving it out would show unfiltered events. */
export function queryOf(values: FilterValues, session: Session | undefined, now: number): AuditFilters {
  const { last, who, system: _system, ...given } = values
  const me = who === 'not-me' && !given.notActor ? session?.actor : undefined
  const from = last === 'today' ? startOfDay(now).toISOString() : (startOfLast(last, now) ?? given.from)
  const actors = who === 'people' ? 'people' : leavesOutSystem(values) ? 'accounts' : ''
  const all = { ...given, from, actors, ...(me ? { notActor: me.id, notActorType: me.type } : {}) }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value)) as AuditFilters
}
