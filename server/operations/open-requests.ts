import { sql } from 'kysely'
import { type Principal, viewOfSubject } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { lastDayOfEvents } from './event.ts'
import { orphanSeconds } from './orphans.ts'
import type { Scope } from './scope.ts'

/** The oldest are listed. */
export const maxRequests = 200

/** A change that was requested from the engine and whose outcome is unknown. */
export interface OrphanRequest {
  eventId: string
  action: string
  subject: { type: string; id: string }
  actor: Principal
  at: string
  /** What was authorized, if it has more than the subject. */
  queue?: string
  worker?: string
}

interface Row {
  event_id: string
  action: string
  subject_type: string
  subject_id: string
  actor: Principal
  requested_at: string
  /** The resource that was authorized. */
  resource: { queue?: string; worker?: string; tags?: string[] } | null
}

/**
 * Orphaned requests about subjects that the viewer may see, oldest first: those still open, and those settled within the last
 * day with an unknown outcome, unless a later operation on the same subject has succeeded. Requests of a bulk run are reported
 * by the run.
 */
export async function listOrphanRequests({ kit: { db }, em, now, viewer }: Scope): Promise<OrphanRequest[]> {
  const { from, to } = lastDayOfEvents(now)
  const rows = await query(
    em,
    sql<Row>`
      (select event_id::text, action, subject_type, subject_id, actor, requested_at::text, detail -> 'resource' as resource from ${db.table('open_request')}
       where requested_at < ${now}::timestamptz - make_interval(secs => ${orphanSeconds}) and bulk_id is null)
      union all
      (select id::text, action, subject_type, subject_id, jsonb_build_object('id', actor_id, 'type', actor_type, 'label', actor_label), occurred_at::text, metadata -> 'resource'
       from ${db.table('audit_event')} orphan
       where outcome = 'failed' and code = 'orphan_request' and occurred_at > ${from}::timestamptz and occurred_at < ${to}::timestamptz and not exists (
         select from ${db.table('audit_event')} later
         where later.subject_type = orphan.subject_type and later.subject_id = orphan.subject_id and later.occurred_at > orphan.occurred_at
           and later.occurred_at > ${from}::timestamptz and later.occurred_at < ${to}::timestamptz and later.outcome = 'succeeded'))
      order by 6 limit ${maxRequests}`,
  )
  const answers = await Promise.all(
    rows.map(({ subject_type: type, subject_id: id, resource }) =>
      viewer.can(viewOfSubject(type) ?? 'view_audit', { ...(type === 'queue' && { queue: id }), ...resource, type, id }),
    ),
  )
  return rows
    .filter((_row, index) => answers[index]!.allowed)
    .map((row) => ({
      eventId: row.event_id,
      action: row.action,
      subject: { type: row.subject_type, id: row.subject_id },
      actor: row.actor,
      at: new Date(row.requested_at).toISOString(),
      queue: row.subject_type === 'queue' ? row.subject_id : row.resource?.queue,
      worker: row.resource?.worker,
    }))
}
