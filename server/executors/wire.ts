import { beatSeconds } from '../../schemas/executor-words.ts'
import type { ReportedQueue } from '../db/entities.ts'

/**
 * The statements by which a worker process reports and learns what is wanted of it. They are plain text, because the companion
 * in that process has a connection of its own and loads nothing of the server.
 */

/** What is sent with every beat. Durations count back from the beat, because only the database's clock is common to all. */
export interface Beat {
  id: string
  name: string
  host: string
  pid: number | null
  version: string | null
  engine: string
  /** Seconds since it started. */
  up: number
  slots: number | null
  queues: ReportedQueue[]
  seconds: number
  latelySeconds: number
  unrecorded: number
  held: HeldJob[]
  /** Why it was silent, if it was. */
  cause: 'database' | 'process'
  /** It signs off: this is its last beat. */
  ended: boolean
}

export interface HeldJob {
  id: string
  queue: string
  worker: string | null
  attempt: number | null
  /** Seconds since it was taken. */
  age: number
}

/** A run that did not end well. Seconds count back from now. */
export interface EndedRun {
  id: string
  queue: string
  worker: string | null
  attempt: number | null
  started: number
  ended: number
  outcome: 'failed' | 'stopped'
}

/** What became of a running job that was to be stopped. */
export interface StopOutcome {
  event: string
  id: string
  /** Left out: the job was told to stop. */
  outcome?: 'stopped' | 'completed' | 'failed'
  ago: number
}

/** What the database answers to a poll. */
export interface Orders {
  wishes: { queue: string; paused: boolean; limit: number | null }[]
  /** Jobs to stop, of the queues asked about. */
  stops: { event: string; id: string }[]
}

export const beatIntervalMs = beatSeconds * 1000
/** A silence of this long is recorded as a gap when it ends. */
const gapSeconds = 25

export interface Wire {
  /** Takes one JSON value. Returns nothing. */
  beat: string
  /** Takes the names of queues and the ids of jobs. Returns one row with `orders`. */
  poll: string
  /** Takes the executor's id and a JSON list of `EndedRun`. */
  recordRuns: string
  /** Takes the executor's id and a JSON list of `StopOutcome`. */
  recordStops: string
  channel: string
}

/** Wakes the companions of an installation; nothing depends on its arrival. */
export function workersChannel(schema: string): string {
  return `ops_powertools_workers_${schema}`.slice(0, 63)
}

export function wireOf(schema: string): Wire {
  const table = (name: string) => `"${schema}"."${name}"`
  return { beat: beatStatement(table), poll: pollStatement(table), recordRuns: runsStatement(table), recordStops: stopsStatement(table), channel: workersChannel(schema) }
}

type Table = (name: string) => string

/** One statement, so that a beat is there as a whole or not at all. */
const beatStatement = (table: Table): string => `
  with sent as (
    select id, name, host, pid, version, engine, up, slots, queues, seconds, "latelySeconds" as lately, unrecorded, held, cause, ended, clock_timestamp() as now
    from jsonb_to_record($1::jsonb) as sent (
      id uuid, name text, host text, pid int, version text, engine text, up double precision, slots int, queues jsonb, seconds double precision,
      "latelySeconds" double precision, unrecorded bigint, held jsonb, cause text, ended boolean)
  ), gap as (
    insert into ${table('executor_gap')} (executor_id, from_at, to_at, cause)
    select sent.id, before.beat_at, sent.now, sent.cause from sent join ${table('executor')} before using (id)
    where before.beat_at < sent.now - make_interval(secs => ${gapSeconds})
  ), held as (
    select sent.id as executor_id, job.id as job_id, job.queue, job.worker, job.attempt, sent.now - make_interval(secs => job.age) as started_at
    from sent, jsonb_to_recordset(sent.held) as job (id text, queue text, worker text, attempt int, age double precision)
  ), dropped as (
    delete from ${table('executor_job')} job using sent where job.executor_id = sent.id and not exists (select from held where held.job_id = job.job_id)
  ), kept as (
    insert into ${table('executor_job')} as job (executor_id, job_id, queue, worker, attempt, started_at) select * from held
    on conflict (executor_id, job_id) do update set attempt = excluded.attempt, started_at = excluded.started_at, worker = excluded.worker
    where job.attempt is distinct from excluded.attempt or abs(extract(epoch from job.started_at - excluded.started_at)) > 1
  )
  insert into ${table('executor')} as executor
    (id, name, host, pid, version, engine, started_at, beat_at, ended_at, slots, queues, seconds, lately_seconds, unrecorded)
  select id, name, host, pid, version, engine, now - make_interval(secs => up), now, case when ended then now end, slots, queues, seconds, lately, unrecorded from sent
  on conflict (id) do update set name = excluded.name, version = excluded.version, beat_at = excluded.beat_at, ended_at = excluded.ended_at,
    slots = excluded.slots, queues = excluded.queues, seconds = excluded.seconds, lately_seconds = excluded.lately_seconds,
    unrecorded = executor.unrecorded + excluded.unrecorded`

const pollStatement = (table: Table): string => `
  select json_build_object(
    'wishes', coalesce((select json_agg(json_build_object('queue', queue, 'paused', paused, 'limit', job_limit))
       from ${table('queue_wish')} where queue = any($1::text[])), '[]'),
    'stops', coalesce((select json_agg(json_build_object('event', event_id, 'id', job_id))
       from ${table('executor_stop')} where recorded_at is null and outcome is null and job_id = any($2::text[])), '[]')
  ) as orders`

const runsStatement = (table: Table): string => `
  insert into ${table('executor_run')} (job_id, executor_id, started_at, ended_at, queue, worker, attempt, outcome)
  select run.id, $1::uuid, clock_timestamp() - make_interval(secs => run.started), clock_timestamp() - make_interval(secs => run.ended),
    run.queue, run.worker, run.attempt, run.outcome
  from jsonb_to_recordset($2::jsonb) as run (id text, queue text, worker text, attempt int, started double precision, ended double precision, outcome text)
  on conflict do nothing`

const stopsStatement = (table: Table): string => `
  update ${table('executor_stop')} stop set executor_id = $1::uuid, heard_at = coalesce(stop.heard_at, clock_timestamp()),
    ended_at = case when sent.outcome is not null then clock_timestamp() - make_interval(secs => sent.ago) end, outcome = sent.outcome
  from jsonb_to_recordset($2::jsonb) as sent (event uuid, id text, outcome text, ago double precision)
  where stop.event_id = sent.event and stop.job_id = sent.id and stop.outcome is null`
