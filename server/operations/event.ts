import { type RawBuilder, sql } from 'kysely'
import type { AuditEvent, AuditOutcome, EventSource, EventType, Executed, Principal } from '../../schemas/index.ts'
import { type Database, type Em, isoMicroseconds, query } from '../db/database.ts'
import type { PublishedHint } from '../db/hint.ts'
import type { DisplayContext } from '../host/display.ts'
import type { Viewer } from '../host/viewer.ts'
import { uuidv7 } from '../uuid.ts'

const dayMs = 86_400_000

/** An event about to be written. */
export interface NewEvent {
  id?: string
  action: string
  eventType: EventType
  outcome: AuditOutcome
  code?: string
  actor: Principal
  subject: { type: string; id: string }
  reason?: string
  before?: Record<string, unknown>
  after?: Record<string, unknown>
  source: EventSource
  requestId: string
  previewId?: string
  bulkId?: string
  /** For an event of a bulk run: ids of the jobs it is about. */
  jobs?: string[]
  metadata?: Record<string, unknown>
}

/** An event as stored. */
export interface EventRow {
  id: string
  occurred_at: string
  action: string
  event_type: EventType
  outcome: AuditOutcome
  code: string | null
  actor_id: string
  actor_type: string
  actor_label: string
  subject_type: string
  subject_id: string
  reason: string | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  source: EventSource
  request_id: string
  preview_id: string | null
  bulk_id: string | null
  /** Left out by queries that do not need the ids. */
  jobs?: string[] | null
  metadata: Record<string, unknown>
}

/**
 * The audit log, for the FROM clause of statements in other folders, with the columns of `EventRow`. Only this folder writes
 * it, through `writeEvent`.
 */
export function auditEvents(db: Database): RawBuilder<unknown> {
  return db.table('audit_event')
}

/**
 * The last day of the log. Both ends, and computed here rather than in the statement, so that the planner leaves out the partitions
 * of all other months; the later one is far enough ahead for any difference between clocks.
 */
export function lastDayOfEvents(now: Date): { from: Date; to: Date } {
  return { from: new Date(now.getTime() - dayMs), to: new Date(now.getTime() + dayMs) }
}

/** Writes one event, in the transaction of the change that it records. */
export async function writeEvent(db: Database, em: Em, event: NewEvent): Promise<EventRow> {
  const { actor, subject } = event
  const [row] = await query(
    em,
    sql<EventRow>`
      insert into ${db.table('audit_event')}
        (id, action, event_type, outcome, code, actor_id, actor_type, actor_label, subject_type, subject_id,
         reason, before, after, source, request_id, preview_id, bulk_id, jobs, metadata)
      values (${event.id ?? uuidv7()}, ${event.action}, ${event.eventType}, ${event.outcome}, ${event.code ?? null},
        ${actor.id}, ${actor.type}, ${actor.label}, ${subject.type}, ${subject.id},
        ${event.reason ?? null}, ${json(event.before)}, ${json(event.after)}, ${event.source},
        ${event.requestId}, ${event.previewId ?? null}, ${event.bulkId ?? null}, ${event.jobs ?? null}, ${json(event.metadata ?? {})})
      returning id, occurred_at, action, event_type, outcome, code, actor_id, actor_type, actor_label, subject_type, subject_id,
        reason, before, after, source, request_id, preview_id, bulk_id, metadata`,
  )
  // `returning` leaves out the ids, of which there may be a thousand.
  return { ...row!, jobs: event.jobs ?? null }
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

/** A hint about a new event, for those who may see it. */
export function hintOfEvent({ subject, actor, metadata = {} }: Pick<NewEvent, 'subject' | 'metadata'> & Partial<Pick<NewEvent, 'actor'>>): PublishedHint {
  return { topic: 'audit', about: subject, actor, resource: isRecord(metadata.resource) ? metadata.resource : undefined }
}

/** An event as this viewer may see it. */
export function showEvent(row: EventRow, viewer: Viewer, surface: DisplayContext['surface'] = 'view_audit'): AuditEvent {
  const subject = { type: row.subject_type, id: row.subject_id }
  return {
    id: row.id,
    occurredAt: isoMicroseconds(row.occurred_at),
    action: row.action,
    eventType: row.event_type,
    outcome: row.outcome,
    code: row.code ?? undefined,
    actor: showPrincipal({ id: row.actor_id, type: row.actor_type, label: row.actor_label }, viewer, surface, subject),
    subject,
    reason: showText('reason', row.reason, viewer, surface, subject),
    before: showState(row.before, viewer, surface, subject),
    after: showState(row.after, viewer, surface, subject),
    source: row.source,
    requestId: row.request_id,
    previewId: row.preview_id ?? undefined,
    bulkId: row.bulk_id ?? undefined,
    jobs: row.jobs?.length,
    metadata: showState(showTags(row.metadata, viewer, surface, subject), viewer, surface, subject) ?? {},
  }
}

/** The recorded resource contains the job's tags, which go through the display policy as `job_meta`, as on the job's page. */
function showTags(
  metadata: Record<string, unknown>,
  viewer: Viewer,
  surface: DisplayContext['surface'],
  subject: DisplayContext['subject'],
): Record<string, unknown> {
  const { resource } = metadata
  if (!isRecord(resource) || !Array.isArray(resource.tags) || !resource.tags.length) return metadata
  return { ...metadata, resource: { ...resource, tags: viewer.show('job_meta', resource.tags, surface, subject) } }
}

/** The response to an executed operation, also to every repeat of the request. */
export function showExecuted(row: EventRow, viewer: Viewer): Executed {
  const event = showEvent(row, viewer)
  const { result } = event.metadata
  return { event, result: isRecord(result) ? result : {} }
}

/** The display policy may replace the label; the id stays, because filters and evidence rely on it. */
export function showPrincipal(
  principal: Principal,
  viewer: Viewer,
  surface: DisplayContext['surface'],
  subject?: DisplayContext['subject'],
): Principal {
  const label = viewer.show('actor_label', principal.label, surface, subject)
  return { ...principal, label: typeof label === 'string' ? label : principal.id }
}

export function showText(
  kind: 'reason' | 'job_error',
  text: string | null | undefined,
  viewer: Viewer,
  surface: DisplayContext['surface'],
  subject?: DisplayContext['subject'],
): string | undefined {
  if (text === null || text === undefined) return undefined
  const shown = viewer.show(kind, text, surface, subject)
  return typeof shown === 'string' ? shown : JSON.stringify(shown)
}

/**
 * `before` and `after` contain values that have display policies of their own. Those are applied first, so that arguments hidden
 * on the cron page are not readable in the audit log.
 */
export function showState(
  state: Record<string, unknown> | null | undefined,
  viewer: Viewer,
  surface: DisplayContext['surface'],
  subject?: DisplayContext['subject'],
): Record<string, unknown> | undefined {
  if (!state) return undefined
  const inner = Object.fromEntries(
    Object.entries(state).map(([key, value]) => {
      const kind = innerKinds[key]
      return [key, kind && value !== null ? viewer.show(kind, value, surface, subject) : value]
    }),
  )
  const shown = viewer.show('audit_state', inner, surface, subject)
  return isRecord(shown) ? shown : { value: shown }
}

const innerKinds: Record<string, 'cron_args' | 'reason' | 'job_error' | 'actor_label' | 'incident_evidence' | undefined> = {
  args: 'cron_args',
  reason: 'reason',
  pauseReason: 'reason',
  pausedBy: 'actor_label',
  acknowledgedBy: 'actor_label',
  assignedTo: 'actor_label',
  silencedBy: 'actor_label',
  lastError: 'job_error',
  error: 'job_error',
  // Of an incident: what was measured, in a few words.
  title: 'incident_evidence',
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
