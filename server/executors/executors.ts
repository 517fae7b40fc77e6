import { sql } from 'kysely'
import type { ExecutorHealth } from '../../schemas/executor-words.ts'
import { type Database, type Em, query } from '../db/database.ts'
import type { ReportedQueue } from '../db/entities.ts'
import { healthOf } from './health.ts'
import { silenceOf } from './silence.ts'

/** What the server knows about its executors, made for other folders. Nothing here queries the engine. */

export interface Reading {
  kit: { db: Database }
  em: Em
}

/** A worker process. */
export interface KnownExecutor {
  id: string
  name: string
  host: string
  pid: number | null
  version: string | null
  /** The engine whose workers it runs, e.g. `pg-boss`. */
  engine: string
  health: ExecutorHealth
  startedAt: Date
  /** By the database's clock, as all times here. */
  beatAt: Date
  endedAt: Date | null
  silentSeconds: number
  /** Slots that all its queues share; null if each queue has its own. */
  slots: number | null
  queues: ReportedQueue[]
  /** What `done` and `failed` of its queues are about, and what `lately` is about. */
  seconds: number
  latelySeconds: number
  /** The jobs it had in hand at its last beat, by queue. */
  held: HeldOfQueue[]
}

export interface HeldOfQueue {
  queue: string
  count: number
  /** When the one held longest was taken. */
  oldestAt: string
}

interface Row {
  id: string
  name: string
  host: string
  pid: number | null
  version: string | null
  engine: string
  started_at: string
  beat_at: string
  ended_at: string | null
  silent: number
  slots: number | null
  queues: ReportedQueue[]
  seconds: number
  lately_seconds: number
  held: HeldOfQueue[] | null
}

/** More are not read; a list that is cut off keeps those that beat last. */
const maxExecutors = 5_000

export interface ExecutorsAsked {
  /** Only those that serve it. */
  queue?: string
  ids?: string[]
  /** Also those that signed off within so many hours. Default 0. */
  endedHours?: number
}

/**
 * Executors with their health. One that has been missing for more than a day is left out, unless it is asked for by id.
 */
export async function listExecutors({ kit: { db }, em }: Reading, { queue, ids, endedHours = 0 }: ExecutorsAsked = {}): Promise<KnownExecutor[]> {
  const conditions = [
    ...(queue === undefined ? [] : [sql`queues @> ${JSON.stringify([{ queue }])}::jsonb`]),
    ids === undefined
      ? sql`(ended_at is null and beat_at > clock_timestamp() - interval '1 day' or ended_at > clock_timestamp() - make_interval(hours => ${endedHours}))`
      : sql`id = any(${ids}::uuid[])`,
  ]
  const rows = await query(
    em,
    sql<Row>`
      select id, name, host, pid, version, engine, started_at::text, beat_at::text, ended_at::text, slots, queues, seconds, lately_seconds,
        ${silenceOf(db)} as silent, (
          select json_agg(json_build_object('queue', queue, 'count', count, 'oldestAt', oldest)) from (
            select queue, count(*) as count, min(started_at) as oldest from ${db.table('executor_job')} job where job.executor_id = executor.id group by queue) jobs) as held
      from ${db.table('executor')} executor where ${sql.join(conditions, sql` and `)} order by beat_at desc limit ${maxExecutors}`,
  )
  return rows.map(knownExecutor)
}


function knownExecutor({ started_at, beat_at, ended_at, silent, lately_seconds, held, ...row }: Row): KnownExecutor {
  return {
    ...row,
    held: held ?? [],
    startedAt: new Date(started_at),
    beatAt: new Date(beat_at),
    endedAt: ended_at === null ? null : new Date(ended_at),
    silentSeconds: silent,
    latelySeconds: lately_seconds,
    health: healthOf({ silentSeconds: silent, ended: ended_at !== null }),
  }
}

/** A job that an executor had in hand at its last beat. */
export interface HeldJob {
  jobId: string
  queue: string
  worker: string | null
  attempt: number | null
  startedAt: Date
  executorId: string
}

/** Jobs in hand, the longest first. */
export async function listHeldJobs({ kit: { db }, em }: Reading, asked: { executors?: string[]; queue?: string; jobs?: string[]; limit?: number } = {}): Promise<HeldJob[]> {
  const conditions = [
    ...(asked.executors === undefined ? [] : [sql`executor_id = any(${asked.executors}::uuid[])`]),
    ...(asked.queue === undefined ? [] : [sql`queue = ${asked.queue}`]),
    ...(asked.jobs === undefined ? [] : [sql`job_id = any(${asked.jobs}::text[])`]),
    sql`true`,
  ]
  const rows = await query(
    em,
    sql<{ job_id: string; queue: string; worker: string | null; attempt: number | null; started_at: string; executor_id: string }>`
      select job_id, queue, worker, attempt, started_at::text, executor_id from ${db.table('executor_job')}
      where ${sql.join(conditions, sql` and `)} order by started_at, job_id limit ${asked.limit ?? 10_000}`,
  )
  return rows.map(({ job_id, executor_id, started_at, ...row }) => ({ ...row, jobId: job_id, executorId: executor_id, startedAt: new Date(started_at) }))
}

/** Who ran a job, and what was deployed there. */
export interface RunBy {
  jobId: string
  executorId: string
  name: string
  host: string
  version: string | null
  attempt: number | null
  startedAt: Date
  /** null: it has the job in hand. */
  endedAt: Date | null
}

/** The runs of these jobs that are known: those in hand, and those that failed or were stopped. Latest first. */
export async function listRunsOf({ kit: { db }, em }: Reading, jobs: string[]): Promise<RunBy[]> {
  const rows = await query(
    em,
    sql<{ job_id: string; executor_id: string; name: string; host: string; version: string | null; attempt: number | null; started_at: string; ended_at: string | null }>`
      select run.*, executor.name, executor.host, executor.version from (
        select job_id, executor_id, attempt, started_at::text, ended_at::text from ${db.table('executor_run')} where job_id = any(${jobs}::text[])
        union all
        select job_id, executor_id, attempt, started_at::text, null from ${db.table('executor_job')} where job_id = any(${jobs}::text[])
      ) run join ${db.table('executor')} executor on executor.id = run.executor_id order by run.started_at desc`,
  )
  return rows.map(({ job_id, executor_id, started_at, ended_at, ...row }) => ({
    ...row,
    jobId: job_id,
    executorId: executor_id,
    startedAt: new Date(started_at),
    endedAt: ended_at === null ? null : new Date(ended_at),
  }))
}

/** What the executors of one queue report together. */
export interface QueueAttendance {
  queue: string
  /** Executors by health, without those that signed off. */
  healthy: number
  late: number
  missing: number
  /** Slots of those that are not missing, and how many of them are used by the queue; null if they share them with other queues. */
  slots: number | null
  used: number
  /** Jobs that missing executors had in hand. */
  heldByMissing: number
}

/** By queue, from one reading of all executors. Pure, so that whoever has read them need not read them again. */
export function attendanceByQueue(executors: readonly KnownExecutor[], held: readonly HeldJob[] = []): Map<string, QueueAttendance> {
  const byQueue = new Map<string, QueueAttendance>()
  const missing = new Set(executors.filter(({ health }) => health === 'missing').map(({ id }) => id))
  for (const { health, queues } of executors) {
    if (health === 'ended' || health === 'unknown') continue
    for (const { queue, slots, used } of queues) {
      const all = byQueue.get(queue) ?? { queue, healthy: 0, late: 0, missing: 0, slots: 0, used: 0, heldByMissing: 0 }
      byQueue.set(queue, all)
      all[health] += 1
      if (health === 'missing') continue
      all.slots = all.slots === null || slots === null ? null : all.slots + slots
      all.used += used
    }
  }
  for (const { queue, executorId } of held) {
    const all = byQueue.get(queue)
    if (all && missing.has(executorId)) all.heldByMissing += 1
  }
  return byQueue
}

/** A time of which an executor said afterwards that it could not report. */
export interface ExecutorGap {
  executorId: string
  from: Date
  to: Date
  cause: 'database' | 'process'
}

export async function listGaps({ kit: { db }, em }: Reading, executors: string[], since: Date): Promise<ExecutorGap[]> {
  const rows = await query(
    em,
    sql<{ executor_id: string; from_at: string; to_at: string; cause: ExecutorGap['cause'] }>`
      select executor_id, from_at::text, to_at::text, cause from ${db.table('executor_gap')}
      where executor_id = any(${executors}::uuid[]) and to_at >= ${since} order by from_at desc limit 1000`,
  )
  return rows.map(({ executor_id, from_at, to_at, cause }) => ({ executorId: executor_id, from: new Date(from_at), to: new Date(to_at), cause }))
}
