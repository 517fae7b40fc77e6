import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import type { OperationRequest, Plan, Preview, PreviewStatus, Principal } from '../../schemas/index.ts'
import { type Database, type Em, query } from '../db/database.ts'
import { type PreviewRow, Preview as PreviewEntity } from '../db/entities.ts'
import { installationKey } from '../db/installation-secret.ts'
import { toRow } from '../db/row.ts'
import type { Resource } from '../host/auth.ts'
import type { Kit } from '../kit.ts'
import { uuidv7 } from '../uuid.ts'
import { showState } from './event.ts'
import type { Operation, Planned } from './operation.ts'
import type { ActingScope } from './scope.ts'

const lifetimeMinutes = 30
/** Unconfirmed previews per actor; beyond that the oldest are deleted. */
const maxUnconsumed = 200

/** Hash of everything that a preview promises. Keys are sorted, because jsonb does not preserve their order. */
export function hashPlan(request: OperationRequest, planned: Planned): string {
  const { before, after, basis, effect } = planned
  const { action, subject, input } = request
  return createHash('sha256').update(canonical({ action, subject, input, before, after, basis, effect })).digest('hex')
}

export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner) && !(inner instanceof Date)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** The plan as its actor may see it. */
export function showPlan(operation: Operation, subject: { type: string; id: string }, planned: Planned, scope: ActingScope): Plan {
  return {
    action: operation.action,
    subject: subject as Plan['subject'],
    actor: scope.principal,
    title: planned.title,
    effect: planned.effect,
    before: showState(planned.before, scope.viewer, 'preview', subject) ?? {},
    after: showState({ ...planned.after, ...planned.outlook?.() }, scope.viewer, 'preview', subject) ?? {},
    risk: planned.risk ?? operation.risk,
    cautions: planned.cautions ?? [],
    counts: planned.counts ?? { subjects: 1, jobs: 0 },
    ...(planned.selection && { selection: planned.selection }),
    ownership: 'powertools_native',
    record: {
      eventType: operation.eventType,
      subject: `${subject.type}:${subject.id}`,
      actor: scope.principal.label,
    },
  }
}

/** What a preview is about. */
interface Previewed {
  action: string
  subject: { type: string; id: string }
  input: object
  /** The authorized resource. Left out for a set of jobs, whose queues are stored with its bulk run. */
  resource?: Resource
}

/** Stores a preview, or returns the one that this actor already has for the same plan. */
export async function storePreview(scope: ActingScope, request: Previewed, plan: Plan, hash: string): Promise<PreviewRow> {
  const { kit, em, now, principal } = scope
  const table = kit.db.table('preview')
  const expiresAt = new Date(now.getTime() + lifetimeMinutes * 60_000)
  const [kept] = await query(
    em,
    sql<{ id: string }>`
      with old as (
        select id from ${table}
        where actor_type = ${principal.type} and actor_id = ${principal.id} and consumed_at is null and plan_hash <> ${hash}
        order by created_at desc offset ${maxUnconsumed - 1} for update skip locked
      ), dropped as (
        delete from ${table} where id in (select id from old)
      )
      insert into ${table} as kept
        (id, actor_type, actor_id, action, subject_type, subject_id, input, resource, plan, plan_hash, created_at, expires_at)
      values (${uuidv7()}, ${principal.type}, ${principal.id}, ${request.action},
        ${request.subject.type}, ${request.subject.id}, ${JSON.stringify(request.input)}, ${request.resource ? JSON.stringify(request.resource) : null},
        ${JSON.stringify(plan)}, ${hash}, ${now}, ${expiresAt})
      on conflict (actor_type, actor_id, plan_hash) where drifted_at is null and consumed_at is null
      do update set
        id = case when kept.expires_at <= ${now} then excluded.id else kept.id end,
        resource = excluded.resource,
        created_at = case when kept.expires_at <= ${now} then excluded.created_at else kept.created_at end,
        expires_at = case when kept.expires_at <= ${now} then excluded.expires_at else kept.expires_at end,
        -- A set that has already been frozen is kept.
        subject_id = case when kept.expires_at <= ${now} then excluded.subject_id else kept.subject_id end,
        plan = case when kept.subject_type = 'bulk' and kept.expires_at > ${now} then kept.plan else excluded.plan end
      returning *`,
  )
  return toRow(PreviewEntity, kept!)
}

/** Consumes a preview inside the transaction that makes its change; null if it is no longer ready. Serializes simultaneous executions. */
export async function consumePreview({ kit: { db }, em, now }: ActingScope, id: string, eventId: string): Promise<PreviewRow | null> {
  const [consumed] = await query(
    em,
    sql<{ id: string }>`
      update ${db.table('preview')} set consumed_at = ${now}, event_id = ${eventId}
      where id = ${id} and consumed_at is null and drifted_at is null and expires_at > ${now} returning *`,
  )
  return consumed ? toRow(PreviewEntity, consumed) : null
}

/** Invalidates a preview whose subject has changed since; nothing has been executed. */
export async function markDrifted({ kit: { db }, em, now }: ActingScope, id: string): Promise<void> {
  await query(em, sql`update ${db.table('preview')} set drifted_at = ${now}, consumed_at = null, event_id = null where id = ${id}`)
}

export function previewStatus(preview: PreviewRow, now: Date): PreviewStatus {
  if (preview.consumedAt) return 'consumed'
  if (preview.driftedAt) return 'drifted'
  return preview.expiresAt <= now ? 'expired' : 'ready'
}

export function showPreview(preview: PreviewRow, now: Date, reasonRequired: boolean): Preview {
  return {
    id: preview.id,
    status: previewStatus(preview, now),
    plan: preview.plan as unknown as Plan,
    reasonRequired,
    expiresAt: preview.expiresAt.toISOString(),
  }
}

/** A preview belongs to its actor; for everyone else it does not exist. */
export function findOwnPreview(em: Em, id: string, { type: actorType, id: actorId }: Principal): Promise<PreviewRow | null> {
  return em.findOne(PreviewEntity, { id, actorType, actorId })
}

/**
 * The secret that confirms a preview. It is derived from the preview's id and a key of the installation, so that it is not
 * stored in any table and is the same in every tab of its actor.
 */
export async function previewToken(db: Database, { id }: Pick<PreviewRow, 'id'>): Promise<string> {
  return createHmac('sha256', await installationKey(db, 'preview token')).update(id).digest('base64url')
}

export async function isTokenOf(db: Database, preview: Pick<PreviewRow, 'id'>, given: string): Promise<boolean> {
  const [a, b] = [Buffer.from(given), Buffer.from(await previewToken(db, preview))]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Deletes expired idempotency keys. Everything lasting is in the audit log. */
export async function deleteOldKeys({ db, now }: Kit): Promise<void> {
  await query(db.em(), sql`delete from ${db.table('idempotency_key')} where expires_at < ${now()}::timestamptz`)
}
