import type { AuditEvent } from '../../schemas/index.ts'
import { findEvents } from '../audit/list.ts'
import { visibilityConditions } from '../audit/visibility.ts'
import type { Scope } from '../operations/scope.ts'

const maxEvents = 200

/** Pauses lifted in the last day. Counted up to a limit, never over the whole log. */
export async function listResolved(scope: Scope, eventTypes: string[]): Promise<{ events: AuditEvent[]; capped: boolean }> {
  const from = new Date(scope.now.getTime() - 86_400_000).toISOString()
  const visibility = await visibilityConditions(scope)
  const pages = await Promise.all(eventTypes.map((eventType) => findEvents(scope, { eventType, outcome: 'succeeded', from }, { limit: maxEvents, visibility })))
  const events = pages.flatMap(({ items }) => items)
  return { events: events.toSorted((a, b) => (a.occurredAt < b.occurredAt ? 1 : -1)), capped: pages.some(({ next }) => next !== undefined) }
}
