import type { AuditFilters, BulkOutcome, EndpointName, JobFilters } from '../../schemas/index.ts'
import { exportEvents } from '../audit/export.ts'
import { exportJobs } from '../jobs/export.ts'
import { exportItems } from '../operations/bulk/export.ts'
import type { ExportFormat } from '../operations/export-lines.ts'
import type { Scope } from '../operations/scope.ts'
import type { HandlerInput } from './handlers.ts'

export interface Export {
  /** Name of the file without its time and ending. */
  file: string
  lines: AsyncIterable<string>
  /** Told in a header when not everything was searched. */
  searched?: string
}

type Open = (input: HandlerInput & { format: ExportFormat; filters: unknown }, scope: Scope) => Promise<Export>

/** Every endpoint that answers a file. */
export const exporters: Partial<Record<EndpointName, Open>> = {
  exportAuditEvents: async ({ format, filters }, scope) => ({
    file: 'audit-events',
    lines: await exportEvents(scope, format, filters as AuditFilters),
  }),
  exportBulkItems: async ({ format, params, filters }, scope) => ({
    file: 'bulk-outcomes',
    lines: await exportItems(scope, (params as { id: string }).id, format, (filters as { outcome?: BulkOutcome }).outcome),
  }),
  exportJobs: async ({ format, filters }, scope) => ({ file: 'jobs', ...(await exportJobs(scope, format, filters as JobFilters)) }),
}
