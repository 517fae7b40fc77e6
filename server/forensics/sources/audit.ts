import type { AuditEvent, TimelineMark } from '../../../schemas/index.ts'
import type { Scope } from '../../operations/scope.ts'
import { describeEvent } from '../event-words.ts'
import { forensicsHref } from '../bundle.ts'
import type { Source, SourceItem } from '../source.ts'

/** The audit events of the subject, the host's follow-ups among them. */
export const auditSource: Source = {
  key: 'audit',
  collect: (scope, { trail }) => ({ items: trail.events.map((event) => eventItem(scope, event)), gaps: trail.gaps, withheld: trail.withheld }),
}

function eventItem(scope: Scope, event: AuditEvent): SourceItem {
  return {
    id: event.id,
    at: event.occurredAt,
    label: describeEvent(event),
    detail: event.reason,
    source: 'audit',
    provenance: 'durable',
    actor: event.actor,
    outcome: event.outcome,
    ref: { type: 'audit_event', id: event.id, href: forensicsHref(scope, 'audit_event', event.id) },
    lane: 'changes',
    mark: markOf(event),
  }
}

function markOf({ outcome, actor }: AuditEvent): TimelineMark {
  if (outcome === 'denied' || outcome === 'failed') return 'refused'
  return actor.type === 'system' ? 'system_change' : 'change'
}
