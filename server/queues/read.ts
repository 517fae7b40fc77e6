import { sql } from 'kysely'
import { z } from 'zod'
import { type Queue, type QueueList, type QueueOrder, queueOrders } from '../../schemas/index.ts'
import { cursorCodec } from '../cursor.ts'
import { query } from '../db/database.ts'
import { unknownCursor } from '../engines/cursor.ts'
import { queueMinutes, snapshots } from '../figures/tables.ts'
import type { Resource } from '../host/auth.ts'
import { visible } from '../host/visible.ts'
import type { Scope } from '../operations/scope.ts'
import { type KnownQueue, readQueues } from './facts.ts'
import { listQueueNames, type QueueNames } from './known.ts'
import { comparePlaces, isQuiet, placeOf, type QueuePlace } from './order.ts'
import { showQueue } from './show.ts'
import { summarize } from './summary.ts'

export interface MinuteRow {
  at: string
  finished: number
  failed: number
  waiting: number | null
  wait: number | null
}

export interface QueuesAsked {
  name?: string
  order?: QueueOrder
  quiet?: 'no' | 'only'
  limit: number
  cursor?: string
}

/**
 * One page, from the snapshotter's figures; nothing is counted here and the engine is not queried. Names are filtered by visibility
 * first, so that no page reveals queues that the viewer may not see.
 */
export async function listQueues(scope: Scope, { name, order = 'name', quiet, limit, cursor }: QueuesAsked): Promise<QueueList> {
  const { kit: { db }, now } = scope
  const after = await parseCursor(scope, order, cursor)
  const queues = await readQueues(scope, await visibleNames(scope, { name }))
  const placed = queues
    .filter((queue) => quiet === undefined || isQuiet(queue, now) === (quiet === 'only'))
    .map((queue) => ({ queue, place: placeOf(queue, order, now) }))
    .toSorted((a, b) => comparePlaces(a.place, b.place))
  const rest = after === undefined ? placed : placed.filter(({ place }) => comparePlaces(place, after) > 0)
  const page = rest.slice(0, limit)
  return {
    items: await showAll(scope, page.map(({ queue }) => queue)),
    nextCursor: await cursors.write(db, rest.length > limit ? { order, ...page.at(-1)!.place } : undefined),
    summary: summarize(queues, now),
    asOf: now.toISOString(),
  }
}

/** One queue that the viewer may see, or null. */
export async function findQueue(scope: Scope, name: string): Promise<Queue | null> {
  const known = await findKnownQueue(scope, name)
  return known ? (await showAll(scope, [known]))[0]! : null
}

export async function findKnownQueue(scope: Scope, name: string): Promise<KnownQueue | null> {
  return (await readQueues(scope, await visibleNames(scope, { exactly: name })))[0] ?? null
}

export async function showAll(scope: Scope, queues: KnownQueue[]): Promise<Queue[]> {
  const series = await listMinutes(scope, queues.filter(({ row }) => row.as_of !== null).map(({ row }) => row.queue))
  return Promise.all(queues.map((queue) => showQueue(scope, queue, series.get(queue.row.queue) ?? [])))
}

async function visibleNames(scope: Scope, asked: QueueNames): Promise<string[]> {
  return visible(scope.viewer, await listQueueNames(scope, asked), 'view_queues', queueResource)
}

function queueResource(queue: string): Resource {
  return { type: 'queue', id: queue, queue }
}

/** A minute without a row for the queue was quiet if there was any measurement in it; otherwise it is left out. */
async function listMinutes({ kit: { db }, em, now }: Scope, names: string[]): Promise<Map<string, MinuteRow[]>> {
  const rows = await query(
    em,
    sql<{ queue: string; minutes: MinuteRow[] | null }>`
      with minutes as (
        select distinct date_trunc('minute', at) as minute from ${snapshots(db)}
        where at >= date_trunc('minute', ${now}::timestamptz) - interval '1 hour' and at < date_trunc('minute', ${now}::timestamptz)
      )
      select page.queue, (
        select json_agg(json_build_object(
            'at', minutes.minute, 'finished', coalesce(of.finished, 0), 'failed', coalesce(of.failed, 0),
            'waiting', case when of.queue is null then 0 else of.waiting end, 'wait', of.wait_p95_seconds) order by minutes.minute)
          from minutes left join ${queueMinutes(db)} of on of.queue = page.queue and of.minute = minutes.minute) as minutes
      from unnest(${names}::text[]) as page (queue)`,
  )
  return new Map(rows.map(({ queue, minutes }) => [queue, minutes ?? []]))
}

/** A cursor of another order would start anywhere. */
async function parseCursor({ kit: { db } }: Scope, order: QueueOrder, cursor: string | undefined): Promise<QueuePlace | undefined> {
  const after = await cursors.parse(db, cursor)
  if (after && after.order !== order) throw unknownCursor()
  return after
}

const cursors = cursorCodec(
  'queues',
  z.strictObject({ order: z.enum(Object.keys(queueOrders) as [QueueOrder]), key: z.array(z.number()).max(2), queue: z.string().max(400) }),
)
