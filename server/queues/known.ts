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

/** Read once per unit of work: one request needs the names for several things, and there may be thousands. */
const namesRead = new WeakMap<Em, Promise<string[]>>()

/** Names of all queues that were measured, were paused or are used by a cron entry, in order. All of them are read from the primary, because rights are decided by them. */
export function listQueueNames(reading: Reading, wanted: QueueNames = {}): Promise<string[]> {
  if (wanted.name !== undefined || wanted.exactly !== undefined) return readNames(reading, wanted)
  let names = namesRead.get(reading.em)
  if (!names) namesRead.set(reading.em, (names = readNames({ ...reading, em: reading.kit.db.primary(reading.em) }, {})))
  return names
}

async function readNames({ kit: { db }, em }: Reading, { name, exactly }: QueueNames): Promise<string[]> {
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

type Asking = Reading & { viewer: Viewer }

/**
 * Queues whose jobs the viewer may not see. Searches exclude them up front, so that order, counts, cursors and the amount of
 * work are the same as if these queues did not exist. A host that refuses every queue has rules of another kind, e.g. by tag:
 * in that case nothing is excluded up front. Either way, each job is authorized individually.
 */
export async function listHiddenQueues(scope: Asking): Promise<string[]> {
  const [names, refused] = await Promise.all([listQueueNames(scope), listRefusedQueues(scope)])
  return refused.length < names.length ? refused : []
}

/** Every known queue whose jobs the host refuses, even if it refuses all of them. */
export function listRefusedQueues(scope: Asking): Promise<string[]> {
  return refusedIn(scope, 'view_jobs')
}

/** Every known queue whose own page and figures the host refuses. */
export function listUnseenQueues(scope: Asking): Promise<string[]> {
  return refusedIn(scope, 'view_queues')
}

type Refused = Partial<Record<'view_jobs' | 'view_queues', Promise<string[]>>>

/** The host's answers, too, are collected once per unit of work. */
const refusedRead = new WeakMap<Viewer, { em: Em; refused: Refused }>()

function refusedIn(scope: Asking, view: keyof Refused): Promise<string[]> {
  let read = refusedRead.get(scope.viewer)
  if (read?.em !== scope.em) refusedRead.set(scope.viewer, (read = { em: scope.em, refused: {} }))
  return (read.refused[view] ??= askAbout(scope, view))
}

async function askAbout(scope: Asking, view: keyof Refused): Promise<string[]> {
  const names = await listQueueNames(scope)
  const allowed = new Set(await visible(scope.viewer, names, view, (queue) => ({ type: 'queue', id: queue, queue })))
  return names.filter((name) => !allowed.has(name))
}
