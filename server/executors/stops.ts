import { sql } from 'kysely'
import { type Em, query } from '../db/database.ts'
import { hintOfEvent, type NewEvent, writeEvent } from '../operations/event.ts'
import { systemPrincipal } from '../host/viewer.ts'
import type { Kit } from '../kit.ts'
import type { Reading } from './executors.ts'
import { queueAttendance, wakeExecutors } from './wishes.ts'

/** A running job, as its operation knows it. */
interface RunningJob {
  id: string
  queue: string
  worker?: string
}

/** An executor reports its queues by the engine's queue or, where an engine runs tasks, by the task. */
const attended = sql`attending.executors > 0 and attending.queue in (job.queue, job.worker)`

/** Does an executor attend the queue of this job, so that it can be signalled to stop it? */
export async function isAttended({ kit: { db }, em }: Reading, { queue, worker }: Pick<RunningJob, 'queue' | 'worker'>): Promise<boolean> {
  const rows = await query(
    em,
    sql`select from (values (${queue}::text, ${worker ?? null}::text)) as job (queue, worker) where exists (select from ${queueAttendance(db)} attending where ${attended}) limit 1`,
  )
  return rows.length > 0
}

/** Asks the executors of these jobs to stop them, in the transaction of the event that cancels them. Jobs that no executor attends are left out. */
export async function requestStops({ kit: { db }, em }: Reading, eventId: string, jobs: readonly RunningJob[]): Promise<void> {
  if (!jobs.length) return
  const asked = await query(
    em,
    sql`
      insert into ${db.table('executor_stop')} (event_id, job_id, queue)
      select ${eventId}::uuid, job.id, job.queue from jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb) as job (id text, queue text, worker text)
      where exists (select from ${queueAttendance(db)} attending where ${attended}) on conflict do nothing returning job_id`,
  )
  if (asked.length) await wakeExecutors(db, em)
}

/** A handler that has not stopped by then did not stop in time. */
const stopSeconds = 30
/** An executor that has the job in hand hears of it long before. */
const hearSeconds = 20
const keptDays = 1
const maxPerPass = 200

type StopWord = 'stopped' | 'completed' | 'still_running' | 'not_in_hand'

interface StopRow {
  event_id: string
  job_id: string
  queue: string
  outcome: 'stopped' | 'completed' | 'failed' | null
  seconds: number | null
  executor_id: string | null
  name: string | null
  host: string | null
  version: string | null
}

/**
 * Records what became of running jobs that were to be stopped: one event of the system each, exactly once, in the transaction that
 * marks it as recorded. Any number of processes may run it.
 */
export async function recordStops(kit: Kit): Promise<number> {
  const events = await kit.db.transact(async (em) => {
    const rows = await takeStops(kit, em)
    const written = rows.map(eventOfStop)
    for (const event of written) await writeEvent(kit.db, em, event)
    return written
  })
  for (const event of events) {
    kit.publishHint(hintOfEvent(event))
    kit.publishHint({ ...hintOfEvent(event), topic: 'jobs' })
  }
  return events.length
}

async function takeStops({ db }: Kit, em: Em): Promise<StopRow[]> {
  await query(em, sql`delete from ${db.table('executor_stop')} where recorded_at < clock_timestamp() - make_interval(days => ${keptDays})`)
  return query(
    em,
    sql<StopRow>`
      with due as (
        select event_id, job_id from ${db.table('executor_stop')} where recorded_at is null and (
          outcome is not null or heard_at < clock_timestamp() - make_interval(secs => ${stopSeconds})
          or (heard_at is null and requested_at < clock_timestamp() - make_interval(secs => ${hearSeconds})))
        order by requested_at limit ${maxPerPass} for update skip locked
      ), taken as (
        update ${db.table('executor_stop')} stop set recorded_at = clock_timestamp() from due where stop.event_id = due.event_id and stop.job_id = due.job_id
        returning stop.event_id, stop.job_id, stop.queue, stop.outcome, stop.executor_id, stop.heard_at,
          extract(epoch from stop.ended_at - stop.heard_at)::float8 as seconds
      )
      select taken.event_id, taken.job_id, taken.queue, case when taken.heard_at is null then null else coalesce(taken.outcome, 'failed') end as outcome,
        taken.seconds, taken.executor_id, executor.name, executor.host, executor.version
      from taken left join ${db.table('executor')} executor on executor.id = taken.executor_id`,
  )
}

function eventOfStop({ event_id, job_id, queue, outcome, seconds, executor_id, name, host, version }: StopRow): NewEvent {
  const result: StopWord = outcome === null ? 'not_in_hand' : outcome === 'failed' ? 'still_running' : outcome
  return {
    action: 'cancel_job',
    eventType: 'job.stopped',
    outcome: result === 'stopped' ? 'succeeded' : 'failed',
    actor: systemPrincipal,
    subject: { type: 'job', id: job_id },
    after: { handler: result, ...(seconds !== null && result === 'stopped' ? { seconds: Math.max(0, Math.round(seconds * 10) / 10) } : {}) },
    source: 'system',
    requestId: `system-${event_id}`,
    metadata: { resource: { queue }, of: event_id, note: notes[result], ...(executor_id && { executor: { id: executor_id, name, host, version } }) },
  }
}

const notes: Record<StopWord, string> = {
  stopped: 'The executor signalled the handler to stop, and it stopped.',
  completed: 'The executor signalled the handler to stop, and it ended without an error: it may have done its work.',
  still_running: `The executor signalled the handler to stop; ${stopSeconds} seconds later it was still running.`,
  not_in_hand: 'No executor that reports itself had the job in hand.',
}
