import type { JobState } from '../../../schemas/index.ts'
import type { EngineJob, FoundJob, SelectedJob } from '../engine.ts'
import { parseExact } from '../exact-json.ts'
import { dateOf, milliseconds, type Row } from '../sql.ts'

const canonicalStates: Record<string, JobState> = {
  created: 'available',
  retry: 'retryable',
  active: 'executing',
  completed: 'completed',
  cancelled: 'cancelled',
  failed: 'discarded',
}

/** `held`: the job is not due yet, or another job has to end first. */
export function canonical(state: unknown, held: unknown): JobState {
  if (state === 'created' && held === true) return 'scheduled'
  return canonicalStates[String(state)] ?? 'available'
}

/** pg-boss's names for canonical states. */
export function engineStates(states: readonly JobState[]): string[] {
  return Object.keys(canonicalStates).filter((word) => states.includes(canonical(word, false)) || states.includes(canonical(word, true)))
}

export const isHeld = `(j.blocked or j.start_after > now())`

/** The policy of its queue limits how many jobs like it there may be, so a change of state can violate a unique index. */
export const isExclusive = `(coalesce(j.policy in ('short', 'singleton', 'stately', 'exclusive', 'key_strict_fifo'), false) or j.singleton_on is not null)`

/** It is not due yet, or pg-boss would delete it before it runs. */
export const isUntimely = `(${isHeld} or j.keep_until < now() + interval '1 hour')`

/** Changes with every state, retry, start and end. */
export const versionColumn = `concat_ws(':', j.state, j.retry_count, coalesce(date_part('epoch', j.start_after), 0),
  coalesce(date_part('epoch', j.started_on), 0), coalesce(date_part('epoch', j.completed_on), 0))`

/** pg-boss stores errors in the same column as results; only for a completed job is it a result. Strings and plain values are wrapped. */
export const errorColumn = `case when j.state <> 'completed' then
  coalesce(j.output ->> 'message', j.output -> 'value' ->> 'message', j.output ->> 'value', j.output::text) end`

export const errorNameColumn = `case when j.state <> 'completed' then left(j.output ->> 'name', 200) end`

/** As many characters as the group of an error needs. */
export const maxStack = 8_192

/** Only beside a short message, which may say nothing: a list would otherwise load every stack. */
export const errorStackColumn = `case when j.state <> 'completed' and length(${errorColumn}) <= 60 then left(j.output ->> 'stack', ${maxStack}) end`

/** Its worker has not reported in time. */
export const isLost = `(j.state = 'active' and (j.heartbeat_on + j.heartbeat_seconds * interval '1 second' < now()
  or j.started_on + j.expire_seconds * interval '1 second' < now())) is true`

export const attended = 'Its worker still has time to report.'

export const selectedColumns = `j.id::text as id, j.name as queue, j.state::text as state, ${isHeld} as held, ${versionColumn} as version,
  ${isLost} as lost`

export const jobColumns = `${selectedColumns}, j.data::text as args, j.retry_count, j.retry_limit, j.priority, ${errorColumn} as error,
  ${errorNameColumn} as error_name, ${errorStackColumn} as error_stack,
  ${milliseconds('j.created_on')} as created, ${milliseconds('j.start_after')} as due, ${milliseconds('j.started_on')} as started,
  ${milliseconds('j.completed_on')} as ended`

export function selectedJob(row: Row): SelectedJob {
  const state = canonical(row.state, row.held)
  const job = { id: String(row.id), queue: String(row.queue), state, version: String(row.version) }
  return state === 'executing' && row.lost !== true ? { ...job, attended } : job
}

export function engineJob(row: Row): EngineJob {
  return {
    ...selectedJob(row),
    engineState: String(row.state),
    args: row.args === null ? null : parseExact(String(row.args)),
    attempt: row.started === null ? 0 : Number(row.retry_count) + 1,
    maxAttempts: Number(row.retry_limit) + 1,
    priority: Number(row.priority),
    createdAt: dateOf(row.created)!,
    dueAt: dateOf(row.due),
    startedAt: dateOf(row.started),
    finishedAt: dateOf(row.ended),
    error: row.error === null ? undefined : String(row.error),
    errorName: textOf(row.error_name),
    errorStack: textOf(row.error_stack),
  }
}

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

export const foundColumns = `j.id::text as id, j.name as queue, j.state::text as state, ${isHeld} as held,
  ${milliseconds('j.started_on')} as started, ${milliseconds('j.completed_on')} as ended`

export function foundJob(row: Row): FoundJob {
  return {
    queue: String(row.queue),
    id: String(row.id),
    state: canonical(row.state, row.held),
    engineState: String(row.state),
    startedAt: dateOf(row.started),
    finishedAt: dateOf(row.ended),
  }
}

/** pg-boss's ids are uuids; anything else cannot be the id of a job. */
export function isJobId(id: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id)
}
