import type { Job, JobFilters } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { writeEvent } from '../operations/event.ts'
import { csvLine, type ExportFormat, ndjsonLine } from '../operations/export-lines.ts'
import { type Scope, traceOf } from '../operations/scope.ts'
import { filtersInEvidence } from './evidence.ts'
import { listPage, type ShownPage } from './pages.ts'

const batch = 200

export interface JobExport {
  lines: AsyncIterable<string>
  /** The searched window, if a filter had no index and the search was bounded. */
  searched?: string
}

/**
 * Matching jobs, newest first, page by page, each authorized and through the display policy. The first page is read before the
 * response starts, and the export is recorded in the audit log before the first byte is sent.
 */
export async function exportJobs(scope: Scope, format: ExportFormat, filters: JobFilters, surface: 'export' | 'cli' = 'export'): Promise<JobExport> {
  const { kit, em, viewer } = scope
  if (!viewer.principal) throw new OpsError('unattributable_actor', 'Your account cannot be named in evidence, so it may not export.')
  const read = (cursor?: string) => listPage(scope, filters, { order: 'newest', limit: batch, cursor, surface })
  const first = await read()
  await writeEvent(kit.db, em, {
    action: 'export_jobs',
    eventType: 'jobs.exported',
    outcome: 'succeeded',
    actor: viewer.principal,
    subject: { type: 'job_list', id: format },
    source: scope.source,
    requestId: scope.requestId,
    metadata: { ...traceOf(scope), filters: filtersInEvidence(filters) },
  })
  kit.publishHint({ topic: 'audit', about: { type: 'job_list', id: format }, actor: viewer.principal })
  return { lines: writeLines(format, first, read), searched: first.searched }
}

async function* writeLines(format: ExportFormat, first: ShownPage, read: (cursor: string) => Promise<ShownPage>): AsyncIterable<string> {
  if (format === 'csv') yield csvLine([...columns])
  const line = format === 'csv' ? (job: Job) => csvLine(cellsOf(job)) : ndjsonLine
  for (let page = first; ; page = await read(page.nextCursor)) {
    if (page.jobs.length) yield page.jobs.map(line).join('')
    if (page.nextCursor === undefined) return
  }
}

const columns = [
  'id', 'queue', 'worker', 'state', 'engineState', 'attempt', 'maxAttempts', 'priority', 'createdAt', 'dueAt', 'startedAt',
  'finishedAt', 'executor', 'tags', 'args', 'error',
] as const satisfies (keyof Job)[]

function cellsOf(job: Job): unknown[] {
  return columns.map((column) => job[column])
}
