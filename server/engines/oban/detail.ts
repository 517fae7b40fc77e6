import type { EngineAttempt, EngineJob, EngineJobDetail, FoundJob } from '../engine.ts'
import { parseExact } from '../exact-json.ts'
import { hasLeader, producersByQueue } from './producers.ts'
import { canonical, foundJob, jobColumns } from './rows.ts'
import { isJobId, type ObanTables } from './table.ts'
import { milliseconds, type Row } from '../sql.ts'

export async function findDetail(tables: ObanTables, id: string, read: (row: Row) => EngineJob): Promise<EngineJobDetail | null> {
  if (!isJobId(id)) return null
  const { rows } = await tables.db.executeSql(
    `select ${jobColumns}, j.meta::text as meta, to_jsonb(j.errors)::text as errors, ${milliseconds('j.cancelled_at')} as cancelled
     from ${tables.jobs} j where j.id = $1::bigint`,
    [id],
  )
  const [row] = rows
  if (!row) return null
  const job = read(row)
  const meta = parseExact(String(row.meta ?? '{}'))
  const dependencies = await listDependencies(tables, meta)
  return {
    ...job,
    meta: isEmpty(meta) ? undefined : meta,
    output: outputIn(meta),
    attempts: attemptsOf(job, row),
    dependencies,
    waiting: await waitingOf(tables, job, dependencies),
  }
}

const isEmpty = (meta: unknown): boolean => typeof meta === 'object' && meta !== null && Object.keys(meta).length === 0

interface AttemptError {
  at?: string
  error?: string
}

/** Oban keeps an error for each failed attempt; the outcome of the others follows from the state of the job. */
function attemptsOf(job: EngineJob, row: Row): EngineAttempt[] {
  const errors = parseErrors(row)
  return Array.from({ length: job.attempt }, (_, index) => {
    const number = index + 1
    const error = errors.get(number)
    const isLast = number === job.attempt
    return {
      number,
      startedAt: isLast ? job.startedAt : undefined,
      endedAt: error?.at ? new Date(error.at) : isLast ? job.finishedAt : undefined,
      outcome: outcomeOf(job, isLast, error),
      error: error?.error,
      executor: isLast ? job.executor : undefined,
    }
  })
}

/** Errors by attempt. Other programs that write to the table may have stored anything here. */
function parseErrors(row: Row): Map<number, AttemptError> {
  const stored = parseExact(String(row.errors ?? '[]'))
  const errors = new Map<number, AttemptError>()
  for (const each of Array.isArray(stored) ? stored : []) {
    const { attempt, at, error } = (each ?? {}) as Record<string, unknown>
    errors.set(Number(attempt), {
      at: typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? at : undefined,
      error: typeof error === 'string' || error === undefined ? error : JSON.stringify(error),
    })
  }
  return errors
}

function outcomeOf(job: EngineJob, isLast: boolean, error: AttemptError | undefined): EngineAttempt['outcome'] {
  if (isLast && job.state === 'executing') return 'executing'
  if (isLast && job.state === 'completed') return 'completed'
  if (isLast && job.state === 'cancelled' && !endedBefore(error, job.finishedAt)) return 'cancelled'
  return error ? 'failed' : 'unknown'
}

/** If the error is older, the job was cancelled while waiting after a failure. If the job was stopped while running, Oban writes both times at once. */
function endedBefore(error: AttemptError | undefined, cancelledAt: Date | undefined): boolean {
  return error?.at !== undefined && cancelledAt !== undefined && Date.parse(error.at) < cancelledAt.getTime() - 1
}

/** Oban itself keeps no output; Pro's recorded workers and others store it here. */
function outputIn(meta: unknown): unknown {
  const { output, return: returned } = (meta ?? {}) as { output?: unknown; return?: unknown }
  return output ?? returned
}

/** Jobs of the same Oban Pro workflow that this job depends on. */
async function listDependencies(tables: ObanTables, meta: unknown): Promise<FoundJob[]> {
  const { workflow_id: workflow, deps } = (meta ?? {}) as { workflow_id?: unknown; deps?: unknown }
  if (typeof workflow !== 'string' || !Array.isArray(deps)) return []
  const names = deps.filter((name): name is string => typeof name === 'string')
  if (!names.length) return []
  const { rows } = await tables.db.executeSql(
    `select j.id::text as id, j.queue, j.state::text as state, ${milliseconds('j.attempted_at')} as attempted,
       ${milliseconds('coalesce(j.completed_at, j.cancelled_at, j.discarded_at)')} as ended
     from ${tables.jobs} j where j.meta @> jsonb_build_object('workflow_id', $1::text) and j.meta->>'name' = any($2::text[])
     order by j.id limit 100`,
    [workflow, names],
  )
  return rows.map(foundJob)
}

async function waitingOf(tables: ObanTables, job: EngineJob, dependencies: FoundJob[]): Promise<EngineJobDetail['waiting']> {
  const waiting: EngineJobDetail['waiting'] = []
  if (!['scheduled', 'available', 'retryable'].includes(job.state)) return waiting
  const unfinished = dependencies.filter(({ state }) => !['completed', 'cancelled', 'discarded'].includes(state))
  if (unfinished.length) {
    const names = unfinished.map(({ id, queue }) => `job ${id} in ${queue}`).join(', ')
    waiting.push({ reason: 'waits_for_dependency', detail: `Waiting for ${names}.` })
  } else if (job.engineState === 'suspended') {
    waiting.push({ reason: 'waits_for_dependency', detail: 'Oban Pro is holding it back until another job has ended.' })
  }
  if (canonical(job.engineState) !== 'available' && job.engineState !== 'suspended' && job.dueAt) {
    const due = job.dueAt.toISOString()
    if (job.dueAt.getTime() > Date.now()) {
      waiting.push({ reason: 'scheduled_until', detail: `${job.state === 'retryable' ? 'It will be retried' : 'It is due'} at ${due}.` })
    } else if ((await hasLeader(tables)) === false) {
      const detail = `It was due at ${due}, but no Oban node is the leader, and only the leader makes due jobs available.`
      waiting.push({ reason: 'no_executor', detail })
    }
  }
  if (job.state === 'available') waiting.push(...(await waitingInQueue(tables, job)))
  return waiting
}

async function waitingInQueue(tables: ObanTables, { queue, attempt, maxAttempts }: EngineJob): Promise<EngineJobDetail['waiting']> {
  if (maxAttempts !== undefined && attempt >= maxAttempts) {
    return [{ reason: 'attempts_used_up', detail: `All ${maxAttempts} attempts are used up, so Oban will not run it again; a retry allows one more.` }]
  }
  const producers = await producersByQueue(tables, queue)
  if (!producers) return []
  const running = producers.get(queue)
  if (!running) return [{ reason: 'no_executor', detail: `No producer of the queue ${queue} was seen within the last two minutes.` }]
  if (running.paused) return [{ reason: 'queue_paused', detail: `Every producer of the queue ${queue} is paused.` }]
  if (running.limit === null) return []
  const { rows } = await tables.db.executeSql(
    `select count(*)::int as n from (select from ${tables.jobs} where state = 'executing' and queue = $1 limit $2) capped`,
    [queue, running.limit],
  )
  return Number(rows[0]!.n) >= running.limit
    ? [{ reason: 'concurrency_limit', detail: `The queue ${queue} runs at most ${running.limit} jobs at once and is running that many now.` }]
    : []
}
