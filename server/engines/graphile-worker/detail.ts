import type { EngineAttempt, EngineJob, EngineJobDetail, SqlExecutor } from '../engine.ts'
import { engineJob, type GraphileTables, isJobId, jobColumns } from './rows.ts'

export async function findDetail(db: SqlExecutor, tables: GraphileTables, id: string): Promise<EngineJobDetail | null> {
  if (!isJobId(id)) return null
  const { rows } = await db.executeSql(
    `select ${jobColumns}, j.key, j.flags::text as flags, q.queue_name, q.locked_by as queue_locked_by from ${tables.joined()} where j.id = $1::bigint`,
    [id],
  )
  const [row] = rows
  if (!row) return null
  const job = engineJob(row)
  return {
    ...job,
    ...(row.key !== null || row.flags !== null ? { meta: { key: row.key ?? undefined, flags: row.flags === null ? undefined : Object.keys(JSON.parse(String(row.flags))) } } : {}),
    attempts: attemptsOf(job),
    dependencies: [],
    ...(job.maxAttempts === 1 ? {} : { retries: { afterSeconds: 3, grows: true } }),
    waiting: waitingOf(job, row.queue_name === null ? undefined : String(row.queue_name), row.queue_locked_by !== null),
  }
}

/** Only the last attempt is recorded; of the earlier ones there is only the number. */
function attemptsOf(job: EngineJob): EngineAttempt[] {
  if (job.attempt === 0) return []
  const running = job.state === 'executing'
  return [
    {
      number: job.attempt,
      startedAt: job.startedAt,
      endedAt: job.finishedAt,
      outcome: running ? 'executing' : job.error === undefined ? 'unknown' : 'failed',
      error: running ? undefined : job.error,
      executor: job.executor,
    },
  ]
}

function waitingOf(job: EngineJob, serialQueue: string | undefined, queueLocked: boolean): EngineJobDetail['waiting'] {
  if (job.state === 'scheduled' || job.state === 'retryable') {
    const due = job.dueAt!.toISOString()
    return [{ reason: 'scheduled_until', detail: job.state === 'retryable' ? `It will be retried at ${due}.` : `It is due at ${due}.` }]
  }
  if (job.state === 'available' && serialQueue !== undefined && queueLocked) {
    return [{ reason: 'concurrency_limit', detail: `The queue ${serialQueue} runs one job at a time and is running one now.` }]
  }
  return []
}
