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
  if (!names.length) return new Map()
  const withinHour = (column: string) => sql`${sql.ref(column)} >= date_trunc('minute', ${now}::timestamptz) - interval '1 hour' and ${sql.ref(column)} < date_trunc('minute', ${now}::timestamptz)`
  const [measured, rows] = await Promise.all([
    query(em, sql<{ at: number }>`select distinct (extract(epoch from date_trunc('minute', at)) * 1000)::float8 as at from ${snapshots(db)} where ${withinHour('at')} order by 1`),
    query(
      em,
      sql<MinuteRow & { queue: string; ms: number }>`
        select queue, (extract(epoch from minute) * 1000)::float8 as ms, finished::float8, failed::float8, waiting::float8, wait_p95_seconds as wait
        from ${queueMinutes(db)} where queue = any(${names}::text[]) and ${withinHour('minute')}`,
    ),
  ])
  const recorded = new Map(rows.map((row) => [`${row.ms} ${row.queue}`, row]))
  const minuteOf = (queue: string, ms: number): MinuteRow => {
    const { finished = 0, failed = 0, waiting = 0, wait = null } = recorded.get(`${ms} ${queue}`) ?? {}
    return { at: new Date(ms).toISOString(), finished, failed, waiting, wait }
  }
  return new Map(names.map((queue) => [queue, measured.map(({ at }) => minuteOf(queue, at))]))
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
