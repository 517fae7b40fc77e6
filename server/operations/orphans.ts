import { type RawBuilder, sql } from 'kysely'
import type { EventSource, Principal } from '../../schemas/index.ts'
import { type Em, query } from '../db/database.ts'
import type { SeenJob } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import { hintOfEvent, writeEvent } from './event.ts'

/** By then whoever asked has had the engine's answer, or is gone. */
export const orphanSeconds = 60
const atOnce = 50
const maxFailures = 3

/** Requests without an end for so long, how many of them are of bulk runs, and since when the oldest waits. */
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
  event_type: string
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
 * Requests whose end nobody told: the process died between asking the engine and writing down its answer. The second
 * event says `failed` with the code `orphan_request` and what the engine shows now; whether that is our doing is not claimed.
 * While the engine does not answer they stay open. Batches of a bulk run are left to the runner, which goes on with them.
 */
export async function settleOrphans(kit: Kit): Promise<number> {
  let settled = 0
  const failures: unknown[] = []
  for (const orphan of await listOrphans(kit)) {
    try {
      // Looked at before the transaction: nothing of ours waits inside one for an engine that hangs.
      const engineShows = await lookAgain(kit, orphan)
      if (!(await kit.db.transact((em) => settle(kit, em, orphan, engineShows)))) continue
      settled += 1
      const about = hintOfEvent({ subject: { type: orphan.subject_type, id: orphan.subject_id }, metadata: { resource: orphan.detail.resource } })
      for (const topic of ['audit', 'jobs', 'queues', 'overview']) kit.publishHint({ ...about, topic })
    } catch (error) {
      // One that cannot be looked at holds up no other, unless none can.
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
  return query(kit.db.em(), sql<OrphanRow>`select * from ${kit.db.table('open_request')} where ${isOrphan(kit)} order by requested_at limit ${atOnce}`)
}

/** False when somebody else has told its end, or shows that it is still waiting for it. */
async function settle(kit: Kit, em: Em, orphan: OrphanRow, engineShows: unknown): Promise<boolean> {
  const taken = await query(em, sql`delete from ${kit.db.table('open_request')} where event_id = ${orphan.event_id} and ${isOrphan(kit)} returning event_id`)
  if (!taken.length) return false
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
      note: 'The process that asked the engine ended before it could tell the answer; whether the change was made is not known.',
      engineShows,
    },
  })
  return true
}

async function lookAgain({ engine }: Kit, { detail, subject_type: type, subject_id: id }: OrphanRow): Promise<unknown> {
  if (type === 'queue') return engine.readQueue(id)
  const asked = detail.jobs ?? []
  if (!asked.length) return undefined
  const now = new Map((await engine.read(asked.map((job) => job.id))).map((job) => [job.id, job]))
  return asked.map(({ id: job, version }) => {
    const found = now.get(job)
    return { job, state: found?.state ?? 'missing', changedSince: found?.version !== version }
  })
}
