import type { BulkItem, BulkOutcome } from '../../../schemas/index.ts'
import { OpsError } from '../../error.ts'
import { writeEvent } from '../event.ts'
import { csvLine, type ExportFormat, ndjsonLine } from '../export-lines.ts'
import { type Scope, traceOf } from '../scope.ts'
import { listItems } from './items.ts'
import { getRun } from './read.ts'
import { publishRun, resourceOfRun } from './rights.ts'

const page = 1_000

/** The jobs of a run with their outcomes, as a file. The export itself is recorded as evidence before the first byte is sent. */
export async function exportItems(scope: Scope, id: string, format: ExportFormat, outcome?: BulkOutcome): Promise<AsyncIterable<string>> {
  const { kit, em, viewer } = scope
  if (!viewer.principal) throw new OpsError('unattributable_actor', 'Your account cannot be named in evidence, so it may not export.')
  const run = await getRun(scope, id)
  await writeEvent(kit.db, em, {
    action: 'export_bulk_items',
    eventType: 'bulk.exported',
    outcome: 'succeeded',
    actor: viewer.principal,
    subject: { type: 'bulk', id },
    source: scope.source,
    requestId: scope.requestId,
    bulkId: id,
    metadata: { ...traceOf(scope), format, outcome, resource: resourceOfRun(run) },
  })
  publishRun(kit, run, ['audit'])
  return lines(scope, id, format, outcome)
}

async function* lines(scope: Scope, id: string, format: ExportFormat, outcome?: BulkOutcome): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(columns)
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await listItems(scope, id, { outcome, limit: page, cursor })
    yield items.map(format === 'csv' ? (item) => csvLine(cellsOf(item)) : ndjsonLine).join('')
    if (nextCursor === undefined) return
    cursor = nextCursor
  }
}

const columns = ['id', 'queue', 'state', 'outcome', 'detail']

function cellsOf({ id, queue, state, outcome, detail }: BulkItem): unknown[] {
  return [id, queue, state, outcome, detail]
}
