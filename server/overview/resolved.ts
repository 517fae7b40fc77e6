import type { AuditEvent } from '../../schemas/index.ts'
import { findEventRows, showListed } from '../audit/list.ts'
import { visibilityConditions } from '../audit/visibility.ts'
import type { Scope } from '../operations/scope.ts'

const maxEvents = 200
const maxShown = 3

/** Pauses lifted in the last day. */
export interface Resolved {
  /** Counted up to a limit for each type of event, never over the whole log. */
  count: number
  capped: boolean
  /** The newest, as examples. */
  newest: AuditEvent[]
  onlyQueues: boolean
}

export const noResolved: Resolved = { count: 0, capped: false, newest: [], onlyQueues: true }

/** Counts hundreds of events and shows three, so only those go through the display policy. */
export async function listResolved(scope: Scope, eventTypes: string[]): Promise<Resolved> {
  const from = new Date(scope.now.getTime() - 86_400_000).toISOString()
  const visibility = await visibilityConditions(scope)
  const pages = await Promise.all(eventTypes.map((eventType) => findEventRows(scope, { eventType, outcome: 'succeeded', from }, { limit: maxEvents, visibility })))
  const rows = pages.flatMap(({ items }) => items).toSorted((a, b) => (a.occurred_at < b.occurred_at ? 1 : -1))
  return {
    count: rows.length,
    capped: pages.some(({ next }) => next !== undefined),
    newest: rows.slice(0, maxShown).map((row) => showListed(row, scope.viewer)),
    onlyQueues: rows.every(({ subject_type }) => subject_type === 'queue'),
  }
}
