import { type AuditEvent, evidencePath, subjectPath, type SubjectType, subjectTypes } from '../../schemas/index.ts'
import type { Webhooks } from '../host/escalation.ts'
import { viewerOf } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import { type EventRow, showEvent } from '../operations/event.ts'
import { systemViewer } from '../operations/scope.ts'

/** The fields of an incident that every receiver may see: its subject and its condition, without any text written by a person. */
const openMetadata = ['class', 'title', 'scope', 'since', 'flapping'] as const
const openState = ['state', 'reopened', 'flapping', 'acknowledged', 'silenced'] as const

/**
 * An event as it may leave the server. With `showAs`, the display policy decides what that actor may see; without, everything that a
 * person wrote or a job contained is left out.
 */
export function eventToSend(kit: Kit, { showAs }: Webhooks, row: EventRow): AuditEvent {
  if (showAs) return showEvent(row, viewerOf(kit.auth, kit.displayPolicy, showAs.actor, kit.log), 'webhook')
  const { reason: _reason, before: _before, after, metadata, actor, ...event } = showEvent(row, systemViewer, 'webhook')
  const { queue, worker } = (metadata.resource ?? {}) as { queue?: string; worker?: string }
  const ofIncident = event.subject.type === 'incident'
  return {
    ...event,
    actor: { ...actor, label: actor.id },
    ...(ofIncident && after && { after: pick(after, openState) }),
    metadata: { ...(ofIncident && pick(metadata, openMetadata)), resource: { queue, worker } },
  }
}

function pick(from: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])))
}

/** The standard message: its type, its time, and the event with links to the pages about it. */
export function standardBody(event: AuditEvent, base: string | undefined): string {
  const { type, id } = event.subject
  const links = base === undefined ? undefined : { subject: base + pathOf(type, id), evidence: base + evidencePath(type, id) }
  return JSON.stringify({ type: event.eventType, timestamp: event.occurredAt, data: { ...event, links } })
}

function pathOf(type: string, id: string): string {
  return Object.hasOwn(subjectTypes, type) ? subjectPath(type as SubjectType, id) : evidencePath(type, id)
}
