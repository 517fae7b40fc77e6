import { sql } from 'kysely'
import type { CountMethod, JobState } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { attendanceByQueue, type KnownExecutor, listExecutors, type QueueAttendance } from '../../executors/executors.ts'
import { engineMinutes, queueFigures, queueMinutes, snapshots } from '../../figures/tables.ts'
import { listPausedQueues } from '../../queues/paused.ts'
import type { Reading, Source } from '../sight.ts'

/** How far back the minutes of each queue are read; no threshold is longer. */
const lookbackMinutes = 60
/** Rates are over the last complete minutes, this many. */
const rateMinutes = 10

/** One queue as of its latest measurement. What happened in its last minutes is read only if a job has been due for as long as a threshold. */
export interface QueueSeen {
  name: string
  asOf: Date
  paused: boolean
  depth: { state: JobState; count: number; how: CountMethod }[]
  /** Jobs that may start now; null: there is none. */
  due: { count: number; how: CountMethod; oldestAt: Date } | null
  /** Executors that are not missing; null: neither the engine nor they themselves report them. */
  executors: number | null
  /** How many jobs its executors can run at once; null: unlimited or not reported. */
  slots: number | null
  /** How many of these slots are held, as the executors themselves report; null: they do not. */
  used: number | null
  /** How many jobs ran at once in half of the last minutes, or more; null: not measured. */
  usuallyExecuting: number | null
  /** The last minute within the last hour in which a job started or ended; null: none did. */
  movedAt: Date | null
  /** Jobs that ended per minute, lately. */
  finishedPerMinute: number
  /** Attempts that failed per minute, lately. */
  failedPerMinute: number
}

export interface QueuesSeen {
  queues: QueueSeen[]
  /** Each minute of the last hour in which the engine was measured, as milliseconds since the epoch. */
  measured: ReadonlySet<number>
}

/** Figures of every queue, with four statements regardless of their number. */
export async function readQueues(reading: Reading): Promise<Source<QueuesSeen>> {
  const { kit: { db }, em, now } = reading
  const from = new Date(Math.floor(now.getTime() / 60_000) * 60_000 - lookbackMinutes * 60_000)
  const [latest] = await query(em, sql<{ at: string | null }>`select max(at)::text as at from ${snapshots(db)} where at <= ${now}`)
  if (!latest?.at) return null
  const [measured, pausedQueues, rows, attending] = await Promise.all([
    query(em, sql<{ ms: number }>`select date_part('epoch', minute) * 1000 as ms from ${engineMinutes(db)} where minute >= ${from} and minute <= ${now}`),
    listPausedQueues(reading),
    query(em, figuresSince(reading, from)),
    readAttendance(reading),
  ])
  const paused = new Set(pausedQueues)
  const minutes = Math.max(1, measured.filter(({ ms }) => ms >= now.getTime() - rateMinutes * 60_000).length)
  return {
    asOf: new Date(latest.at),
    value: { queues: rows.map((row) => toQueue(row, { paused: paused.has(row.queue), minutes, attending: attending.get(row.queue) })), measured: new Set(measured.map(({ ms }) => ms)) },
  }
}

interface Row {
  queue: string
  as_of_ms: number
  depth: QueueSeen['depth']
  due: number | null
  due_how: CountMethod | null
  oldest_due_ms: number | null
  oldest_ms: number | null
  executors: number | null
  job_limit: number | null
  moved_ms: number | null
  executing: number | null
  finished: number | null
  failed: number | null
}

/** Instants as numbers: parsing text would cost more than the statement at a thousand queues. */
function figuresSince({ kit: { db, detector }, now }: Reading, from: Date) {
  const dueMinutes = Math.min(detector.least('stuckMinutes'), detector.least('saturatedMinutes'))
  const lately = sql`minute.minute >= ${now}::timestamptz - make_interval(mins => ${rateMinutes})`
  const ms = (value: ReturnType<typeof sql>) => sql`(date_part('epoch', ${value}) * 1000)`
  return sql<Row>`
    select figure.queue, ${ms(sql`figure.as_of`)} as as_of_ms, figure.depth, figure.due::float8 as due, figure.due_how, ${ms(sql`figure.oldest_due_at`)} as oldest_due_ms,
      ${ms(sql`figure.oldest_available_at`)} as oldest_ms, figure.executors, figure.job_limit,
      ${ms(sql`lately.moved_at`)} as moved_ms, lately.executing, lately.finished, lately.failed
    from ${queueFigures(db)} figure left join lateral (
      select max(minute.minute) filter (where minute.started > 0 or minute.wait_p95_seconds is not null or minute.finished > 0 or minute.failed > 0) as moved_at,
        (percentile_disc(0.5) within group (order by minute.executing desc) filter (where ${lately}))::float8 as executing,
        sum(minute.finished) filter (where ${lately})::float8 as finished, sum(minute.failed) filter (where ${lately})::float8 as failed
      from ${queueMinutes(db)} minute where minute.queue = figure.queue and minute.minute >= ${from} and minute.minute <= ${now}
        -- Inside, so that the minutes of the other queues are not read at all.
        and coalesce(figure.oldest_due_at, figure.oldest_available_at) <= ${now}::timestamptz - make_interval(secs => ${dueMinutes * 60})
    ) lately on true`
}

interface Around {
  paused: boolean
  /** How many of the last minutes were measured. */
  minutes: number
  attending?: Pick<QueueAttendance, 'healthy' | 'late' | 'slots' | 'used'>
}

function toQueue(row: Row, { paused, minutes, attending }: Around): QueueSeen {
  const executors = row.executors ?? (attending ? attending.healthy + attending.late : null)
  const ofEngine = row.executors !== null && row.executors > 0 && row.job_limit !== null ? row.executors * row.job_limit : null
  return {
    name: row.queue,
    asOf: new Date(row.as_of_ms),
    paused,
    depth: row.depth,
    due: dueOf(row),
    executors,
    slots: ofEngine ?? (executors ? (attending?.slots ?? null) : null),
    used: attending?.used ?? null,
    usuallyExecuting: row.executing,
    movedAt: row.moved_ms === null ? null : new Date(row.moved_ms),
    finishedPerMinute: (row.finished ?? 0) / minutes,
    failedPerMinute: (row.failed ?? 0) / minutes,
  }
}

type Attendance = [queue: string, attending: NonNullable<Around['attending']>]

/** What executors report about each queue. A queue that all its executors have left within a day has none. */
async function readAttendance(reading: Reading): Promise<Map<string, Attendance[1]>> {
  const executors: KnownExecutor[] = await listExecutors(reading, { endedHours: 24 })
  const left = executors.flatMap(({ queues }) => queues.map(({ queue }): Attendance => [queue, { healthy: 0, late: 0, slots: 0, used: 0 }]))
  return new Map<string, Attendance[1]>([...left, ...attendanceByQueue(executors)])
}

/** Where the engine does not count what is due, the jobs that are available are known to be. */
function dueOf(row: Row): QueueSeen['due'] {
  if (row.due !== null) return row.due > 0 && row.oldest_due_ms !== null ? { count: row.due, how: row.due_how ?? 'exact', oldestAt: new Date(row.oldest_due_ms) } : null
  const available = depthOf(row, 'available')
  if (row.oldest_ms === null || available?.count === 0) return null
  return { count: available?.count ?? 1, how: available?.how ?? 'capped', oldestAt: new Date(row.oldest_ms) }
}

/** How many jobs of a queue are in a state; null: not counted. */
export function depthOf({ depth }: Pick<QueueSeen, 'depth'>, state: JobState): { count: number; how: CountMethod } | null {
  return depth.find((held) => held.state === state) ?? null
}
