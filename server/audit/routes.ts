import * as endpoints from '../../schemas/audit.ts'
import { fromReplica, handle, handleExport } from '../operations/handle.ts'
import { countEvents } from './count.ts'
import { exportEvents } from './export.ts'
import { getEvent, listEvents } from './list.ts'

export const auditHandlers = [
  fromReplica(handle(endpoints.listAuditEvents, ({ query: { limit, cursor, ...filters } }, scope) => listEvents(scope, filters, limit, cursor))),
  fromReplica(handle(endpoints.countAuditEvents, ({ query: { bounds, ...filters } }, scope) => countEvents(scope, filters, bounds))),
  handle(endpoints.getAuditEvent, ({ params }, scope) => getEvent(scope, params.id)),
  handleExport(endpoints.exportAuditEvents, async ({ query: { format, ...filters } }, scope) => ({
    file: 'audit-events',
    lines: await exportEvents(scope, format, filters),
  })),
]
