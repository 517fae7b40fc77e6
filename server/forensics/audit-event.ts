import { type AuditEvent, type Bundle, type NextPath, subjectPath } from '../../schemas/index.ts'
import { findEvents, getEvent } from '../audit/list.ts'
import { OpsError } from '../error.ts'
import type { Scope } from '../operations/scope.ts'
import { auditPath, forensicsHref, unknownBundle } from './bundle.ts'
import { describeEvent, eventItem, newestFirst } from './chronology.ts'

/** One event, with the other events of its subject around that time. */
export async function eventBundle(scope: Scope, id: string): Promise<Bundle> {
  const { allowed } = await scope.viewer.can('view_audit', { type: 'page', id: 'audit' })
  if (!allowed) return unknownBundle(scope, { type: 'audit_event', id }, 'You may not see audit events.', ['audit events'])
  const event = await findEvent(scope, id)
  if (!event) return unknownBundle(scope, { type: 'audit_event', id }, 'Supply the id of an audit event that you may see.')
  const around = await eventsAround(scope, event)
  const related = around.filter(({ requestId, id }) => requestId === event.requestId && id !== event.id)
  return {
    subject: { type: 'audit_event', id, label: `${event.eventType} of ${event.subject.id}`, href: `${scope.kit.base}${subjectPath('audit_event', id)}` },
    diagnosis: {
      status: event.outcome === 'succeeded' ? 'resolved' : 'needs_review',
      title: `${describeEvent(event)}.`,
      detail: `${event.subject.type}:${event.subject.id}, ${event.occurredAt}, from ${event.source}, request ${event.requestId}.`,
      provenance: 'durable',
    },
    completeness: { state: 'complete', reasons: ['The event is one append-only row, written together with the change it records.'] },
    chronology: newestFirst(around.map((each) => eventItem(scope, each))),
    linkedResources: [subjectLink(scope, event), ...related.map((each) => eventLink(scope, each))],
    nextPaths: nextPaths(scope, event),
    runbook: {
      title: 'Read one event',
      whyNow: event.outcome === 'succeeded' ? 'This change was made.' : `This attempt was refused: ${event.code ?? 'no code'}.`,
      prerequisites: [{ label: 'The event exists', met: true }],
      cautions: ['Events in the same minute are not necessarily related.'],
      steps: ['Compare before and after.', "Open the subject's own timeline."],
    },
    followUp: followUpOf(related),
    withheld: [],
    asOf: scope.now.toISOString(),
  }
}

async function findEvent(scope: Scope, id: string): Promise<AuditEvent | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return null
  return getEvent(scope, id).catch((error: unknown) => {
    if (error instanceof OpsError && error.code === 'not_found') return null
    throw error
  })
}

/** Events of the same subject up to 15 minutes before and after. */
async function eventsAround(scope: Scope, { subject, occurredAt }: AuditEvent): Promise<AuditEvent[]> {
  const at = Date.parse(occurredAt)
  const window = { from: new Date(at - 900_000).toISOString(), to: new Date(at + 900_000).toISOString() }
  return (await findEvents(scope, { subjectType: subject.type, subjectId: subject.id, ...window }, { limit: 50, surface: 'view_forensics' })).items
}

function subjectLink(scope: Scope, { subject: { type, id } }: AuditEvent) {
  return { type, id, label: id, href: forensicsHref(scope, type, id) }
}

function eventLink(scope: Scope, { id, eventType }: AuditEvent) {
  return { type: 'audit_event', id, label: `${eventType}, same request`, href: forensicsHref(scope, 'audit_event', id) }
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
