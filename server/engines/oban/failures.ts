import type { EngineFailure, FailurePage } from '../engine.ts'
import { pageOfFailures } from '../failure-page.ts'
import type { Row } from '../sql.ts'
import { tagsOf } from './rows.ts'
import { asUtc, type ObanTables } from './table.ts'

/** Jobs of one state that are read at most; each has all its errors. */
const maxJobs = 50_000
/** Without an index on `completed_at`, jobs that failed before they completed are searched among this many of the newest. */
const newestWindow = 50_000
const maxText = 8_192

/**
 * Oban keeps an error for each failed attempt, with its time. A job whose attempt failed is due again after that, or has ended
 * after that, or has started again after that.
 */
export async function listFailures(tables: ObanTables, since: Date, page: { after?: string; limit: number }): Promise<FailurePage> {
  const { indexesCompleted } = await tables.shape()
  const from = asUtc('$1')
  const completed = indexesCompleted ? tables.jobs : `(select * from ${tables.jobs} order by id desc limit ${newestWindow})`
  const columns = 'id, queue, worker, tags, state, attempt, attempted_by, errors'
  const part = (source: string, condition: string) => `(select ${columns} from ${source} j where ${condition} limit ${maxJobs})`
  const { rows } = await tables.db.executeSql(
    `select j.id::text as id, j.queue, j.worker, to_jsonb(j.tags)::text as tags, j.state::text as state, j.attempt, j.attempted_by[1] as node,
       left(error ->> 'error', ${maxText}) as text, error ->> 'at' as at, error ->> 'attempt' as number
     from (${[
       part(completed, `state = 'completed' and completed_at >= ${from}`),
       part(tables.jobs, `state = 'cancelled' and cancelled_at >= ${from}`),
       part(tables.jobs, `state = 'discarded' and discarded_at >= ${from}`),
       part(tables.jobs, `state in ('retryable', 'available', 'scheduled') and scheduled_at >= ${from}`),
       part(tables.jobs, `state = 'executing' and attempted_at >= ${from}`),
     ].join(' union all ')}) j, jsonb_array_elements(to_jsonb(j.errors)) error where jsonb_typeof(error) = 'object' and error ->> 'at' >= $2`,
    // Errors contain their time as ISO 8601 text, which sorts chronologically.
    [since.toISOString(), since.toISOString().replace('Z', '')],
  )
  return pageOfFailures(rows.flatMap((row) => engineFailure(row) ?? []), { ...page, searched: rows.length >= maxJobs ? `at most ${maxJobs.toLocaleString('en')} jobs of each state` : undefined })
}

/** Other programs that write to the table may have stored anything as an error. */
function engineFailure(row: Row): EngineFailure | undefined {
  const written = String(row.at)
  const at = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(written) ? written : `${written}Z`)
  const number = Number(row.number)
  if (Number.isNaN(at.getTime()) || !Number.isInteger(number)) return undefined
  const last = number === Number(row.attempt)
  return {
    id: String(row.id),
    queue: String(row.queue),
    worker: String(row.worker),
    tags: tagsOf(row.tags),
    attempt: number,
    key: `${number}:${written}`,
    at,
    final: last && (row.state === 'discarded' || row.state === 'cancelled'),
    executor: last && row.node !== null ? String(row.node) : undefined,
    error: { text: row.text === null ? '' : String(row.text) },
  }
}

