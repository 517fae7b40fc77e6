import { createHash } from 'node:crypto'
import { type AuditEvent, evidencePath, incidentClasses, type IncidentClassName, subjectPath, type SubjectType, subjectTypes } from '../../schemas/index.ts'
import { textOf } from './text.ts'

export interface PagerDutyOptions {
  /** The integration's key. */
  routingKey: string
  /** The URL of the pages, e.g. `https://admin.example.com/ops/jobs`. Without it there is no link. */
  base?: string
}

/** A request of PagerDuty's Events API v2. */
export interface PagerDutyEvent {
  routing_key: string
  event_action: 'trigger' | 'acknowledge' | 'resolve'
  dedup_key: string
  payload?: { summary: string; source: string; severity: 'critical' | 'error' | 'warning' | 'info'; timestamp: string; class?: string; component?: string; custom_details: Record<string, unknown> }
  links?: { href: string; text: string }[]
}

const actions: Readonly<Record<string, PagerDutyEvent['event_action']>> = {
  'incident.opened': 'trigger',
  'incident.reopened': 'trigger',
  'incident.still_open': 'trigger',
  'incident.unsilenced': 'trigger',
  'incident.silence_ended': 'trigger',
  'incident.silenced': 'acknowledge',
  'incident.resolved': 'resolve',
}

const maxSummary = 1_024
const maxKey = 255

/**
 * An event about an incident as a request for PagerDuty: all events of one incident have the same `dedup_key`. Undefined for every
 * other event, because a repair must not page anybody. Pure.
 *
 * @example
 * { name: 'pager', url: 'https://events.pagerduty.com/v2/enqueue', secrets: [], format: (event) => pagerDutyEvent(event, { routingKey }) }
 */
export function pagerDutyEvent(event: AuditEvent, { routingKey, base }: PagerDutyOptions): PagerDutyEvent | undefined {
  const { eventType, subject } = event
  const action = actions[eventType]
  if (subject.type !== 'incident' || !action) return undefined
  const common = { routing_key: routingKey, event_action: action, dedup_key: keyOf(subject.id) }
  if (action !== 'trigger') return common
  const { about, happened, queue, since, flapping } = textOf(event)
  const name = String(event.metadata.class)
  return {
    ...common,
    payload: {
      summary: cut(`${about}${flapping ? ' (keeps opening and resolving)' : ''}`, maxSummary),
      source: cut(queue ?? 'ops-powertools', maxSummary),
      severity: severityOf(name),
      timestamp: since ?? event.occurredAt,
      ...(Object.hasOwn(incidentClasses, name) && { class: name }),
      ...(queue !== undefined && { component: queue }),
      custom_details: { event: event.id, happened, incident: subject.id },
    },
    ...(base !== undefined && { links: [{ href: base.replace(/\/+$/, '') + subjectHref(subject.type, subject.id), text: 'Open the incident' }] }),
  }
}

function subjectHref(type: string, id: string): string {
  return Object.hasOwn(subjectTypes, type) ? subjectPath(type as SubjectType, id) : evidencePath(type, id)
}

/** A key that is too long is hashed whole: cut off, two incidents could share it. */
function keyOf(id: string): string {
  const key = `ops-powertools/incident/${id}`
  return key.length <= maxKey ? key : `ops-powertools/incident/${createHash('sha256').update(id).digest('hex')}`
}

function severityOf(name: string): 'critical' | 'error' | 'warning' {
  if (!Object.hasOwn(incidentClasses, name)) return 'error'
  const { status } = incidentClasses[name as IncidentClassName]
  return status === 'blocked' ? 'critical' : status === 'waiting' ? 'warning' : 'error'
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`
}
