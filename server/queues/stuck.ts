import { sql } from 'kysely'
import type { Principal } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import type { Scope } from '../operations/scope.ts'
import { isPaused } from './paused.ts'
import { visibleQueues } from './read.ts'

/** A queue with jobs to do in which none was started for so long. */
export const stuckMinutes = 10
/** Of those minutes, how many somebody must have measured before anything is said. */
const measuredMinutes = stuckMinutes - 2
const freshSeconds = 60
const most = 500

/** A queue in which nothing moves, and which of the two it is. */
export interface StillQueue {
  queue: string
  why: 'paused' | 'stuck'
  asOf: string
  /** When it was paused, or since when its oldest job could have been started. */
  since?: string
  available?: number
  pausedBy?: Principal
  reason?: string
}

interface Row {
  queue: string
  as_of: string | null
  paused: boolean
  paused_at: string | null
  paused_by: Principal | null
  reason: string | null
  oldest: string | null
  available: string | null
}

/** Queues in which nothing moves, of those that the viewer may see; from what was measured, and nothing from old figures. */
export async function listStillQueues(scope: Scope, only?: string): Promise<StillQueue[]> {
  const rows = await visibleQueues(scope, await readRows(scope, only))
  return rows.map(({ queue, as_of, paused, paused_at, paused_by, reason, oldest, available }) => ({
    queue,
    why: paused ? 'paused' : 'stuck',
    asOf: iso(as_of) ?? scope.now.toISOString(),
    since: iso(paused ? paused_at : oldest),
    available: available === null ? undefined : Number(available),
    pausedBy: paused_by ?? undefined,
    reason: reason ?? undefined,
  }))
}

/** Waits are those of first attempts only; a queue that works off retries shows by what ends in it that it moves. */
function readRows({ kit: { db }, em, now }: Scope, only?: string): Promise<Row[]> {
  const minutesAgo = sql`date_trunc('minute', ${now}::timestamptz) - make_interval(mins => ${stuckMinutes})`
  return query(
    em,
    sql<Row>`
      with figures as (
        select coalesce(figure.queue, pause.queue) as queue, figure.as_of, figure.oldest_available_at, pause.paused_at, pause.paused_by, pause.reason,
          ${isPaused(db)} as paused,
          (select (state ->> 'count')::bigint from jsonb_array_elements(figure.depth) state where state ->> 'state' = 'available') as available
        from ${db.table('queue_figure')} figure full join ${db.table('queue_pause')} pause using (queue)
        where ${only === undefined ? sql`true` : sql`coalesce(figure.queue, pause.queue) = ${only}`}
      ), measured as (
        select count(distinct date_trunc('minute', at)) as minutes from ${db.table('snapshot')} where at >= ${minutesAgo}
      )
      select queue, as_of::text, paused, paused_at::text, paused_by, reason, oldest_available_at::text as oldest, available::text
      from figures, measured
      where paused or (
        available > 0 and oldest_available_at < ${minutesAgo} and measured.minutes >= ${measuredMinutes}
        and as_of > ${now}::timestamptz - make_interval(secs => ${freshSeconds})
        and not exists (
          select from ${db.table('queue_minute')} started
          where started.queue = figures.queue and started.minute >= ${minutesAgo}
            and (started.wait_p95_seconds is not null or started.finished > 0 or started.failed > 0)))
      order by queue limit ${most}`,
  )
}

function iso(timestamp: string | null): string | undefined {
  return timestamp === null ? undefined : new Date(timestamp).toISOString()
}
