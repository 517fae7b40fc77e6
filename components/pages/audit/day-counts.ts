import { html, nothing } from 'lit'
import type { AuditEvent } from '../../../schemas/audit.ts'
import { t, tn } from '../../core/words.ts'
import type { Day } from '../../parts/audit-days.ts'

export interface DayCounts {
  /** Whether more of its deeds may exist than are loaded. */
  partial: boolean
  /** How much the system did on that day; undefined if it is not known, or shown with the rest. */
  bySystem?: { events: number; more: boolean }
  showSystem: () => void
}

/** `9 deeds by 3 people, + 31 by the system`. */
export function dayCounts(items: AuditEvent[], { partial, bySystem, showSystem }: DayCounts) {
  const deeds = countsOf(items, partial)
  if (!bySystem?.events) return deeds
  const more = bySystem.more ? t`+ more than ${bySystem.events} by the system` : t`+ ${bySystem.events} by the system`
  return html`${deeds ? `${deeds}, ` : nothing}<button type="button" @click=${showSystem}>${more}</button>`
}

/** The bounds between which the events of these days can be counted: pairs of neighbours, as far as the days are neighbours. */
export function boundsOf(days: Day[]): string[] {
  return days.flatMap(({ from, to }, index) => (days[index - 1]?.from === to ? [from] : [to, from]))
}

/** Counts what is loaded, and says so where there may be more. */
function countsOf(items: AuditEvent[], partial: boolean): string {
  const deeds = items.filter(({ actor }) => actor.type !== 'system')
  if (deeds.length === 0) return ''
  const actors = new Map(deeds.map(({ actor }) => [JSON.stringify([actor.type, actor.id]), actor.type]))
  const people = [...actors.values()].every((type) => type !== 'service')
  const done = tn(deeds.length, '# deed', '# deeds')
  const by = people ? tn(actors.size, '# person', '# people') : tn(actors.size, '# account', '# accounts')
  return partial ? t`${done} by ${by} loaded, more below` : t`${done} by ${by}`
}
