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

/** `name`: part of the name, in any case. `exactly`: the whole name. */
export interface QueueNames {
  name?: string
  exactly?: string
}

/** Names of all queues that were measured, were paused or are used by a cron entry, in order. */
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
 * Queues whose jobs the viewer may not see. Searches exclude them up front, so that order, counts, cursors and the amount of
 * work are the same as if these queues did not exist. A host that refuses every queue has rules of another kind, e.g. by tag:
 * in that case nothing is excluded up front. Either way, each job is authorized individually.
 */
export async function listHiddenQueues(scope: Reading & { viewer: Viewer }, names?: string[]): Promise<string[]> {
  names ??= await listQueueNames(scope)
  const refused = await listRefusedQueues(scope, names)
  return refused.length < names.length ? refused : []
}

/** Every known queue whose jobs the host refuses, even if it refuses all of them. */
export async function listRefusedQueues(scope: Reading & { viewer: Viewer }, names?: string[]): Promise<string[]> {
  names ??= await listQueueNames(scope)
  const allowed = new Set(await visible(scope.viewer, names, 'view_jobs', (queue) => ({ type: 'queue', id: queue, queue })))
  return names.filter((name) => !allowed.has(name))
}
