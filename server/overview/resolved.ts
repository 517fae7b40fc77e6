import type { AuditEvent } from '../../schemas/index.ts'
import { readRows, visibleEvents } from '../audit/list.ts'
import type { Scope } from '../operations/scope.ts'

const most = 200

/** What ended in the last day: pauses that were lifted. Counted up to a limit, never over the whole log. */
export async function listResolved(scope: Scope, eventTypes: string[]): Promise<{ events: AuditEvent[]; capped: boolean }> {
  const from = new Date(scope.now.getTime() - 86_400_000).toISOString()
  const read = await Promise.all(eventTypes.map((eventType) => readRows(scope, { eventType, outcome: 'succeeded', from }, most)))
  const events = await visibleEvents(read.flat(), scope.viewer, 'view_audit')
  return { events: events.toSorted((a, b) => (a.occurredAt < b.occurredAt ? 1 : -1)), capped: read.some((rows) => rows.length === most) }
}
