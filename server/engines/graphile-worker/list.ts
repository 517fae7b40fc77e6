import { unknownCursor } from '../cursor.ts'
import type { JobCount, JobFilter, JobPage, JobTime, SqlExecutor } from '../engine.ts'
import { findSortedPage } from '../sorted-page.ts'
import { payloadContains } from './payload.ts'
import { type GraphileTables, isJobId, queueColumn, stateColumn } from './rows.ts'
import { allOf, Bound, escapeLike, type Row } from '../sql.ts'

/**
 * At most this many jobs are examined for one page; the cursor continues after them. Completed jobs are removed, so there are
 * seldom more, and graphile-worker has no index that would find them faster.
 */
const windowSize = 50_000
const windowText = (order: Order) => `the ${order === 'newest' ? 'newest' : 'oldest'} ${windowSize.toLocaleString('en')} jobs from the cursor on`

type Order = 'newest' | 'oldest'

interface PageQuery<Job> {
  columns: string
  read(row: Row): Job
  order: Order
  by?: JobTime
  after?: string
  limit: number
}

const timeColumns = { created: 'j.created_at', due: 'j.run_at', finished: `case when ${stateColumn} = 'discarded' then j.updated_at end` }

/** undefined if nothing can match. */
function conditionsOf({ states, queue, notQueues, worker, id, tag, args, error, words, time, createdBefore }: JobFilter, bound: Bound): string[] | undefined {
  if (tag !== undefined || (id !== undefined && !isJobId(id))) return undefined
  const conditions: string[] = []
  if (id !== undefined) conditions.push(`j.id = ${bound.add(id)}::bigint`)
  if (states) conditions.push(`${stateColumn} = any(${bound.add(states)}::text[])`)
  if (queue !== undefined) conditions.push(`${queueColumn} = ${bound.add(queue)}`)
  if (notQueues?.length) conditions.push(`${queueColumn} <> all(${bound.add(notQueues)}::text[])`)
  if (worker !== undefined) conditions.push(`t.identifier = ${bound.add(worker)}`)
  if (args !== undefined) conditions.push(payloadContains(bound.add(args)))
  if (error !== undefined) conditions.push(`j.last_error ilike ${bound.add(`%${escapeLike(error)}%`)}`)
  if (words !== undefined) {
    const part = bound.add(`%${escapeLike(words)}%`)
    conditions.push(`(j.last_error ilike ${part} or j.payload::text ilike ${part})`)
  }
  if (time) {
    const column = timeColumns[time.field]
    if (time.from) conditions.push(`${column} >= ${bound.add(time.from.toISOString())}::timestamptz`)
    if (time.to) conditions.push(`${column} < ${bound.add(time.to.toISOString())}::timestamptz`)
  }
  if (createdBefore) conditions.push(`j.created_at < ${bound.add(createdBefore.toISOString())}::timestamptz`)
  return conditions
}

/** A page by id, which is the order of creation. Its cost is bounded at any depth and with any filter. */
export async function listPage<Job extends { id: string }>(
  db: SqlExecutor,
  tables: GraphileTables,
  filter: JobFilter,
  query: PageQuery<Job>,
): Promise<JobPage<Job>> {
  const { columns, read, order, by: sorted = 'created', after, limit } = query
  if (sorted !== 'created') return listSorted(db, tables, filter, { ...query, by: sorted })
  if (after !== undefined && !isJobId(after)) throw unknownCursor()
  const bound = new Bound()
  const conditions = conditionsOf(filter, bound)
  if (!conditions) return { jobs: [] }
  const by = order === 'newest' ? 'desc' : 'asc'
  const beyond = after === undefined ? 'true' : `id ${order === 'newest' ? '<' : '>'} ${bound.add(after)}::bigint`
  // A filter by id reads one row and no window, so the cursor becomes a condition.
  if (filter.id !== undefined && after !== undefined) conditions.push(`j.${beyond}`)
  const source = filter.id === undefined ? `(select * from ${tables.jobs} where ${beyond} order by id ${by} limit ${windowSize})` : tables.jobs
  const { rows } = await db.executeSql(
    `select ${columns} from ${tables.joined(source)} where ${allOf(conditions)} order by j.id ${by} limit ${bound.add(limit + 1)}`,
    bound.values,
  )
  const jobs = rows.slice(0, limit).map(read)
  const places = jobs.map(({ id }) => id)
  if (rows.length > limit) return { jobs, places, next: places.at(-1) }
  if (filter.id !== undefined || !conditions.length) return { jobs, places }
  const edge = await findEdge(db, tables, order, after)
  return edge === undefined ? { jobs, places } : { jobs, places, next: edge, searched: windowText(order) }
}

/** By the due or end time, for which there is no index: the jobs of one window are sorted. */
async function listSorted<Job extends { id: string }>(
  db: SqlExecutor,
  tables: GraphileTables,
  filter: JobFilter,
  { by, ...query }: PageQuery<Job> & { by: 'due' | 'finished' },
): Promise<JobPage<Job>> {
  const bound = new Bound()
  const conditions = conditionsOf(filter, bound)
  if (!conditions) return { jobs: [], by }
  const source = filter.id === undefined ? `(select * from ${tables.jobs} order by id desc limit ${windowSize})` : tables.jobs
  const page = await findSortedPage({ ...query, db, from: tables.joined(source), conditions, by, time: timeColumns[by], created: timeColumns.created, idType: 'bigint', bound })
  if (filter.id !== undefined || (await findEdge(db, tables, 'newest', undefined)) === undefined) return page
  return { ...page, searched: `the newest ${windowSize.toLocaleString('en')} jobs` }
}

/** The last job of a window; undefined if the window reaches the end. */
async function findEdge(db: SqlExecutor, tables: GraphileTables, order: Order, after: string | undefined): Promise<string | undefined> {
  const bound = new Bound()
  const beyond = after === undefined ? 'true' : `id ${order === 'newest' ? '<' : '>'} ${bound.add(after)}::bigint`
  const { rows } = await db.executeSql(
    `select id::text as id from ${tables.jobs} where ${beyond} order by id ${order === 'newest' ? 'desc' : 'asc'} offset ${windowSize - 1} limit 2`,
    bound.values,
  )
  return rows.length === 2 ? String(rows[0]!.id) : undefined
}

export async function countJobs(db: SqlExecutor, tables: GraphileTables, filter: JobFilter, limit: number): Promise<JobCount> {
  const bound = new Bound()
  const conditions = conditionsOf(filter, bound)
  if (!conditions) return { count: 0, how: 'exact' }
  const { rows } = await db.executeSql(
    `select count(*)::int as n from (
       select from ${tables.joined(filter.id === undefined ? `(select * from ${tables.jobs} order by id desc limit ${windowSize})` : tables.jobs)}
       where ${allOf(conditions)} limit ${limit + 1}) capped`,
    bound.values,
  )
  const count = Number(rows[0]!.n)
  if (count > limit) return { count: limit, how: 'capped' }
  if ((await findEdge(db, tables, 'newest', undefined)) === undefined) return { count, how: 'exact' }
  return { count, how: 'capped', searched: `the newest ${windowSize.toLocaleString('en')} jobs` }
}

/** Tasks and queues have small tables of their own. A task counts as a queue of the same name. */
export async function hintValues(
  db: SqlExecutor,
  tables: GraphileTables,
  field: 'queue' | 'worker' | 'tag',
  prefix: string,
  { limit, notQueues = [] }: { limit: number; notQueues?: string[] },
): Promise<string[]> {
  if (field === 'tag') return []
  const names = `select identifier as value from ${tables.tasks}${field === 'queue' ? ` union select queue_name from ${tables.queues}` : ''}`
  const { rows } = await db.executeSql(`select value from (${names}) known where value ilike $1 and value <> all($3::text[]) order by value limit $2`, [
    `${escapeLike(prefix)}%`,
    limit,
    notQueues,
  ])
  return rows.map(({ value }) => String(value))
}
