import { type RawBuilder, sql } from 'kysely'
import type { EventSource, EventType, Principal } from '../../schemas/index.ts'
import { type Em, query } from '../db/database.ts'
import type { SeenJob } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import { hintOfEvent, writeEvent } from './event.ts'

/** After this long, the requesting process has recorded the engine's answer, or has died. */
export const orphanSeconds = 60
const maxPerPass = 50
const maxFailures = 3

/** The number of orphaned requests, how many of them belong to bulk runs, and when the oldest was made. */
export async function countOrphans({ db, now }: Kit): Promise<{ old: number; batches: number; oldest: string | null }> {
  const [row] = await query(
    db.em(),
    sql<{ old: number; batches: number; oldest: string | null }>`
      select count(*)::int as old, count(bulk_id)::int as batches, min(requested_at)::text as oldest from ${db.table('open_request')}
      where requested_at < ${now()}::timestamptz - make_interval(secs => ${orphanSeconds})`,
  )
  return row!
}

interface OrphanRow {
  event_id: string
  final_event_id: string
  action: string
  event_type: EventType
  actor: Principal
  subject_type: string
  subject_id: string
  reason: string | null
  request_id: string
  source: EventSource
  preview_id: string | null
  bulk_id: string | null
  detail: { jobs?: SeenJob[]; resource?: unknown }
}

/**
 * Settles requests without a recorded outcome: the process died between calling the engine and recording its answer. Their
 * second event has the outcome `failed`, the code `orphan_request` and the current state in the engine, without a claim that the
 * change caused it. They stay open while the engine does not answer. Batches of bulk runs are left to the runner, which retries
 * them.
 */
export async function settleOrphans(kit: Kit): Promise<number> {
  let settled = 0
  const failures: unknown[] = []
  for (const orphan of await listOrphans(kit)) {
    try {
      // The engine is queried before the transaction, so that no transaction of ours waits for an engine that hangs.
      const engineShows = await readEngineState(kit, orphan)
      if (!(await kit.db.transact((em) => settle(kit, em, orphan, engineShows)))) continue
      settled += 1
      const about = hintOfEvent({ subject: { type: orphan.subject_type, id: orphan.subject_id }, metadata: { resource: orphan.detail.resource } })
      for (const topic of ['audit', 'jobs', 'queues', 'overview']) kit.publishHint({ ...about, topic })
    } catch (error) {
      // An orphan that cannot be read does not hold up the others, unless several fail.
      if (failures.push(error) >= maxFailures) break
    }
  }
  if (failures.length) throw failures[0]
  return settled
}

function isOrphan({ now }: Kit): RawBuilder<unknown> {
  return sql`coalesce((detail ->> 'renewedAt')::timestamptz, requested_at) < ${now()}::timestamptz - make_interval(secs => ${orphanSeconds}) and bulk_id is null`
}

function listOrphans(kit: Kit): Promise<OrphanRow[]> {
  return query(kit.db.em(), sql<OrphanRow>`select * from ${kit.db.table('open_request')} where ${isOrphan(kit)} order by requested_at limit ${maxPerPass}`)
}

/** False if another process has recorded the outcome, or has renewed the request because it is still waiting. */
async function settle(kit: Kit, em: Em, orphan: OrphanRow, engineShows: unknown): Promise<boolean> {
  const claimed = await query(em, sql`delete from ${kit.db.table('open_request')} where event_id = ${orphan.event_id} and ${isOrphan(kit)} returning event_id`)
  if (!claimed.length) return false
  await writeEvent(kit.db, em, {
    id: orphan.final_event_id,
    action: orphan.action,
    eventType: orphan.event_type,
    outcome: 'failed',
    code: 'orphan_request',
    actor: orphan.actor,
    subject: { type: orphan.subject_type, id: orphan.subject_id },
    reason: orphan.reason ?? undefined,
    source: orphan.source,
    requestId: orphan.request_id,
    previewId: orphan.preview_id ?? undefined,
    metadata: {
      requested: orphan.event_id,
      resource: orphan.detail.resource,
      note: 'The process that called the engine ended before it could record the answer; whether the change was made is unknown.',
      engineShows,
    },
  })
  return true
}

async function readEngineState({ engine }: Kit, { detail, subject_type: type, subject_id: id }: OrphanRow): Promise<unknown> {
  if (type === 'queue') return engine.readQueue(id)
  const requested = detail.jobs ?? []
  if (!requested.length) return undefined
  const jobs = new Map((await engine.read(requested.map((job) => job.id))).map((job) => [job.id, job]))
  return requested.map(({ id: job, version }) => {
    const current = jobs.get(job)
    return { job, state: current?.state ?? 'missing', changedSince: current?.version !== version }
  })
}
