import { sql } from 'kysely'
import { scheduledQueues } from '../cron/made-jobs.ts'
import { type Database, type Em, query } from '../db/database.ts'
import { queueFigures } from '../figures/tables.ts'
import type { Viewer } from '../host/viewer.ts'
import { visible } from '../host/visible.ts'

interface Reading {
  kit: { db: Database }
  em: Em
}

/** A part of the name, any case, or the whole. */
export interface QueueNames {
  name?: string
  exactly?: string
}

/** Names of the queues that were measured or paused, or that a cron entry names, in order. */
export async function listQueueNames({ kit: { db }, em }: Reading, { name, exactly }: QueueNames = {}): Promise<string[]> {
  const conditions = [
    ...(name === undefined ? [] : [sql`position(lower(${name}) in lower(queue)) > 0`]),
    ...(exactly === undefined ? [] : [sql`queue = ${exactly}`]),
  ]
  const rows = await query(
    em,
    sql<{ queue: string }>`
      select queue from (
        select queue from ${queueFigures(db)}
        union select queue from ${db.table('queue_pause')}
        union ${scheduledQueues(db)}
      ) known
      ${conditions.length ? sql`where ${sql.join(conditions, sql` and `)}` : sql``} order by queue`,
  )
  return rows.map(({ queue }) => queue)
}

/**
 * Queues whose jobs the viewer may not see, to be left out of a search before it begins: then order, counts, cursors and the
 * work it takes are as if these queues were not there. A host that refuses every queue has rules of another kind, e.g. by tag:
 * for it nothing is left out beforehand, and each job is asked about, as it always is.
 */
export async function listHiddenQueues(asking: Reading & { viewer: Viewer }, names?: string[]): Promise<string[]> {
  names ??= await listQueueNames(asking)
  const refused = await listRefusedQueues(asking, names)
  return refused.length < names.length ? refused : []
}

/** Every known queue whose jobs the host refuses, also when it refuses all of them. */
export async function listRefusedQueues(asking: Reading & { viewer: Viewer }, names?: string[]): Promise<string[]> {
  names ??= await listQueueNames(asking)
  const seen = new Set(await visible(asking.viewer, names, 'view_jobs', (queue) => ({ type: 'queue', id: queue, queue })))
  return names.filter((name) => !seen.has(name))
}
