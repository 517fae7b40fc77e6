import type { AuditFilters } from '../../schemas/index.ts'
import type { Scope } from '../operations/scope.ts'
import { getEvent, listEvents } from './list.ts'

export const auditHandlers = {
  listAuditEvents: ({ query }: { query: AuditFilters & { limit: number; cursor?: string } }, scope: Scope) => {
    const { limit, cursor, ...filters } = query
    return listEvents(scope, filters, limit, cursor)
  },
  getAuditEvent: ({ params }: { params: { id: string } }, scope: Scope) => getEvent(scope, params.id),
}
