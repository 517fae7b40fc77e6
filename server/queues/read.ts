import { sql } from 'kysely'
import { z } from 'zod'
import type { CountMethod, JobState, Principal, Queue } from '../../schemas/index.ts'
import { cursorCodec } from '../cursor.ts'
import { query } from '../db/database.ts'
import { queueAttendance } from '../executors/wishes.ts'
import { queueFigures, queueMinutes, snapshots } from '../figures/tables.ts'
import type { Resource } from '../host/auth.ts'
import { visible } from '../host/visible.ts'
import { listQueueNames, type QueueNames } from './known.ts'
import type { Scope } from '../operations/scope.ts'
import { isPaused } from './paused.ts'
import { showQueue } from './show.ts'
import { recentColumns } from './status.ts'

export interface QueueList {
  items: Queue[]
  nextCursor?: string
  asOf: string
}

/** A queue as last measured, with our own record of its pause. */
export interface QueueRow {
  queue: string
  /** null: never measured; the queue is known from a cron entry or a pause. */
  as_of: string | null
  depth: { state: JobState; count: number; how: CountMethod }[] | null
  oldest_available_at: string | null
  paused: boolean | null
  /** The engine was queried but does not report whether the queue is paused. */
  pause_unreported: boolean
  executors: number | null
  /** Executors that report themselves and would obey. */
  attending: number
  job_limit: number | null
  paused_at: string | null
  paused_by: Principal | null
  reason: string | null
  event_id: string | null
  series: MinuteRow[] | null
  moved_lately: boolean
  measured_minutes: number
}

export interface MinuteRow {
  at: string
  finished: number
  failed: number
  waiting: number | null
  wait: number | null
}

/**
 * One page by name, from the snapshotter's figures; nothing is counted here and the engine is not queried. Names are filtered
 * by visibility first, so that no page reveals queues that the viewer may not see.
 */
export async function listQueues(scope: Scope, { name, limit, cursor }: { name?: string; limit: number; cursor?: string }): Promise<QueueList> {
  const after = await cursors.parse(scope.kit.db, cursor)
  const names = (await visibleNames(scope, { name })).filter((queue) => after === undefined || queue > after.queue)
  const rows = await listQueueRows(scope, names.slice(0, limit))
  return {
    items: await Promise.all(rows.map((row) => showQueue(scope, row))),
    nextCursor: await cursors.write(scope.kit.db, names.length > limit ? { queue: names[limit - 1]! } : undefined),
    asOf: scope.now.toISOString(),
  }
}

/** One queue that the viewer may see, or null. */
export async function findQueue(scope: Scope, name: string): Promise<Queue | null> {
  const [row] = await listQueueRows(scope, await visibleNames(scope, { exactly: name }))
  return row ? showQueue(scope, row) : null
}

/** Ordered by code unit, independent of the database's collation. */
async function visibleNames(scope: Scope, asked: QueueNames): Promise<string[]> {
  const names = await listQueueNames(scope, asked)
  return (await visible(scope.viewer, names, 'view_queues', queueResource)).toSorted((a, b) => (a < b ? -1 : 1))
}

export function visibleQueues<Row extends { queue: string }>({ viewer }: Scope, rows: Row[]): Promise<Row[]> {
  return visible(viewer, rows, 'view_queues', ({ queue }) => queueResource(queue))
}

function queueResource(queue: string): Resource {
  return { type: 'queue', id: queue, queue }
}

/** A minute without a row for the queue was quiet if there was any measurement in it; otherwise it is left out. */
function listQueueRows({ kit: { db }, em, now }: Scope, names: string[]): Promise<QueueRow[]> {
  return query(
    em,
    sql<QueueRow>`
      with minutes as (
        select distinct date_trunc('minute', at) as minute from ${snapshots(db)}
        where at >= date_trunc('minute', ${now}::timestamptz) - interval '1 hour' and at < date_trunc('minute', ${now}::timestamptz)
      )
      select page.queue, figure.as_of::text, figure.depth, figure.oldest_available_at::text, coalesce(figure.executors, attending.executors) as executors,
        coalesce(figure.job_limit, attending.slots) as job_limit, coalesce(attending.executors, 0) as attending,
        ${isPaused(db)} as paused, figure.queue is not null and figure.paused is null as pause_unreported,
        ${recentColumns(db, now, 'page.queue')},
        pause.paused_at::text, pause.paused_by, pause.reason, pause.event_id::text,
        (select json_agg(json_build_object(
            'at', minutes.minute, 'finished', coalesce(of.finished, 0), 'failed', coalesce(of.failed, 0),
            'waiting', case when of.queue is null then 0 else of.waiting end, 'wait', of.wait_p95_seconds) order by minutes.minute)
          from minutes left join ${queueMinutes(db)} of on of.queue = page.queue and of.minute = minutes.minute
          where figure.queue is not null) as series
      from unnest(${names}::text[]) with ordinality as page (queue, place)
      left join ${queueFigures(db)} figure using (queue)
      left join ${db.table('queue_pause')} pause using (queue)
      left join ${queueAttendance(db)} attending using (queue)
      order by page.place`,
  )
}

const cursors = cursorCodec('queues', z.strictObject({ queue: z.string().max(400) }))
