import { sql } from 'kysely'
import { z } from 'zod'
import { type DeliveryFailure, type DeliveryState, type Permission, viewOfSubject, type WebhookDelivery } from '../../schemas/index.ts'
import { cursorCodec, cursorInstant } from '../cursor.ts'
import { query } from '../db/database.ts'
import { fillPage } from '../host/full-page.ts'
import type { Viewer } from '../host/viewer.ts'
import { keepAllowed } from '../host/visible.ts'
import { findVisibleRuns } from '../operations/bulk/rights.ts'
import type { Scope } from '../operations/scope.ts'
import { resourceOfDelivery, whyNotRedeliver } from './legality.ts'

export interface DeliveryRow {
  id: string
  message_id: string
  endpoint: string
  event_type: string
  subject_type: string
  subject_id: string
  resource: { queue?: string; worker?: string; tags?: string[]; queues?: string[] } | null
  state: DeliveryState
  created_at: string
  attempts: number
  next_at: string | null
  last_at: string | null
  last_status: number | null
  last_error: DeliveryFailure | null
  delivered_at: string | null
}

/** Everything except the body, which is never part of a response. */
export const deliveryColumns = sql.raw(
  `id, message_id, endpoint, event_type, subject_type, subject_id, resource, state, created_at::text, attempts, next_at::text, last_at::text, last_status, last_error, delivered_at::text`,
)

export interface DeliveryFilters {
  state?: DeliveryState
  endpoint?: string
  subjectType?: string
  subjectId?: string
}

/** One page, newest first, of the deliveries about subjects that the viewer may see. */
export async function listDeliveries(scope: Scope, { limit, cursor, ...filters }: DeliveryFilters & { limit: number; cursor?: string }) {
  const { db } = scope.kit
  const { items, next } = await fillPage<DeliveryRow, WebhookDelivery, Place>({
    limit,
    after: await cursors.parse(db, cursor),
    read: (after, count) => readRows(scope, filters, after, count),
    show: async (rows) => Promise.all((await visibleDeliveries(scope, rows)).map(async (row) => ({ row, shown: await showDelivery(scope, row) }))),
    placeOf: ({ created_at, id }) => ({ at: created_at, id }),
  })
  return { items, nextCursor: await cursors.write(db, next), asOf: scope.now.toISOString() }
}

function readRows({ kit: { db }, em }: Scope, { state, endpoint, subjectType, subjectId }: DeliveryFilters, after: Place | undefined, limit: number): Promise<DeliveryRow[]> {
  const conditions = [
    state !== undefined && sql`state = ${state}`,
    endpoint !== undefined && sql`endpoint = ${endpoint}`,
    subjectType !== undefined && sql`subject_type = ${subjectType}`,
    subjectId !== undefined && sql`subject_id = ${subjectId}`,
    after !== undefined && sql`(created_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`,
  ].filter((condition) => condition !== false)
  const where = conditions.length ? sql`where ${sql.join(conditions, sql` and `)}` : sql``
  return query(em, sql<DeliveryRow>`select ${deliveryColumns} from ${db.table('webhook_delivery')} ${where} order by created_at desc, id desc limit ${limit}`)
}

export async function visibleDeliveries(scope: Scope, rows: DeliveryRow[]): Promise<DeliveryRow[]> {
  const runs = await findVisibleRuns(scope, rows.filter(isOfRun).map(({ subject_id, resource }) => ({ id: subject_id, queues: resource?.queues })))
  return keepAllowed(rows, async (row) => (isOfRun(row) ? runs.has(row.subject_id) : maySeeSubject(scope.viewer, row)))
}

function isOfRun({ subject_type }: DeliveryRow): boolean {
  return subject_type === 'bulk'
}

/** As for the subject itself: an incident of a queue is for those who may see the queue as well. */
async function maySeeSubject(viewer: Viewer, { subject_type: type, subject_id: id, resource }: DeliveryRow): Promise<boolean> {
  const { queue, worker, tags } = resource ?? {}
  if (!(await viewer.can(viewOfSubject(type) ?? 'view_audit', { type, id, queue, worker, tags })).allowed) return false
  return type !== 'incident' || queue === undefined || (await viewer.can('view_queues', { type: 'queue', id: queue, queue })).allowed
}

async function showDelivery(scope: Scope, row: DeliveryRow): Promise<WebhookDelivery> {
  const iso = (at: string | null) => (at === null ? null : new Date(at).toISOString())
  return {
    id: row.id,
    messageId: row.message_id,
    endpoint: row.endpoint,
    eventType: row.event_type,
    subject: { type: row.subject_type, id: row.subject_id },
    state: row.state,
    createdAt: iso(row.created_at)!,
    attempts: row.attempts,
    nextAttemptAt: row.state === 'waiting' ? iso(row.next_at) : null,
    lastAttemptAt: iso(row.last_at),
    lastStatus: row.last_status,
    lastFailure: row.last_error,
    deliveredAt: iso(row.delivered_at),
    operations: { redeliver_webhook: await permissionToRedeliver(scope, row) },
  }
}

async function permissionToRedeliver(scope: Scope, row: DeliveryRow): Promise<Permission> {
  if (!scope.viewer.principal) return { allowed: false, reason: 'Your account can view but not change anything, because it cannot be named in evidence.' }
  const permission = await scope.viewer.can('redeliver_webhook', resourceOfDelivery(row))
  const reason = permission.allowed ? whyNotRedeliver(scope.kit, row) : undefined
  return reason === undefined ? permission : { allowed: false, reason }
}

interface Place {
  at: string
  id: string
}

const cursors = cursorCodec<Place>('webhook deliveries', z.strictObject({ at: cursorInstant, id: z.uuid() }))
