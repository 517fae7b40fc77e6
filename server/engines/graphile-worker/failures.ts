import type { EngineFailure, FailurePage, SqlExecutor } from '../engine.ts'
import { pageOfFailures } from '../failure-page.ts'
import { milliseconds, type Row } from '../sql.ts'
import { type GraphileTables, queueColumn } from './rows.ts'

/** Completed jobs are removed, so there are seldom more with an error. */
const maxJobs = 50_000
const maxText = 8_192

/** Claiming a job for its next attempt counts one more. */
const failedAttempt = `(case when j.locked_at is null then j.attempts else j.attempts - 1 end)`
/** graphile-worker keeps no time of a failure, but the time of the next attempt follows from it. */
const failedAt = `j.run_at - exp(least(${failedAttempt}, 10)) * interval '1 second'`

/**
 * A job keeps the error of its last attempt until it completes. A job that was changed after its error, by an operator or by its
 * key, has another due time, from which nothing follows any more.
 */
export async function listFailures(db: SqlExecutor, tables: GraphileTables, since: Date, page: { after?: string; limit: number }): Promise<FailurePage> {
  const { rows } = await db.executeSql(
    `select j.id::text as id, ${queueColumn} as queue, t.identifier as worker, ${failedAttempt} as attempt,
       j.locked_at is null and j.attempts >= j.max_attempts as final, left(j.last_error, ${maxText}) as error, ${milliseconds('j.failed_at')} as at
     from ${tables.joined(`(select j.*, ${failedAt} as failed_at from ${tables.jobs} j where j.last_error is not null and ${failedAttempt} > 0 and j.run_at >= $1::timestamptz limit ${maxJobs})`)}
     where j.failed_at >= $1::timestamptz and j.updated_at <= j.failed_at + interval '10 milliseconds'`,
    [since.toISOString()],
  )
  return pageOfFailures(rows.map(engineFailure), { ...page, searched: rows.length >= maxJobs ? `${maxJobs.toLocaleString('en')} jobs` : undefined })
}

function engineFailure(row: Row): EngineFailure {
  const at = Math.round(Number(row.at))
  return {
    id: String(row.id),
    queue: String(row.queue),
    worker: String(row.worker),
    attempt: Number(row.attempt),
    key: `${Number(row.attempt)}:${at}`,
    at: new Date(at),
    final: row.final === true,
    error: { text: String(row.error) },
  }
}
