import type { AuditEvent } from '../../schemas/index.ts'
import { readRows, visibleEvents } from '../audit/list.ts'
import type { Scope } from '../operations/scope.ts'

const most = 200

/** What ended in the last day: pauses that were lifted. Counted up to a limit, never over the whole log. */
export async function readResolved(scope: Scope): Promise<{ events: AuditEvent[]; capped: boolean }> {
  const from = new Date(scope.now.getTime() - 86_400_000).toISOString()
  const rows = await readRows(scope, { eventType: 'cron.resumed', outcome: 'succeeded', from }, most)
  return { events: await visibleEvents(rows, scope.viewer, 'view_audit'), capped: rows.length === most }
}
