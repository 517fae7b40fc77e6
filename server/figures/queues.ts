import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import type { QueueMeasurement } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'

const minutesKeptHours = 25
/** How long a queue that the engine no longer reports is still shown, together with the age of its figures. */
const figuresKeptHours = 24

/** Queues whose figures differ from the last measurement, or in which a job has ended since. */
export async function listChangedQueues({ db }: Kit, em: Em, queues: QueueMeasurement[]): Promise<string[]> {
  const rows = JSON.stringify(queues.map(({ name, depth, finished, failed }) => ({ queue: name, depth, ended: finished + failed > 0 })))
  const moved = await query(
    em,
    sql<{ queue: string }>`
      select given.queue from jsonb_to_recordset(${rows}::jsonb) as given (queue text, depth jsonb, ended boolean)
      left join ${db.table('queue_figure')} figure using (queue)
      where given.ended or (figure.depth is distinct from given.depth and (figure.queue is not null or given.depth @? '$[*] ? (@.count > 0)'))
      order by queue`,
  )
  return moved.map(({ queue }) => queue)
}

/** Records the current figures of every queue, and adds what happened since the last measurement to the current minute. One statement each. */
export async function recordFigures({ db }: Kit, em: Em, now: Date, queues: QueueMeasurement[]): Promise<void> {
  if (!queues.length) return
  const rows = JSON.stringify(queues.map(asRow))
  const given = sql`jsonb_to_recordset(${rows}::jsonb) as given (
    queue text, depth jsonb, oldest timestamptz, paused boolean, executors integer, job_limit integer,
    finished bigint, failed bigint, waiting bigint, wait double precision, quiet boolean)`
  await query(
    em,
    sql`insert into ${db.table('queue_figure')} (queue, as_of, depth, oldest_available_at, paused, executors, job_limit)
        select queue, ${now}, depth, oldest, paused, executors, job_limit from ${given}
        on conflict (queue) do update set as_of = excluded.as_of, depth = excluded.depth, oldest_available_at = excluded.oldest_available_at,
          paused = excluded.paused, executors = excluded.executors, job_limit = excluded.job_limit`,
  )
  // Two percentiles can only be combined to a bound: the greater one is never below the true value. A minute in which nothing
  // happened has no row; the snapshots show that it was measured.
  await query(
    em,
    sql`insert into ${db.table('queue_minute')} as minute (queue, minute, finished, failed, waiting, wait_p95_seconds)
        select queue, date_trunc('minute', ${now}::timestamptz), finished, failed, waiting, wait from ${given}
        where not quiet or exists (
          select from ${db.table('queue_minute')} begun where begun.queue = given.queue and begun.minute = date_trunc('minute', ${now}::timestamptz))
        on conflict (queue, minute) do update set finished = minute.finished + excluded.finished, failed = minute.failed + excluded.failed,
          waiting = excluded.waiting, wait_p95_seconds = greatest(minute.wait_p95_seconds, excluded.wait_p95_seconds)`,
  )
}

export async function deleteOldFigures({ db }: Kit, em: Em, now: Date): Promise<void> {
  await query(em, sql`delete from ${db.table('queue_minute')} where minute < ${now}::timestamptz - make_interval(hours => ${minutesKeptHours})`)
  await query(em, sql`delete from ${db.table('queue_figure')} where as_of < ${now}::timestamptz - make_interval(hours => ${figuresKeptHours})`)
}

function asRow({ name, depth, oldestAvailableAt, paused, executors, limit, finished, failed, waitP95Seconds }: QueueMeasurement) {
  const waiting = depth.find(({ state }) => state === 'available')?.count ?? null
  return {
    queue: name,
    depth,
    oldest: oldestAvailableAt?.toISOString() ?? null,
    paused,
    executors,
    job_limit: limit,
    finished,
    failed,
    waiting,
    wait: waitP95Seconds,
    quiet: !finished && !failed && !waiting && waitP95Seconds === null,
  }
}
