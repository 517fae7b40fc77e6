import type { AuditEvent } from '../../schemas/index.ts'
import { findEvents } from '../audit/list.ts'
import { pageOf } from '../host/auth.ts'
import type { Scope } from '../operations/scope.ts'

const maxEvents = 100

/** The audit events of a subject. */
export interface Trail {
  events: AuditEvent[]
  withheld: string[]
  /** Why the events may be incomplete. */
  gaps: string[]
}

export async function listTrail(scope: Scope, subjectType: string, subjectId: string): Promise<Trail> {
  const { allowed } = await scope.viewer.can('view_audit', pageOf('view_audit'))
  if (!allowed) return { events: [], withheld: ['audit events'], gaps: ['Audit events are withheld from you.'] }
  const { items, next } = await findEvents(scope, { subjectType, subjectId }, { limit: maxEvents, surface: 'view_forensics' })
  return {
    events: items,
    withheld: [],
    gaps: next ? [`Only the newest ${maxEvents} audit events are shown.`] : [],
  }
}
