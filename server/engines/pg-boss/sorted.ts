import type { JobFilter, JobPage } from '../engine.ts'
import { findSortedPage, microseconds, parseSortPlace, writeSortPlace } from '../sorted-page.ts'
import { allOf, Bound } from '../sql.ts'
import { conditionsOf, timeColumns } from './filter.ts'
import type { ListRequest } from './list.ts'
import type { PgBossTables } from './table.ts'
import { pairConditions } from './window.ts'

/** At most this many jobs along the index of ends are examined for one page; the cursor continues after them. */
const windowSize = 5_000

type SortedRequest<Job> = ListRequest<Job> & { by: 'due' | 'finished' }

/**
 * A page by the due or end time: of small tables as a whole, and otherwise along the index of ends, if there is one. undefined if
 * there is no way to bound the cost.
 */
export async function listSorted<Job extends { id: string }>(tables: PgBossTables, filter: JobFilter, request: SortedRequest<Job>): Promise<JobPage<Job> | undefined> {
  const { small, has } = await tables.shape()
  const walk = !small && filter.id === undefined
  if (walk && (request.by !== 'finished' || !has.ended)) return undefined
  const bound = new Bound()
  const conditions = conditionsOf(filter, bound)
  if (!conditions) return { jobs: [], by: request.by }
  const { id, created, args, ended, other } = conditions
  const all = [...pairConditions(tables, conditions, bound), ...created, ...args, ...ended, ...other, ...(id === undefined ? [] : [`j.id = ${bound.add(id)}::uuid`])]
  const window = walk ? alongEnds(tables, filter, request, bound) : undefined
  const from = window ? `(${window} limit ${windowSize}) j` : `${tables.jobs} j`
  const page = await findSortedPage({ ...request, db: tables.db, from, conditions: all, time: timeColumns[request.by], created: timeColumns.created, idType: 'uuid', bound })
  if (!walk || page.next !== undefined) return page
  const edge = await findEdge(tables, filter, request)
  return edge === undefined ? page : { ...page, next: edge, searched: `the ${request.order} ${windowSize.toLocaleString('en')} candidates` }
}

/** Ended jobs from the cursor on, in the order of their ends. Those that end in the same microsecond as the cursor are included. */
function alongEnds(tables: PgBossTables, { notQueues, time }: JobFilter, { order, after }: Pick<SortedRequest<unknown>, 'order' | 'after'>, bound: Bound): string {
  const [within, direction] = order === 'newest' ? ['<=', 'desc'] : ['>=', 'asc']
  const at = after === undefined ? [] : [`j.completed_on ${within} to_timestamp(${bound.add(parseSortPlace(after, 'uuid').at)}::bigint / 1000000.0)`]
  const hidden = notQueues?.length ? [`j.name <> all(${bound.add(notQueues)}::text[])`] : []
  const instant = (date: Date) => `${bound.add(date.toISOString())}::timestamptz`
  const ends = time?.field === 'finished' ? [...(time.from ? [`j.completed_on >= ${instant(time.from)}`] : []), ...(time.to ? [`j.completed_on < ${instant(time.to)}`] : [])] : []
  return `select * from ${tables.jobs} j where ${allOf(['j.completed_on is not null', ...at, ...ends, ...hidden])} order by j.completed_on ${direction}, j.id ${direction}`
}

/** The last job of a window; undefined if the window reaches the end. */
async function findEdge(tables: PgBossTables, filter: JobFilter, request: Pick<SortedRequest<unknown>, 'order' | 'after'>): Promise<string | undefined> {
  const bound = new Bound()
  const { rows } = await tables.db.executeSql(
    `select j.id::text as id, ${microseconds('j.completed_on')}::text as at from (${alongEnds(tables, filter, request, bound)} offset ${windowSize - 1} limit 2) j`,
    bound.values,
  )
  return rows.length === 2 ? writeSortPlace({ at: String(rows[0]!.at), id: String(rows[0]!.id) }) : undefined
}
