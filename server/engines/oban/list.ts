import { unknownCursor } from '../cursor.ts'
import type { JobCount, JobFilter, JobPage, JobTime } from '../engine.ts'
import { findSortedPage } from '../sorted-page.ts'
import { conditionsOf, timeColumns } from './filter.ts'
import { isJobId, type ObanTables } from './table.ts'
import { allOf, Bound, escapeLike, type Row } from '../sql.ts'

/** At most this many jobs are examined for one page; the cursor continues after them. */
const windowSize = 50_000
const windowText = (order: Order) => `the ${order === 'newest' ? 'newest' : 'oldest'} ${windowSize.toLocaleString('en')} jobs from the cursor on`

/**
 * If an index narrows the filter to this few jobs, all of them are sorted. If there are more, they are frequent enough for a
 * scan in order of creation to find them.
 */
const maxNarrow = 20_000

type Order = 'newest' | 'oldest'

interface PageQuery<Job> {
  columns: string
  read(row: Row): Job
  order: Order
  by?: JobTime
  after?: string
  limit: number
}

/** A page by id, which is the order of insertion. Its cost is bounded at any depth and with any filter. */
export async function listPage<Job extends { id: string }>(tables: ObanTables, filter: JobFilter, query: PageQuery<Job>): Promise<JobPage<Job>> {
  const { columns, read, order, by: time = 'created', after, limit } = query
  if (time !== 'created') return listSorted(tables, filter, { ...query, by: time })
  if (after !== undefined && !isJobId(after)) throw unknownCursor()
  const bound = new Bound()
  const conditions = conditionsOf(tables, await tables.shape(), filter, bound)
  if (!conditions) return { jobs: [] }
  const { indexed, other } = conditions
  const beyond = after === undefined ? 'true' : `id ${order === 'newest' ? '<' : '>'} ${bound.add(after)}::bigint`
  const by = order === 'newest' ? 'desc' : 'asc'
  const narrow = indexed.length > 0 && (await isNarrow(tables, filter))
  const size = bound.add(limit + 1)
  const { rows } = await tables.db.executeSql(
    narrow
      ? `with few as materialized (select j.id from ${tables.jobs} j where ${allOf(indexed)})
         select ${columns} from (select id from few where ${beyond} order by id ${by}) each,
           lateral (select * from ${tables.jobs} where id = each.id limit 1) j
         where ${allOf(other)} order by each.id ${by} limit ${size}`
      : `select ${columns} from (select * from ${tables.jobs} where ${beyond} order by id ${by} limit ${windowSize}) j
         where ${allOf([...indexed, ...other])} order by j.id ${by} limit ${size}`,
    bound.values,
  )
  const jobs = rows.slice(0, limit).map(read)
  const places = jobs.map(({ id }) => id)
  if (rows.length > limit) return { jobs, places, next: places.at(-1) }
  if (narrow || indexed.length + other.length === 0) return { jobs, places }
  const edge = await findEdge(tables, order, after)
  return edge === undefined ? { jobs, places } : { jobs, places, next: edge, searched: windowText(order) }
}

/** By the due or end time, for which Oban has no index: a narrow filter is sorted as a whole, and otherwise the jobs of one window are. */
async function listSorted<Job extends { id: string }>(
  tables: ObanTables,
  filter: JobFilter,
  { by, ...query }: PageQuery<Job> & { by: 'due' | 'finished' },
): Promise<JobPage<Job>> {
  const bound = new Bound()
  const conditions = conditionsOf(tables, await tables.shape(), filter, bound)
  if (!conditions) return { jobs: [], by }
  const { indexed, other } = conditions
  const narrow = indexed.length > 0 && (await isNarrow(tables, filter))
  // Bound only where it is used: PostgreSQL refuses a parameter that no part of the statement uses.
  const hidden = !narrow && filter.notQueues?.length ? `where queue <> all(${bound.add(filter.notQueues)}::text[])` : ''
  const from = narrow ? `(select * from ${tables.jobs} j where ${allOf(indexed)}) j` : `(select * from ${tables.jobs} ${hidden} order by id desc limit ${windowSize}) j`
  const page = await findSortedPage({
    ...query,
    db: tables.db,
    from,
    conditions: [...(narrow ? [] : indexed), ...other],
    by,
    time: timeColumns[by],
    created: timeColumns.created,
    idType: 'bigint',
    bound,
  })
  if (narrow || (await findEdge(tables, 'newest', undefined)) === undefined) return page
  return { ...page, searched: `the newest ${windowSize.toLocaleString('en')} jobs` }
}

/** The last job of a window; undefined if the window reaches the end. */
async function findEdge(tables: ObanTables, order: Order, after: string | undefined): Promise<string | undefined> {
  const bound = new Bound()
  const beyond = after === undefined ? 'true' : `id ${order === 'newest' ? '<' : '>'} ${bound.add(after)}::bigint`
  const { rows } = await tables.db.executeSql(
    `select id::text as id from ${tables.jobs} where ${beyond} order by id ${order === 'newest' ? 'desc' : 'asc'} offset ${windowSize - 1} limit 2`,
    bound.values,
  )
  return rows.length === 2 ? String(rows[0]!.id) : undefined
}

async function isNarrow(tables: ObanTables, { id, states, queue, notQueues, args }: JobFilter): Promise<boolean> {
  const bound = new Bound()
  const { indexed } = conditionsOf(tables, await tables.shape(), { id, states, queue, notQueues, args }, bound)!
  const { rows } = await tables.db.executeSql(
    `select count(*)::int as n from (select from ${tables.jobs} j where ${allOf(indexed)} limit ${maxNarrow + 1}) capped`,
    bound.values,
  )
  return Number(rows[0]!.n) <= maxNarrow
}

export async function countJobs(tables: ObanTables, filter: JobFilter, limit: number): Promise<JobCount> {
  const bound = new Bound()
  const conditions = conditionsOf(tables, await tables.shape(), filter, bound)
  if (!conditions) return { count: 0, how: 'exact' }
  const { indexed, other } = conditions
  // Without an index that narrows the filter, only one window is searched.
  const bounded = other.length > 0 && !(indexed.length > 0 && (await isNarrow(tables, filter)))
  const source = bounded ? `(select * from ${tables.jobs} j order by j.id desc limit ${windowSize})` : tables.jobs
  const { rows } = await tables.db.executeSql(
    `select count(*)::int as n from (select from ${source} j where ${allOf([...indexed, ...other])} limit ${limit + 1}) capped`,
    bound.values,
  )
  const count = Number(rows[0]!.n)
  if (count > limit) return { count: limit, how: 'capped' }
  if (bounded && (await findEdge(tables, 'newest', undefined)) !== undefined) {
    return { count, how: 'capped', searched: `the newest ${windowSize.toLocaleString('en')} jobs` }
  }
  return { count, how: 'exact' }
}

/** Workers and tags have no index, so suggestions come from this many of the newest jobs. */
const hintWindow = 20_000

export async function hintValues(
  tables: ObanTables,
  field: 'queue' | 'worker' | 'tag',
  prefix: string,
  { limit, notQueues = [] }: { limit: number; notQueues?: string[] },
): Promise<string[]> {
  const { states } = await tables.shape()
  const bound = new Bound()
  const begins = `value ilike ${bound.add(`${escapeLike(prefix)}%`)}`
  const hidden = bound.add(notQueues)
  const newest = `(select worker, tags from (select * from ${tables.jobs} where queue <> all(${hidden}::text[])) shown order by id desc limit ${hintWindow}) newest`
  const values = {
    queue: () => `(${pairsOfStateAndQueue(tables, bound.add(states))}) pair(state, value)`,
    worker: () => `(select worker from ${newest}) worker(value)`,
    tag: () => `(select jsonb_array_elements_text(to_jsonb(tags)) from ${newest} where tags is not null) tag(value)`,
  }
  const { rows } = await tables.db.executeSql(
    `select distinct value from ${values[field]()} where ${begins}${field === 'queue' ? ` and value <> all(${hidden}::text[])` : ''} order by value limit ${bound.add(limit)}`,
    bound.values,
  )
  return rows.map(({ value }) => String(value))
}

/** All existing pairs of state and queue, found with a skip scan of Oban's own index: one read per pair, not per job. */
export function pairsOfStateAndQueue(tables: ObanTables, states: string): string {
  return `select each.state, pair.queue from unnest(${states}::text[]::${tables.stateType}[]) each(state), lateral (
    with recursive step(queue) as (
      (select queue from ${tables.jobs} where state = each.state order by queue limit 1)
      union all
      select (select next.queue from ${tables.jobs} next where next.state = each.state and next.queue > step.queue order by next.queue limit 1)
      from step where step.queue is not null
    ) select queue from step where queue is not null limit 10000
  ) pair`
}
