import type { JobState } from '../../../schemas/index.ts'
import type { EngineJob, FoundJob, SelectedJob } from '../engine.ts'
import { parseExact } from '../exact-json.ts'
import { attendedColumns } from './attended.ts'
import type { Shape } from './table.ts'
import { dateOf, milliseconds, type Row } from '../sql.ts'

const canonicalStates: Record<string, JobState> = {
  // Held back by Oban Pro until another job has ended.
  suspended: 'scheduled',
  scheduled: 'scheduled',
  available: 'available',
  executing: 'executing',
  retryable: 'retryable',
  completed: 'completed',
  cancelled: 'cancelled',
  discarded: 'discarded',
}

export const canonical = (state: unknown): JobState => canonicalStates[String(state)] ?? 'available'

/** Oban's names for canonical states, as far as this version has them. */
export function engineStates(shape: Shape, states: readonly JobState[]): string[] {
  return shape.states.filter((state) => states.includes(canonical(state)))
}

/** Changes with every state, attempt and timestamp. */
export const versionColumn = `concat_ws(':', j.state, j.attempt, extract(epoch from j.scheduled_at), extract(epoch from j.attempted_at),
  extract(epoch from coalesce(j.completed_at, j.cancelled_at, j.discarded_at)))`

/** `to_jsonb` accepts both arrays and jsonb: Oban for Python stores errors and tags as jsonb, Oban for Elixir as arrays. */
export const selectedColumns = `j.id::text as id, j.queue, j.worker, j.state::text as state, ${versionColumn} as version,
  to_jsonb(j.tags)::text as tags, ${attendedColumns}`

export const jobColumns = `${selectedColumns}, j.args::text as args, j.attempt, j.max_attempts, j.priority,
  ${milliseconds('j.inserted_at')} as inserted, ${milliseconds('j.scheduled_at')} as due, ${milliseconds('j.attempted_at')} as attempted,
  ${milliseconds('coalesce(j.completed_at, j.cancelled_at, j.discarded_at)')} as ended,
  to_jsonb(j.errors)->-1->>'error' as error, j.attempted_by[1] as node`

export function selectedJob(row: Row): SelectedJob {
  return {
    id: String(row.id),
    queue: String(row.queue),
    worker: String(row.worker),
    state: canonical(row.state),
    version: String(row.version),
    tags: tagsOf(row.tags),
  }
}

/** Oban for Python stores tags as jsonb, which can contain anything. */
export function tagsOf(text: unknown): string[] {
  const tags = text === null ? [] : parseExact(String(text))
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : []
}

export function engineJob(row: Row): EngineJob {
  return {
    ...selectedJob(row),
    engineState: String(row.state),
    args: parseExact(String(row.args)),
    attempt: Number(row.attempt),
    maxAttempts: Number(row.max_attempts),
    priority: Number(row.priority),
    createdAt: dateOf(row.inserted)!,
    dueAt: dateOf(row.due),
    startedAt: dateOf(row.attempted),
    finishedAt: dateOf(row.ended),
    error: row.error === null ? undefined : String(row.error),
    executor: row.node === null ? undefined : String(row.node),
  }
}

export function foundJob(row: Row): FoundJob {
  return {
    queue: String(row.queue),
    id: String(row.id),
    state: canonical(row.state),
    engineState: String(row.state),
    startedAt: dateOf(row.attempted),
    finishedAt: dateOf(row.ended),
  }
}
