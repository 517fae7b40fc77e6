import type { JobState } from '../../../schemas/index.ts'
import type { EngineJob, FoundJob, SelectedJob } from '../engine.ts'
import { parseExact } from '../exact-json.ts'
import { dateOf, milliseconds, quoted, type Row } from '../sql.ts'

/**
 * graphile-worker has no column for a job's state: it follows from the lock, the attempts and the due time. Completed jobs are
 * removed. An attempt counts from the moment it starts.
 */
export const stateColumn = `case when j.locked_at is not null then 'executing'
  when j.attempts >= j.max_attempts then 'discarded'
  when j.run_at > now() then case when j.attempts > 0 then 'retryable' else 'scheduled' end
  else 'available' end`

/** Changes with every attempt, every lock and every change by graphile-worker's own functions. */
export const versionColumn = `concat_ws(':', j.attempts, j.max_attempts, extract(epoch from j.run_at), extract(epoch from j.updated_at), extract(epoch from j.locked_at))`

/** A job without a queue is listed under the name of its task. */
export const queueColumn = 'coalesce(q.queue_name, t.identifier)'

export interface GraphileTables {
  schema: string
  jobs: string
  tasks: string
  queues: string
  /** Jobs `j` joined with their task `t` and queue `q`; `jobs` may be any source with the columns of jobs. */
  joined(jobs?: string): string
}

export function graphileTables(schema: string): GraphileTables {
  const own = quoted(schema)
  const [jobs, tasks, queues] = [`${own}._private_jobs`, `${own}._private_tasks`, `${own}._private_job_queues`]
  return {
    schema: own,
    jobs,
    tasks,
    queues,
    joined: (source = jobs) => `${source} j join ${tasks} t on t.id = j.task_id left join ${queues} q on q.id = j.job_queue_id`,
  }
}

export const selectedColumns = `j.id::text as id, ${queueColumn} as queue, t.identifier as worker, ${stateColumn} as state, ${versionColumn} as version`

export const jobColumns = `${selectedColumns}, j.payload::text as args, j.attempts, j.max_attempts, j.priority, j.last_error, j.locked_by,
  ${milliseconds('j.created_at')} as created, ${milliseconds('j.run_at')} as due, ${milliseconds('j.locked_at')} as locked, ${milliseconds('j.updated_at')} as updated`

export const isJobId = (id: string): boolean => /^[1-9]\d{0,17}$/.test(id)

export function selectedJob(row: Row): SelectedJob {
  return { id: String(row.id), queue: String(row.queue), worker: String(row.worker), state: row.state as JobState, version: String(row.version), tags: [] }
}

export function engineJob(row: Row): EngineJob {
  const job = selectedJob(row)
  return {
    ...job,
    engineState: row.locked === null ? (job.state === 'discarded' ? 'permanently failed' : 'unlocked') : 'locked',
    args: parseExact(String(row.args)),
    attempt: Number(row.attempts),
    maxAttempts: Number(row.max_attempts),
    priority: Number(row.priority),
    createdAt: dateOf(row.created)!,
    dueAt: dateOf(row.due),
    startedAt: dateOf(row.locked),
    // Nothing changes a discarded job any more, so its last change was its end.
    finishedAt: job.state === 'discarded' ? dateOf(row.updated) : undefined,
    error: row.last_error === null ? undefined : String(row.last_error),
    executor: row.locked_by === null ? undefined : String(row.locked_by),
  }
}

export function foundJob(row: Row): FoundJob {
  const { id, queue, state, engineState, startedAt, finishedAt } = engineJob(row)
  return { id, queue, state, engineState, startedAt, finishedAt }
}
