import { sql } from 'kysely'
import type { JobState } from '../../schemas/index.ts'
import { type Em, query } from '../db/database.ts'
import { percentileOf } from '../engines/durations.ts'
import type { Measurement, QueueMeasurement } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'

/** How long a queue that the engine no longer reports is still shown, together with the age of its figures. */
const figuresKeptHours = 24

/** Queues whose figures differ from the last measurement, or in which a job has started or ended since. */
export async function listChangedQueues({ db }: Kit, em: Em, queues: QueueMeasurement[]): Promise<string[]> {
  const rows = JSON.stringify(
    queues.map(({ name, depth, started, finished, failed, paused, executors, limit, due }) => ({
      queue: name, depth, moved: finished + failed + (started ?? 0) > 0, paused, executors, job_limit: limit, due: due?.count ?? null,
    })),
  )
  const changed = await query(
    em,
    sql<{ queue: string }>`
      select given.queue from jsonb_to_recordset(${rows}::jsonb)
        as given (queue text, depth jsonb, moved boolean, paused boolean, executors integer, job_limit integer, due bigint)
      left join ${db.table('queue_figure')} figure using (queue)
      where given.moved or (figure.depth is distinct from given.depth and (figure.queue is not null or given.depth @? '$[*] ? (@.count > 0)'))
        or (figure.queue is not null and (figure.paused, figure.executors, figure.job_limit, figure.due) is distinct from (given.paused, given.executors, given.job_limit, given.due))
      order by queue`,
  )
  return changed.map(({ queue }) => queue)
}

/** Records the current figures of every queue, and adds what happened since the last measurement to the current minute. One statement each. */
export async function recordFigures({ db }: Kit, em: Em, now: Date, seconds: number, queues: QueueMeasurement[]): Promise<void> {
  if (!queues.length) return
  const rows = JSON.stringify(queues.map((queue) => asRow(queue, now)))
  const given = sql`jsonb_to_recordset(${rows}::jsonb) as given (
    queue text, depth jsonb, oldest timestamptz, paused boolean, executors integer, job_limit integer,
    finished bigint, failed bigint, waiting bigint, wait double precision, quiet boolean, due bigint, due_how text, oldest_due timestamptz,
    started bigint, discarded bigint, executing bigint, age double precision, delay double precision, run_p50 double precision, run_p95 double precision, moved boolean)`
  await query(
    em,
    sql`insert into ${db.table('queue_figure')} as figure (queue, as_of, depth, oldest_available_at, paused, executors, job_limit, due, due_how, oldest_due_at,
          started, delay_p95_seconds, moved_at, usual_seconds, usual_failed)
        select queue, ${now}, depth, oldest, paused, executors, job_limit, due, due_how, oldest_due, started, delay, case when moved then ${now}::timestamptz end, ${seconds}::float8, failed from ${given}
        on conflict (queue) do update set as_of = excluded.as_of, depth = excluded.depth, oldest_available_at = excluded.oldest_available_at,
          paused = excluded.paused, executors = excluded.executors, job_limit = excluded.job_limit, due = excluded.due, due_how = excluded.due_how,
          oldest_due_at = excluded.oldest_due_at, started = excluded.started, delay_p95_seconds = excluded.delay_p95_seconds,
          moved_at = coalesce(excluded.moved_at, figure.moved_at), usual_seconds = coalesce(figure.usual_seconds, 0) * ${decay} + excluded.usual_seconds, usual_failed = coalesce(figure.usual_failed, 0) * ${decay} + excluded.usual_failed`,
  )
  // A minute in which nothing happened has no row; `engine_minute` shows that it was measured.
  const minute = sql`date_trunc('minute', ${now}::timestamptz)`
  await query(
    em,
    sql`insert into ${db.table('queue_minute')} as minute (queue, minute, finished, failed, waiting, wait_p95_seconds, started, discarded, due, executing,
          oldest_due_seconds, delay_p95_seconds, run_p50_seconds, run_p95_seconds)
        select queue, ${minute}, finished, failed, waiting, wait, started, discarded, due, executing, age, delay, run_p50, run_p95 from ${given}
        where not quiet or exists (select from ${db.table('queue_minute')} begun where begun.queue = given.queue and begun.minute = ${minute})
        on conflict (queue, minute) do update set finished = minute.finished + excluded.finished, failed = minute.failed + excluded.failed,
          waiting = excluded.waiting, wait_p95_seconds = greatest(minute.wait_p95_seconds, excluded.wait_p95_seconds), ${mergedMinute}`,
  )
}

/** What is usual is remembered for half a day: long enough to outlive an outage, short enough to follow a change. */
const halfLifeSeconds = 12 * 3_600
const decay = sql`power(0.5, greatest(0, extract(epoch from excluded.as_of - figure.as_of)) / ${halfLifeSeconds}::float8)`

/**
 * How a measurement joins its minute, in `queue_minute` and `engine_minute` alike. Two percentiles can only be combined to a bound:
 * the greater one is never below the true value; for the median, the one of more jobs is kept by weighing it with them.
 */
const mergedMinute = sql`started = minute.started + excluded.started, discarded = minute.discarded + excluded.discarded,
  due = excluded.due, executing = excluded.executing, oldest_due_seconds = excluded.oldest_due_seconds,
  delay_p95_seconds = greatest(minute.delay_p95_seconds, excluded.delay_p95_seconds),
  run_p50_seconds = case when minute.run_p50_seconds is null then excluded.run_p50_seconds when excluded.run_p50_seconds is null then minute.run_p50_seconds
    else (minute.run_p50_seconds * minute.finished + excluded.run_p50_seconds * excluded.finished) / greatest(1, minute.finished + excluded.finished) end,
  run_p95_seconds = greatest(minute.run_p95_seconds, excluded.run_p95_seconds)`

/** Adds a measurement to the current minute of the engine as a whole. */
export async function recordEngineMinute({ db }: Kit, em: Em, now: Date, seconds: number, measured: Measurement): Promise<void> {
  const { queues, waiting, executing, finished } = measured
  const { due, oldestDueAt, delay, runP50, runP95, started, discarded } = totalsOf(queues)
  const failed = queues.reduce((sum, each) => sum + each.failed, 0)
  await query(
    em,
    sql`insert into ${db.table('engine_minute')} as minute (minute, seconds, finished, failed, waiting, executing, started, discarded, due,
          oldest_due_seconds, delay_p95_seconds, run_p50_seconds, run_p95_seconds)
        values (date_trunc('minute', ${now}::timestamptz), ${seconds}, ${finished}, ${failed}, ${waiting}, ${executing}, ${started}, ${discarded}, ${due},
          ${ageAt(now, oldestDueAt)}, ${delay}, ${runP50}, ${runP95})
        on conflict (minute) do update set seconds = minute.seconds + excluded.seconds, finished = minute.finished + excluded.finished,
          failed = minute.failed + excluded.failed, waiting = excluded.waiting, ${mergedMinute}`,
  )
}

/** A figure that one queue cannot tell is unknown for all of them together. */
function totalsOf(queues: readonly QueueMeasurement[]) {
  const sum = (pick: (queue: QueueMeasurement) => number | null | undefined) => {
    const figures = queues.map((queue) => pick(queue) ?? null)
    return figures.includes(null) ? null : figures.reduce<number>((total, figure) => total + figure!, 0)
  }
  const oldest = queues.flatMap(({ due }) => (due?.oldestAt ? [due.oldestAt.getTime()] : []))
  const runs = queues.flatMap((queue) => (queue.runs ?? []).flatMap(({ seconds }) => seconds))
  return {
    started: sum(({ started }) => started),
    discarded: sum(({ discarded }) => discarded),
    due: sum(({ due }) => due?.count),
    oldestDueAt: oldest.length ? new Date(Math.min(...oldest)) : null,
    delay: percentileOf(queues.flatMap(({ waits }) => waits ?? []), 0.95),
    runP50: percentileOf(runs, 0.5),
    runP95: percentileOf(runs, 0.95),
  }
}

function ageAt(now: Date, since: Date | null): number | null {
  return since ? Math.max(0, (now.getTime() - since.getTime()) / 1000) : null
}

/** What was measured in the past, and queues that the engine has not reported for a day. An hour more than a day makes its chart whole. */
export async function deleteOldFigures({ db, retention }: Kit, em: Em, now: Date): Promise<void> {
  await query(em, sql`delete from ${db.table('queue_figure')} where as_of < ${now}::timestamptz - make_interval(hours => ${figuresKeptHours})`)
  const { figures: days } = retention.days
  if (days === null) return
  const before = new Date(now.getTime() - (days * 24 + 1) * 3_600_000)
  await query(em, sql`delete from ${db.table('queue_minute')} where minute < ${before}`)
  await query(em, sql`delete from ${db.table('engine_minute')} where minute < ${before}`)
  await query(em, sql`delete from ${db.table('snapshot')} where at < ${before}`)
}

function asRow(measured: QueueMeasurement, now: Date) {
  const { name, depth, oldestAvailableAt, paused, executors, limit, finished, failed, waitP95Seconds } = measured
  const count = (wanted: JobState) => depth.find(({ state }) => state === wanted)?.count ?? null
  const waiting = count('available')
  const totals = totalsOf([measured])
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
    due: totals.due,
    due_how: measured.due?.how ?? null,
    oldest_due: totals.oldestDueAt?.toISOString() ?? null,
    started: totals.started,
    discarded: totals.discarded,
    executing: count('executing'),
    age: ageAt(now, totals.oldestDueAt),
    delay: totals.delay,
    run_p50: totals.runP50,
    run_p95: totals.runP95,
    moved: Boolean(finished || failed || totals.started || waitP95Seconds !== null),
    quiet: !finished && !failed && !waiting && !totals.due && !totals.started && !count('executing') && waitP95Seconds === null,
  }
}
