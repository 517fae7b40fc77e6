import { type RawBuilder, sql } from 'kysely'
import type { CountMethod, JobState, Principal } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { attendanceByQueue, type KnownExecutor, listExecutors, type QueueAttendance } from '../executors/executors.ts'
import { queueAttendance } from '../executors/wishes.ts'
import { queueFigures, queueMinutes, snapshots } from '../figures/tables.ts'
import type { QueueTrouble } from '../kit.ts'
import { showPrincipal } from '../operations/event.ts'
import type { Scope } from '../operations/scope.ts'
import { isPaused } from './paused.ts'
import { type QueueFacts, type QueueStatus, statusOfQueue } from './status.ts'

/** A queue as last measured, with our own record of its pause. */
export interface FactsRow {
  queue: string
  /** null: never measured; the queue is known from a cron entry or a pause. */
  as_of: string | null
  depth: { state: JobState; count: number; how: CountMethod }[] | null
  oldest_available_at: string | null
  paused: boolean
  /** The engine was queried but does not report whether the queue is paused. */
  pause_unreported: boolean
  executors: number | null
  /** Executors that report themselves and are not missing. */
  attending: number
  job_limit: number | null
  paused_at: string | null
  paused_by: Principal | null
  reason: string | null
  event_id: string | null
  due: string | null
  due_how: CountMethod | null
  oldest_due_at: string | null
  moved_at: string | null
  delay: number | null
  usual_seconds: number | null
  usual_failed: number | null
  /** Within as many minutes as make it stuck. */
  moved_lately: boolean
  stuck_minutes: number
  measured_of_stuck: number
  /** How many of the last ten minutes were measured. */
  measured_minutes: number
  /** Counts of those minutes; null: nothing was recorded in them. */
  started: string | null
  failed: string | null
}

/** A queue with everything that its status was derived from. */
export interface KnownQueue {
  row: FactsRow
  facts: QueueFacts
  status: QueueStatus
  attendance?: QueueAttendance
  /** Jobs per minute that its executors recently reported as ended; null: none of them reports. */
  endedPerMinute: number | null
}

interface QueuesAsked {
  /** Leave out the incidents about them. Default false. */
  alone?: boolean
  /** Only those that meet this condition on `page` with its `stuck_since`, `figure`, `pause` and `attending`. */
  only?: RawBuilder<boolean>
}

/** These queues in the given order, each with its status. Nothing is counted here and the engine is not queried. */
export async function readQueues(scope: Scope, names: string[], { alone = false, only }: QueuesAsked = {}): Promise<KnownQueue[]> {
  if (!names.length) return []
  const [rows, executors, troubles] = await Promise.all([readRows(scope, names, only), listExecutors(scope), alone ? [] : scope.kit.queueTroubles(scope, names.length === 1 ? names[0] : undefined)])
  const attendance = attendanceByQueue(executors)
  const ended = endedByQueue(executors)
  const troublesOf = Map.groupBy(troubles, ({ queue }) => queue)
  return rows.map((row) => {
    const attending = attendance.get(row.queue)
    const facts = factsOf(scope, row, troublesOf.get(row.queue) ?? [], attending)
    const endedPerMinute = ended.get(row.queue) ?? null
    // An engine that removes completed jobs never shows them, so what the executors report also counts as movement.
    const moving = { ...facts, movedLately: facts.movedLately || (endedPerMinute ?? 0) > 0 }
    return { row, facts: moving, status: statusOfQueue(moving, scope.now), attendance: attending, endedPerMinute }
  })
}

function endedByQueue(executors: readonly KnownExecutor[]): Map<string, number> {
  const ended = new Map<string, number>()
  for (const { health, queues, latelySeconds } of executors) {
    if (health !== 'healthy' || latelySeconds <= 0) continue
    for (const { queue, lately } of queues) ended.set(queue, (ended.get(queue) ?? 0) + ((lately.done + lately.failed) * 60) / latelySeconds)
  }
  return ended
}

/** Half an hour of measurements at least is needed for a usual rate. */
const minUsualSeconds = 1_800

function factsOf({ viewer }: Scope, row: FactsRow, troubles: QueueTrouble[], attendance: QueueAttendance | undefined): QueueFacts {
  const date = (timestamp: string | null) => (timestamp === null ? null : new Date(timestamp))
  const by = row.paused_by && showPrincipal(row.paused_by, viewer, 'view_queues', { type: 'queue', id: row.queue }).label
  return {
    asOf: date(row.as_of),
    paused: row.paused,
    pausedAt: date(row.paused_at),
    pausedBy: by ?? undefined,
    due: dueOf(row),
    oldestDueAt: row.due === null ? date(row.oldest_available_at) : date(row.oldest_due_at),
    executing: countOf(row, 'executing'),
    executors: row.executors,
    saturated: attendance !== undefined && attendance.slots !== null && attendance.slots > 0 && attendance.used >= attendance.slots,
    movedAt: date(row.moved_at),
    movedLately: row.moved_lately,
    stuckMinutes: row.stuck_minutes,
    measuredMinutes: row.measured_of_stuck,
    failures: Number(row.failed ?? 0),
    failedPerMinute: perMeasuredMinute(row, row.failed),
    usualFailedPerMinute: (row.usual_seconds ?? 0) < minUsualSeconds ? null : (row.usual_failed! * 60) / row.usual_seconds!,
    troubles,
  }
}

/** null if nothing was measured in those minutes. */
export function perMeasuredMinute({ as_of, measured_minutes }: FactsRow, count: string | null): number | null {
  return as_of === null || measured_minutes === 0 ? null : Number(count ?? 0) / measured_minutes
}

/** An engine that cannot count what is due counts at least what is available. */
export function dueOf(row: Pick<FactsRow, 'due' | 'depth'>): number {
  return row.due === null ? countOf(row, 'available') : Number(row.due)
}

function countOf({ depth }: Pick<FactsRow, 'depth'>, wanted: JobState): number {
  return depth?.find(({ state }) => state === wanted)?.count ?? 0
}

/** Rates are those of the last minutes, this many. */
const rateMinutes = 10

function readRows({ kit: { db, detector }, em, now }: Scope, names: string[], only: RawBuilder<boolean> = sql`true`): Promise<FactsRow[]> {
  const stuckMinutes = names.map((name) => detector.thresholdsOf(name).stuckMinutes)
  const ago = (minutes: RawBuilder<unknown> | number) => sql`date_trunc('minute', ${now}::timestamptz) - make_interval(mins => ${minutes})`
  const lately = sql`minute >= ${ago(rateMinutes)}`
  return query(
    em,
    sql<FactsRow>`
      with page as (
        select *, ${ago(sql`stuck_minutes`)} as stuck_since from unnest(${names}::text[], ${stuckMinutes}::int[]) with ordinality as page (queue, stuck_minutes, place)
      ),
      measured as (
        select since.minutes as back, count(distinct date_trunc('minute', at))::int as minutes
        from (select stuck_minutes from page union select ${rateMinutes}::int) since (minutes) left join ${snapshots(db)} on at >= ${ago(sql`since.minutes`)} group by 1
      )
      select page.queue, figure.as_of::text, figure.depth, figure.oldest_available_at::text, coalesce(figure.executors, attending.executors) as executors,
        coalesce(figure.job_limit, attending.slots) as job_limit, coalesce(attending.executors, 0) as attending,
        ${isPaused(db, now)} as paused, figure.queue is not null and figure.paused is null as pause_unreported,
        pause.paused_at::text, pause.paused_by, pause.reason, pause.event_id::text,
        figure.due, figure.due_how, figure.oldest_due_at::text, figure.moved_at::text, greatest(figure.delay_p95_seconds, recent.delay) as delay,
        figure.usual_seconds, figure.usual_failed, coalesce(recent.moved_at >= page.stuck_since, false) as moved_lately, recent.started, recent.failed,
        page.stuck_minutes, still.minutes as measured_of_stuck, measured.minutes as measured_minutes
      from page
      join measured on measured.back = ${rateMinutes}
      join measured still on still.back = page.stuck_minutes
      left join ${queueFigures(db)} figure using (queue)
      left join ${db.table('queue_pause')} pause using (queue)
      left join ${queueAttendance(db)} attending using (queue)
      left join (
        select queue, sum(started) filter (where ${lately}) as started, sum(failed) filter (where ${lately}) as failed, max(delay_p95_seconds) filter (where ${lately}) as delay,
          max(minute) filter (where wait_p95_seconds is not null or started > 0 or finished > 0 or failed > 0) as moved_at
        from ${queueMinutes(db)} where minute >= ${ago(Math.max(rateMinutes, ...stuckMinutes))} group by queue
      ) recent using (queue)
      where ${only} order by page.place`,
  )
}
