import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { type AuditEvent, type AuditFilters, type AuditListFilters, type ViewAction, viewOfSubject } from '../../schemas/index.ts'
import { cursorCodec, cursorInstant } from '../cursor.ts'
import { query } from '../db/database.ts'
import { OpsError } from '../error.ts'
import { hidden } from '../host/display.ts'
import { type FullPage, fillPage } from '../host/full-page.ts'
import { isSameActor, type Viewer } from '../host/viewer.ts'
import { keepAllowed } from '../host/visible.ts'
import { findRunFacts } from '../operations/bulk/facts.ts'
import { findVisibleRuns } from '../operations/bulk/rights.ts'
import { auditEvents, type EventRow, showEvent } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { filterConditions } from './filter.ts'
import { visibilityConditions } from './visibility.ts'

/** The view that authorizes an event, and hints about it. */
export function viewOfEvents(subjectType: string): ViewAction {
  return viewOfSubject(subjectType) ?? 'view_audit'
}

/** All columns except the job ids of a bulk run's event: there may be a thousand, and a list needs only their number. */
const columns = sql.raw(
  `id, occurred_at, action, event_type, outcome, code, actor_id, actor_type, actor_label, subject_type, subject_id, reason, before, after,
   source, request_id, preview_id, bulk_id, metadata, cardinality(jobs) as job_count`,
)

/** An event row as selected for lists. */
export type ListedRow = EventRow & { job_count: number | null }

export interface AuditPage {
  items: AuditEvent[]
  nextCursor?: string
  asOf: string
}

/** One page, newest first. The cursor is the last event read, so inserts above it change nothing below. */
export async function listEvents(scope: Scope, filters: AuditListFilters, limit: number, cursor?: string): Promise<AuditPage> {
  requireShown(scope.viewer, filters)
  const after = await cursors.parse(scope.kit.db, cursor)
  const { items, next } = await findEvents(scope, filters, { limit, after })
  return { items: await addRuns(scope, items), nextCursor: await cursors.write(scope.kit.db, next), asOf: scope.now.toISOString() }
}

interface EventsAsked {
  limit: number
  after?: Position
  surface?: Surface
  /** The result of `visibilityConditions`, if one request makes several lists. */
  visibility?: RawBuilder<unknown>[]
  /** Only events of these types, which no filter of the API can say. */
  types?: string[]
  /** Leave out what this product did by itself, but for events of these types. */
  systemOnly?: string[]
}

/** The newest matching events that the viewer may see; `next` is set if there are more. */
export async function findEvents(scope: Scope, filters: AuditListFilters, { limit, after, surface = 'view_audit', visibility }: EventsAsked): Promise<FullPage<AuditEvent, Position>> {
  const { read, show } = await eventReader(scope, filters, { surface, visibility })
  return fillPage({
    limit,
    after,
    read,
    show,
    placeOf: (row: ListedRow) => ({ at: row.occurred_at, id: row.id }),
  })
}

/** The same events before the display policy, for a caller that counts them and shows a few of them with `showListed`. */
export async function findEventRows(scope: Scope, filters: Omit<AuditFilters, 'q'>, { limit, visibility, types, systemOnly }: Pick<EventsAsked, 'limit' | 'visibility' | 'types' | 'systemOnly'>): Promise<FullPage<ListedRow, Position>> {
  const { read } = await eventReader(scope, filters, {
    surface: 'view_audit',
    visibility: [
      ...(visibility ?? (await visibilityConditions(scope))),
      ...(types ? [sql`event_type = any(${types}::text[])`] : []),
      ...(systemOnly ? [sql`(source <> 'system' or event_type = any(${systemOnly}::text[]))`] : []),
    ],
  })
  return fillPage({
    limit,
    read,
    show: async (rows) => (await visibleRows(scope, rows)).map((row) => ({ row, shown: row })),
    placeOf: (row: ListedRow) => ({ at: row.occurred_at, id: row.id }),
  })
}

type Surface = 'view_audit' | 'view_forensics' | 'export' | 'cli'

/** Finding events by a word of their reason reveals that word, so a viewer cannot search for what they would not be shown. */
export function requireShown(viewer: Viewer, { q }: AuditFilters): void {
  if (q === undefined || viewer.show('reason', q, 'view_audit') === q) return
  throw new OpsError('forbidden', 'query.q: searches reasons, which are hidden from you, and a match would reveal them.')
}

export async function getEvent(scope: Scope, id: string): Promise<AuditEvent> {
  const conditions = [sql`id = ${id}`, ...(await visibilityConditions(scope))]
  const [row] = await query(scope.em, sql<ListedRow>`select ${columns} from ${auditEvents(scope.kit.db)} where ${sql.join(conditions, sql` and `)}`)
  const [found] = row ? await visibleEvents(scope, [row], 'view_audit') : []
  if (!found) throw new OpsError('not_found', `No audit event ${id} that you may see.`, { values: { type: 'audit_event', id } })
  return (await addRuns(scope, [found.shown]))[0]!
}

/** Each event about a bulk run gets the run's numbers of now, if the viewer may see the whole run. */
async function addRuns(scope: Scope, events: AuditEvent[]): Promise<AuditEvent[]> {
  const ids = events.flatMap(({ subject }) => (subject.type === 'bulk' ? [subject.id] : []))
  if (ids.length === 0) return events
  const runs = await findRunFacts(scope, ids)
  return events.map((event) => ({ ...event, run: runs.get(event.subject.type === 'bulk' ? event.subject.id : '') }))
}

/** Reads the matching events, newest first, chunk by chunk. */
export interface EventReader {
  /** The rows after `after`. Hidden subjects are excluded in the query, so that pages stay full and cost the same whatever others do. */
  read(after: Position | undefined, limit: number): Promise<ListedRow[]>
  /** The events of `rows` that the viewer may see. */
  show(rows: ListedRow[]): Promise<FoundEvent[]>
}

/** Visibility is computed once, however many chunks a page takes. */
export async function eventReader(scope: Scope, filters: AuditListFilters, { surface, visibility }: { surface: Surface; visibility?: RawBuilder<unknown>[] }): Promise<EventReader> {
  const table = auditEvents(scope.kit.db)
  visibility ??= await visibilityConditions(scope, { ofOneJob: filters.subjectType === 'job' })
  const conditions = [...(await filterConditions(scope, filters)), ...visibility]
  return {
    read(after, limit) {
      // The plain comparison lets the planner skip partitions, which it does not do for the row comparison.
      const behind = after ? [sql`occurred_at <= ${after.at}::timestamptz`, sql`(occurred_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`] : []
      const all = [...conditions, ...behind]
      const where = all.length ? sql`where ${sql.join(all, sql` and `)}` : sql``
      return query(scope.em, sql<ListedRow>`select ${columns} from ${table} event ${where} order by occurred_at desc, id desc limit ${limit}`)
    },
    show: (rows) => matchingEvents(scope, rows, filters, surface),
  }
}

interface FoundEvent {
  row: ListedRow
  shown: AuditEvent
}

/** Events that the viewer may see. With a search text: only those whose displayed reason still matches. */
async function matchingEvents(scope: Scope, rows: ListedRow[], { q, subjectType }: AuditFilters, surface: Surface): Promise<FoundEvent[]> {
  const found = await visibleEvents(scope, rows, surface, subjectType === 'job')
  const changed = q === undefined ? [] : found.filter(({ row, shown }) => shown.reason !== row.reason)
  if (q === undefined || !changed.length) return found
  const matches = await query(
    scope.em,
    sql<{ matches: boolean }>`
      select ${scope.kit.db.table('reason_words')}(reason) @@ plainto_tsquery('simple', ${q}) as matches
      from unnest(${changed.map(({ shown }) => shown.reason ?? '')}::text[]) with ordinality as shown (reason, place) order by place`,
  )
  const dropped = new Set(changed.filter((_event, index) => !matches[index]!.matches))
  return found.filter((event) => !dropped.has(event))
}

async function visibleEvents(scope: Scope, rows: ListedRow[], surface: Surface, ofOneJob = false): Promise<FoundEvent[]> {
  return (await visibleRows(scope, rows, ofOneJob)).map((row) => ({ row, shown: showListed(row, scope.viewer, surface) }))
}

/** Events of subjects that the viewer may see; the host authorizes each resource. */
async function visibleRows(scope: Scope, rows: ListedRow[], ofOneJob = false): Promise<ListedRow[]> {
  const runs = await findVisibleRuns(scope, rows.filter(isOfRun).map((row) => ({ id: row.subject_id, queues: resourceOf(row).queues })))
  const whole = new Set(await keepAllowed(rows, async (row) => (isOfRun(row) ? runs.has(row.subject_id) : maySeeEvent(scope, row))))
  // A viewer who may see the job learns that the run included it, but nothing about the run's other queues.
  const seen = rows.filter((row) => whole.has(row) || (ofOneJob && isOfRun(row)))
  return seen.map((row) => (whole.has(row) ? row : withoutRun(row)))
}

function isOfRun({ subject_type }: ListedRow): boolean {
  return subject_type === 'bulk'
}

function withoutRun(row: ListedRow): ListedRow {
  return { ...row, reason: null, before: null, after: null, job_count: null, metadata: { note: 'It was part of a bulk run that includes jobs from queues you may not see.' } }
}

/** Exports and attempts without a subject belong to the log itself: they are authorized as such, except the viewer's own. */
async function maySeeEvent({ viewer }: Scope, row: ListedRow): Promise<boolean> {
  const view = viewOfSubject(row.subject_type)
  if (!view && isOwn(row, viewer)) return true
  return (await viewer.can(viewOfEvents(row.subject_type), { ...resourceOf(row), type: row.subject_type, id: row.subject_id })).allowed
}

function isOwn({ actor_id: id, actor_type: type }: ListedRow, { principal }: Viewer): boolean {
  return principal !== null && isSameActor(principal, { id, type })
}

/** Filters used by another actor may name what the viewer may not see. */
export function showListed(row: ListedRow, viewer: Viewer, surface: Surface = 'view_audit'): AuditEvent {
  const event = { ...showEvent(row, viewer, surface), jobs: row.job_count ?? undefined }
  if (event.metadata.filters === undefined || isOwn(row, viewer)) return event
  return { ...event, metadata: { ...event.metadata, filters: hidden } }
}

function resourceOf({ metadata }: EventRow): { queue?: string; worker?: string; tags?: string[]; queues?: string[] } {
  const resource = metadata.resource
  return typeof resource === 'object' && resource !== null ? resource : {}
}

/** The last event of the previous page. */
interface Position {
  at: string
  id: string
}

const cursors = cursorCodec<Position>('audit events', z.strictObject({ at: cursorInstant, id: z.uuid() }))
