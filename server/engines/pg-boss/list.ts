import { unknownCursor } from '../cursor.ts'
import type { JobFilter, JobPage, JobTime } from '../engine.ts'
import { type Conditions, conditionsOf } from './filter.ts'
import { isJobId } from './rows.ts'
import { listSorted } from './sorted.ts'
import type { PgBossTables, Shape } from './table.ts'
import { findInTail } from './tail.ts'
import { beyond, by, byPlace, canWalk, type Cursor, fetchPage, findInWindow, type Found } from './window.ts'
import { type Order, pairConditions, type PageQuery } from './window.ts'
import { allOf, Bound, escapeLike, type Row } from '../sql.ts'

/** At most this many jobs are examined for one page; the cursor continues after them. */
const windowSize = 5_000
/** Size of the first, smaller window: frequent matches are found there. */
const firstWindowSize = 500
/** If an index narrows the filter to this few jobs, all of them are sorted. */
const maxNarrow = 10_000

export interface ListRequest<Job> {
  columns: string
  read(row: Row): Job
  order: Order
  by?: JobTime
  after?: string
  limit: number
}

/** A page by creation time, or by another if that can be found at a bounded cost. Its cost is bounded at any depth, with any filter and without any index. */
export async function listPage<Job extends { id: string }>(tables: PgBossTables, filter: JobFilter, request: ListRequest<Job>): Promise<JobPage<Job>> {
  const { order, by: time = 'created', limit } = request
  const sorted = time === 'created' ? undefined : await listSorted(tables, filter, { ...request, by: time })
  if (sorted) return sorted
  const after = request.after === undefined ? undefined : parseCursor(request.after)
  const query: PageQuery = { columns: request.columns, order, after, limit }
  const found = await findPage(tables, await tables.shape(), filter, query)
  const jobs = found.rows.slice(0, limit).map(request.read)
  const places = found.rows.slice(0, limit).map(({ place }) => String(place))
  if (found.rows.length > limit) return { jobs, places, next: places[limit - 1], searched: found.partOf }
  return { jobs, places, next: found.edge, searched: describeSearch(found, order, after !== undefined) }
}

/** undefined if every job that could match was examined. */
export function describeSearch({ examined, partOf }: Found, order: Order, continued: boolean): string | undefined {
  if (examined === undefined) return partOf
  return `the ${order} ${examined.toLocaleString('en')} candidates${continued ? ' from the cursor on' : ''}`
}

function parseCursor(cursor: string): Cursor {
  const [created = '', id = ''] = cursor.split('~')
  if (!isJobId(id) || !isInstant(created)) throw unknownCursor()
  return { created, id }
}

/** JavaScript parses 31 February as 3 March; PostgreSQL rejects it. */
function isInstant(text: string): boolean {
  if (!/^\d{4}(-\d\d){2}T\d\d(:\d\d){2}\.\d{6}Z$/.test(text)) return false
  const instant = new Date(text)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 19) === text.slice(0, 19)
}

export async function findPage(tables: PgBossTables, shape: Shape, filter: JobFilter, query: PageQuery): Promise<Found> {
  /** Each search is a statement of its own, with its own parameters. */
  const search = async (run: (conditions: Conditions, bound: Bound) => Promise<Found>): Promise<Found> => {
    const bound = new Bound()
    const conditions = conditionsOf(filter, bound)
    return conditions ? run(conditions, bound) : { rows: [] }
  }
  if (filter.id !== undefined || shape.small) return search((conditions, bound) => findAmongAll(tables, conditions, bound, query))
  if (!canWalk(shape)) return search((conditions, bound) => findInTail(tables, shape, conditions, bound, query))
  const searchWindow = (size: number) => search((conditions, bound) => findInWindow(tables, shape, conditions, bound, query, Math.max(size, query.limit)))
  const first = await searchWindow(firstWindowSize)
  if (first.examined === undefined || first.rows.length > query.limit) return first
  const narrowing = narrowingIndex(shape, filter)
  if (narrowing) {
    const narrowed = await search((conditions, bound) => findAmongFew(tables, conditions, bound, query, narrowing))
    if (narrowed.examined === undefined) return narrowed
  }
  return searchWindow(windowSize)
}

type Narrowing = 'args' | 'ended'

function narrowingIndex({ has }: Shape, { args, time }: JobFilter): Narrowing | undefined {
  if (args !== undefined && has.args) return 'args'
  return time?.field === 'finished' && has.ended ? 'ended' : undefined
}

/** For small tables, which are read as a whole, and for a single id, which is looked up by key in each queue. */
async function findAmongAll(tables: PgBossTables, conditions: Conditions, bound: Bound, query: PageQuery): Promise<Found> {
  const { id, created, args, ended, other } = conditions
  const from =
    id === undefined
      ? `${tables.jobs} j`
      : `${tables.queues} queue cross join lateral (select * from ${tables.jobs} job where job.name = queue.name and job.id = ${bound.add(id)}::uuid limit 1) j`
  const all = [...pairConditions(tables, conditions, bound), ...created, ...args, ...ended, ...other, ...beyond(query, bound)]
  const { rows } = await tables.db.executeSql(
    `with page as materialized (
       select j.name, j.id, j.created_on from ${from} where ${allOf(all)} order by ${by(query.order, 'j')} limit ${query.limit + 1}
     ) ${fetchPage(tables, query)} order by ${byPlace(query.order)}`,
    bound.values,
  )
  return { rows }
}

/** Fetches everything that an index narrows the filter to, unless that is too much. */
async function findAmongFew(tables: PgBossTables, conditions: Conditions, bound: Bound, query: PageQuery, narrowing: Narrowing): Promise<Found> {
  const { created, args, ended, other } = conditions
  const rest = [...(narrowing === 'args' ? ended : args), ...other, ...pairConditions(tables, conditions, bound), ...created, ...beyond(query, bound)]
  const { rows } = await tables.db.executeSql(
    `with few as materialized (
       select j.name, j.id, j.created_on, (${allOf(rest)}) as hit from ${tables.jobs} j where ${allOf(conditions[narrowing])} limit ${maxNarrow + 1}
     ),
     page as materialized (select * from few where hit order by ${by(query.order, 'few')} limit ${query.limit + 1})
     select (select count(*) > ${maxNarrow} from few) as many, job.* from (values (1)) one left join lateral (
       ${fetchPage(tables, query)}
     ) job on true order by ${byPlace(query.order)}`,
    bound.values,
  )
  return rows[0]?.many === true ? { rows: [], examined: maxNarrow } : { rows: rows.filter(({ place }) => place !== null) }
}

/** Only queues can be suggested: pg-boss has neither workers nor tags. */
export async function hintQueues(tables: PgBossTables, prefix: string, limit: number, notQueues: string[] = []): Promise<string[]> {
  const { rows } = await tables.db.executeSql(`select name from ${tables.queues} where name ilike $1 and name <> all($3::text[]) order by name limit $2`, [
    `${escapeLike(prefix)}%`,
    limit,
    notQueues,
  ])
  return rows.map(({ name }) => String(name))
}
