import type { AuditEvent, AuditFilters } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { writeEvent } from '../operations/event.ts'
import { csvLine, type ExportFormat, ndjsonLine } from '../operations/export-lines.ts'
import { replicaScope } from '../operations/replica-scope.ts'
import { type Scope, traceOf } from '../operations/scope.ts'
import { eventReader, requireShown } from './list.ts'

const batch = 500

/** The export itself is recorded in the audit log before the first byte is sent. */
export async function exportEvents(scope: Scope, format: ExportFormat, filters: AuditFilters, surface: 'export' | 'cli' = 'export') {
  const { kit, em, viewer } = scope
  if (!viewer.principal) throw new OpsError('unattributable_actor', 'Your account cannot be named in evidence, so it may not export.')
  requireShown(viewer, filters)
  const row = await writeEvent(
    kit.db,
    em,
    {
      action: 'export_audit_events',
      eventType: 'audit.exported',
      outcome: 'succeeded',
      actor: viewer.principal,
      subject: { type: 'audit_log', id: format },
      source: scope.source,
      requestId: scope.requestId,
      metadata: { ...traceOf(scope), filters },
    },
  )
  kit.publishHint({ topic: 'audit', about: { type: 'audit_log', id: format }, actor: viewer.principal })
  const reading = kit.db.replica ? (await replicaScope(scope, await kit.db.replica.mark())).scope : scope
  return lines([reading, scope], format, filters, surface, { at: row.occurred_at, id: row.id })
}

interface Place {
  at: string
  id: string
}

/**
 * Keyset pagination, starting at the export's own event: events committed later belong to the next export. It reads from the first
 * scope, and if that is the replica and it fails, continues from the second, the primary.
 */
async function* lines([scope, primary]: [Scope, Scope], format: ExportFormat, filters: AuditFilters, surface: 'export' | 'cli', start: Place) {
  if (format === 'csv') yield csvLine(columns)
  let reader = await eventReader(scope, filters, { surface })
  const readBatch = async (after: Place) => {
    const rows = await reader.read(after, batch)
    return { rows, events: (await reader.show(rows)).map(({ shown }) => shown) }
  }
  for (let after = start; ; ) {
    const { rows, events } = await readBatch(after).catch(async (error: unknown) => {
      if (scope === primary || !scope.kit.db.replica!.blame(error)) throw error
      reader = await eventReader(primary, filters, { surface })
      return readBatch(after)
    })
    yield events.map(format === 'csv' ? (event) => csvLine(cellsOf(event)) : ndjsonLine).join('')
    const last = rows.at(-1)
    if (!last || rows.length < batch) return
    after = { at: last.occurred_at, id: last.id }
  }
}

const columns = [
  'id', 'occurredAt', 'action', 'eventType', 'outcome', 'code', 'actorId', 'actorType', 'actorLabel',
  'subjectType', 'subjectId', 'reason', 'before', 'after', 'source', 'requestId', 'previewId', 'bulkId', 'metadata',
]

function cellsOf(event: AuditEvent): unknown[] {
  const { actor, subject } = event
  return [
    event.id, event.occurredAt, event.action, event.eventType, event.outcome, event.code, actor.id, actor.type, actor.label,
    subject.type, subject.id, event.reason, event.before, event.after, event.source, event.requestId, event.previewId,
    event.bulkId, event.metadata,
  ]
}
