import type { EngineFailure, FailurePage } from '../engine.ts'
import { dateOf, instantText, milliseconds, type Row } from '../sql.ts'
import { unknownCursor } from '../cursor.ts'
import { errorColumn, errorNameColumn, isJobId, maxStack, textOf } from './rows.ts'
import type { JobTable, PgBossTables, Shape } from './table.ts'

/** The retry that was counted when the attempt failed: claiming the job for its next attempt counts one more. */
const failedRetry = `(case when j.state = 'active' then j.retry_count - 1 else j.retry_count end)`

/** pg-boss waits at least this long between a failed attempt and the next. */
const shortestDelay = `(interval '1 second' * case when j.retry_backoff
  then least(j.retry_delay_max, greatest(j.retry_delay, 1) * 2 ^ least(16, ${failedRetry} + 1) / 2) else j.retry_delay end)`

/**
 * pg-boss keeps no time of an attempt that is followed by another, only when that one is due. With back-off, which is random, the
 * middle of the possible times is taken.
 */
const failedAt = `case when j.state = 'failed' then j.completed_on
  else greatest(least(j.start_after - ${shortestDelay} * case when j.retry_backoff then 1.5 else 1 end, now()), case when j.state = 'retry' then j.started_on end) end`

const ended = (from: string) => `j.state = 'failed' and j.completed_on >= ${from} and j.started_on is not null and j.output is not null`
/** An operator's retry makes an old failure due again, but its attempt ended when its time was up at the latest. */
const stillRunning = (from: string) => `j.started_on + (j.expire_seconds + 300) * interval '1 second' >= ${from}`
const retried = (from: string) =>
  `(j.state = 'retry' and ${stillRunning(from)} or j.state = 'active' and j.retry_count > 0) and j.output is not null and j.start_after - ${shortestDelay} >= ${from}`

const columns = `j.id, j.name, j.state, j.retry_count, j.retry_delay, j.retry_backoff, j.retry_delay_max, j.start_after, j.started_on, j.completed_on, j.expire_seconds, j.output`

/** As many characters as the error's group needs. */
const maxText = 4_096

/** A job keeps its last failure until its next attempt ends well. */
export async function listFailures(tables: PgBossTables, since: Date, { after, limit }: { after?: string; limit: number }): Promise<FailurePage> {
  const shape = await tables.shape()
  const [at = null, id = null] = after === undefined ? [] : parseCursor(after)
  // What comes after the cursor failed no earlier than it. Only keys are sorted; the errors are fetched for the page.
  const { rows } = await tables.db.executeSql(
    `with page as materialized (
       select j.name, j.id, ${failedAt} as at from (${recentRows(tables, shape)}) j
       where $2::timestamptz is null or (${failedAt}, j.id) > ($2::timestamptz, $3::uuid) order by at, j.id limit ${limit + 1}
     )
     select j.id::text as id, j.name as queue, ${failedRetry} + 1 as attempt, j.state = 'failed' as final, ${milliseconds('page.at')} as ms, ${instantText('page.at')} || '~' || j.id as place,
       case when j.state = 'retry' then ${milliseconds('j.start_after')} end as due,
       left(${errorColumn}, ${maxText}) as error, ${errorNameColumn} as name, left(j.output ->> 'stack', ${maxStack}) as stack
     from page cross join lateral (select * from ${tables.jobs} j where j.name = page.name and j.id = page.id limit 1) j order by page.at, page.id`,
    [at ?? since, at, id],
  )
  const failures = rows.slice(0, limit).map(engineFailure)
  return { failures, next: rows.length > limit ? String(rows[limit - 1]!.place) : undefined, searched: isWhole(shape) ? undefined : 'the part of the table that was written last' }
}

function isWhole({ small, has }: Shape): boolean {
  return small || (has.ended && has.state)
}

/** Of a large table without indexes, only this many pages at its end are read, where jobs were written last. */
const lastPages = 2_000
/** Jobs of one queue and state that wait for another attempt. */
const maxWaiting = 20_000

function recentRows(tables: PgBossTables, shape: Shape): string {
  if (!shape.small && isWhole(shape)) {
    return `select ${columns} from ${tables.jobs} j where ${ended('$1')}
      union all
      select j.* from ${tables.queues} queue cross join unnest('{active,retry}'::text[]::${tables.stateType}[]) each(state) cross join lateral (
        select ${columns} from ${tables.jobs} j where j.name = queue.name and j.state = each.state limit ${maxWaiting}
      ) j where ${retried('$1')}`
  }
  const part = ({ table, large, pages }: JobTable) =>
    `select ${columns} from ${table} j where (${ended('$1')} or ${retried('$1')})
      ${large ? `and j.ctid >= '(${Math.max(0, Math.floor(pages) - lastPages)},0)'::tid` : ''}`
  return shape.tables.map(part).join(' union all ')
}

/** A job that waits for its next attempt shows the same failure until then, also if it is discarded meanwhile. */
const margin = 60_000

function engineFailure(row: Row): EngineFailure {
  const at = dateOf(row.ms)!
  const due = dateOf(row.due)
  return {
    id: String(row.id),
    queue: String(row.queue),
    attempt: Number(row.attempt),
    key: String(row.attempt),
    at,
    until: due && due > at ? new Date(due.getTime() + margin) : undefined,
    final: row.final === true,
    error: { text: row.error === null ? '' : String(row.error), name: textOf(row.name), stack: textOf(row.stack) },
  }
}

function parseCursor(cursor: string): [at: string, id: string] {
  const [at = '', id = ''] = cursor.split('~')
  if (Number.isNaN(Date.parse(at)) || !isJobId(id)) throw unknownCursor()
  return [at, id]
}
