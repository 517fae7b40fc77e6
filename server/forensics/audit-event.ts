import { type AuditEvent, type Bundle, type NextPath, subjectPath } from '../../schemas/index.ts'
import { findEvents } from '../audit/list.ts'
import type { Scope } from '../operations/scope.ts'
import type { Asked } from './asked.ts'
import { assemble, judge } from './assemble.ts'
import { auditPath, forensicsHref, unknownBundle } from './bundle.ts'
import { describeEvent, labelOfEvent } from './event-words.ts'
import { adviceForEvent } from './runbooks/audit-event.ts'
import { runbookOf } from './runbooks/runbook.ts'
import { findEvent } from './trail.ts'

const aroundMs = 900_000
const maxAround = 50
const maxFacts = 12

/** One event, with the other events of its subject around that time. */
export async function eventBundle(scope: Scope, id: string, asked: Asked): Promise<Bundle> {
  const { allowed } = await scope.viewer.can('view_audit', { type: 'page', id: 'audit' })
  if (!allowed) return unknownBundle(scope, { type: 'audit_event', id }, 'You may not see audit events.', ['audit events'])
  const event = await findEvent(scope, id)
  if (!event) return unknownBundle(scope, { type: 'audit_event', id }, 'Supply the id of an audit event that you may see.')
  const window = windowAround(event)
  const around = await eventsAround(scope, event, window)
  const facts = { subject: { type: 'audit_event', id }, since: window.from, trail: { events: around, gaps: [], withheld: [] }, about: {} }
  const { shared } = await assemble(scope, facts, { ...window, before: asked.before, limit: asked.limit }, asked, ['changes'])
  const related = around.filter(({ requestId, id }) => requestId === event.requestId && id !== event.id)
  return {
    subject: { type: 'audit_event', id, label: `${event.eventType} of ${event.subject.id}`, href: `${scope.kit.base}${subjectPath('audit_event', id)}` },
    diagnosis: {
      status: event.outcome === 'succeeded' ? 'resolved' : 'needs_review',
      title: `${describeEvent(event)}.`,
      detail: `${event.subject.type}:${event.subject.id}, ${event.occurredAt}, from ${event.source}, request ${event.requestId}.`,
      provenance: 'durable',
    },
    evidence: { before: factsOf(event.before), after: factsOf(event.after) },
    completeness: judge({ reasons: [], gaps: [], complete: 'The event is one append-only row, written together with the change it records.' }),
    ...shared,
    linkedResources: [subjectLink(scope, event), ...related.map((each) => eventLink(scope, each))],
    nextPaths: nextPaths(scope, event),
    runbook: runbookOf(scope, adviceForEvent(event), { key: 'audit_event', subject: facts.subject, completeness: { state: 'complete' } }),
    followUp: followUpOf(related),
    asOf: scope.now.toISOString(),
  }
}

/** The recorded state, field by field, as the display policy has left it. */
function factsOf(state: AuditEvent['before']): { label: string; value: string }[] | undefined {
  const facts = Object.entries(state ?? {}).slice(0, maxFacts).map(([label, value]) => ({ label, value: typeof value === 'string' ? value : value === null ? 'none' : JSON.stringify(value) }))
  return facts.length ? facts : undefined
}

/** Events of the same subject up to 15 minutes before and after. */
async function eventsAround(scope: Scope, { subject }: AuditEvent, { from, to }: { from: Date; to: Date }): Promise<AuditEvent[]> {
  const filters = { subjectType: subject.type, subjectId: subject.id, from: from.toISOString(), to: to.toISOString() }
  return (await findEvents(scope, filters, { limit: maxAround, surface: 'view_forensics' })).items
}

function windowAround({ occurredAt }: AuditEvent): { from: Date; to: Date } {
  const at = Date.parse(occurredAt)
  return { from: new Date(at - aroundMs), to: new Date(at + aroundMs) }
}

function subjectLink(scope: Scope, { subject: { type, id } }: AuditEvent) {
  return { type, id, label: id, href: forensicsHref(scope, type, id) }
}

function eventLink(scope: Scope, event: AuditEvent) {
  const { id } = event
  return { type: 'audit_event', id, label: `${labelOfEvent(event)}, same request`, href: forensicsHref(scope, 'audit_event', id) }
}

function nextPaths(scope: Scope, event: AuditEvent): NextPath[] {
  return [
    {
      order: 1,
      ownership: 'powertools_native',
      ownershipLabel: 'Powertools-native',
      posture: 'Audited action',
      label: `Open the timeline of ${event.subject.id}`,
      href: forensicsHref(scope, event.subject.type, event.subject.id),
    },
    auditPath(scope, event.subject, 2),
  ]
}

/** The newest result of the host's escalation handler among `events`, if any. */
export function followUpOf(events: AuditEvent[]): Bundle['followUp'] {
  const followUp = events.find(({ eventType }) => eventType === 'host.follow_up')
  if (!followUp) return undefined
  const { status, detail } = followUp.metadata
  return {
    status: status === 'invoked' ? 'invoked' : 'failed',
    detail: typeof detail === 'string' ? detail : undefined,
    at: followUp.occurredAt,
  }
}
