import { sql } from 'kysely'
import { z } from 'zod'
import type { CountMethod, JobState, Principal, Queue } from '../../schemas/index.ts'
import { cursorCodec } from '../cursor.ts'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'
import { isPaused } from './paused.ts'
import { showQueue } from './show.ts'

export interface QueueList {
  items: Queue[]
  nextCursor?: string
  withheld: number
  asOf: string
}

/** A queue as it was last measured, with our own knowledge of its pause. */
export interface QueueRow {
  queue: string
  /** null: never measured; a cron entry or a pause names it. */
  as_of: string | null
  depth: { state: JobState; count: number; how: CountMethod }[] | null
  oldest_available_at: string | null
  paused: boolean | null
  executors: number | null
  job_limit: number | null
  paused_at: string | null
  paused_by: Principal | null
  reason: string | null
  event_id: string | null
  series: MinuteRow[] | null
}

export interface MinuteRow {
  at: string
  finished: number
  failed: number
  waiting: number | null
  wait: number | null
}

/** One page by name, from what the snapshotter wrote; nothing is counted here and no engine is asked. */
export async function listQueues(scope: Scope, asked: { name?: string; limit: number; cursor?: string }): Promise<QueueList> {
  const rows = await listQueueRows(scope, { ...asked, after: (await cursors.parse(scope.kit.db, asked.cursor))?.queue })
  const visible = await visibleQueues(scope, rows)
  const last = rows.length === asked.limit ? rows.at(-1) : undefined
  return {
    items: await Promise.all(visible.map((row) => showQueue(scope, row))),
    nextCursor: await cursors.write(scope.kit.db, last && { queue: last.queue }),
    withheld: rows.length - visible.length,
    asOf: scope.now.toISOString(),
  }
}

/** One queue that the viewer may see, or null. */
export async function findQueue(scope: Scope, name: string): Promise<Queue | null> {
  const [row] = await visibleQueues(scope, await listQueueRows(scope, { exactly: name, limit: 1 }))
  return row ? showQueue(scope, row) : null
}

export async function visibleQueues<Row extends { queue: string }>({ viewer }: Scope, rows: Row[]): Promise<Row[]> {
  const answers = await Promise.all(rows.map(({ queue }) => viewer.can('view_queues', { type: 'queue', id: queue, queue })))
  return rows.filter((_row, index) => answers[index]!.allowed)
}

interface RowsAsked {
  name?: string
  exactly?: string
  after?: string
  limit: number
}

/** Minutes without a row of the queue were quiet if somebody measured at all, and are left out if nobody did. */
function listQueueRows({ kit: { db }, em, now }: Scope, { name, exactly, after, limit }: RowsAsked): Promise<QueueRow[]> {
  const conditions = [
    sql`true`,
    ...(name === undefined ? [] : [sql`position(lower(${name}) in lower(queue)) > 0`]),
    ...(exactly === undefined ? [] : [sql`queue = ${exactly}`]),
    ...(after === undefined ? [] : [sql`queue > ${after}`]),
  ]
  return query(
    em,
    sql<QueueRow>`
      with minutes as (
        select distinct date_trunc('minute', at) as minute from ${db.table('snapshot')}
        where at >= date_trunc('minute', ${now}::timestamptz) - interval '1 hour' and at < date_trunc('minute', ${now}::timestamptz)
      ), page as (
        select queue from (
          select queue from ${db.table('queue_figure')}
          union select queue from ${db.table('queue_pause')}
          union select queue from ${db.table('cron_entry')} where retired_at is null
        ) known
        where ${sql.join(conditions, sql` and `)} order by queue limit ${limit}
      )
      select page.queue, figure.as_of::text, figure.depth, figure.oldest_available_at::text, figure.executors, figure.job_limit,
        ${isPaused(db)} as paused,
        pause.paused_at::text, pause.paused_by, pause.reason, pause.event_id::text,
        (select json_agg(json_build_object(
            'at', minutes.minute, 'finished', coalesce(of.finished, 0), 'failed', coalesce(of.failed, 0),
            'waiting', case when of.queue is null then 0 else of.waiting end, 'wait', of.wait_p95_seconds) order by minutes.minute)
          from minutes left join ${db.table('queue_minute')} of on of.queue = page.queue and of.minute = minutes.minute
          where figure.queue is not null) as series
      from page
      left join ${db.table('queue_figure')} figure using (queue)
      left join ${db.table('queue_pause')} pause using (queue)
      order by page.queue`,
  )
}

const cursors = cursorCodec('queues', z.strictObject({ queue: z.string().max(400) }))
