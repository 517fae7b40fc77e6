import { type AuditFilters, maxCountedEvents } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import { findEventRows } from './list.ts'
import { visibilityConditions } from './visibility.ts'

type CountFilters = Omit<AuditFilters, 'from' | 'to' | 'q'>

export interface CountedPeriods {
  periods: { from: string; to: string; events: number; more: boolean }[]
  asOf: string
}

/** How many matching events the viewer may see in each period between two neighbouring bounds. */
export async function countEvents(scope: Scope, filters: CountFilters, bounds: string): Promise<CountedPeriods> {
  const visibility = await visibilityConditions(scope, { ofOneJob: filters.subjectType === 'job' })
  const instants = bounds.split(',')
  const periods: CountedPeriods['periods'] = []
  for (const [place, bound] of instants.slice(1).entries()) {
    const [from, to] = [instants[place]!, bound].toSorted((a, b) => Date.parse(a) - Date.parse(b)) as [string, string]
    const { items, next } = await findEventRows(scope, { ...filters, from, to }, { limit: maxCountedEvents, visibility })
    periods.push({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), events: items.length, more: next !== undefined })
  }
  return { periods, asOf: scope.now.toISOString() }
}
