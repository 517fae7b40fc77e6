import { unknownCursor } from '../cursor.ts'
import type { JobFilter, JobPage } from '../engine.ts'
import { type Conditions, conditionsOf } from './filter.ts'
import { isJobId } from './rows.ts'
import type { PgBossTables, Shape } from './table.ts'
import { findInTail } from './tail.ts'
import { beyond, by, byPlace, canWalk, type Cursor, fetchPage, findInWindow, type Found } from './window.ts'
import { type Order, pairConditions, type Wanted } from './window.ts'
import { allOf, Bound, escapeLike, type Row } from '../sql.ts'

/** So many jobs at most are looked at for one page; the cursor goes on behind them. */
const windowSize = 5_000
/** So many in a first look: what is frequent is met at once. */
const glance = 500
/** What an index narrows to so few is sorted as a whole. */
const few = 10_000

export interface PageAsked<Job> {
  columns: string
  read(row: Row): Job
  order: Order
  after?: string
  limit: number
}

/** A page by time of creation. Its cost has a bound at any depth, with any filter and without any index. */
export async function listPage<Job>(tables: PgBossTables, filter: JobFilter, asked: PageAsked<Job>): Promise<JobPage<Job>> {
  const { order, limit } = asked
  const after = asked.after === undefined ? undefined : parseCursor(asked.after)
  const wanted: Wanted = { columns: asked.columns, order, after, limit }
  const found = await findPage(tables, await tables.shape(), filter, wanted)
  const jobs = found.rows.slice(0, limit).map(asked.read)
  const places = found.rows.slice(0, limit).map(({ place }) => String(place))
  if (found.rows.length > limit) return { jobs, places, next: places[limit - 1], searched: found.partOf }
  return { jobs, places, next: found.edge, searched: searchedIn(found, order, after !== undefined) }
}

/** Undefined when all that could match was looked at. */
export function searchedIn({ examined, partOf }: Found, order: Order, goesOn: boolean): string | undefined {
  if (examined === undefined) return partOf
  return `the ${order} ${examined.toLocaleString('en')} candidates${goesOn ? ' from the cursor on' : ''}`
}

function parseCursor(cursor: string): Cursor {
  const [created = '', id = ''] = cursor.split('~')
  if (!isJobId(id) || !isInstant(created)) throw unknownCursor()
  return { created, id }
}

/** JavaScript reads 31 February as 3 March; PostgreSQL refuses it. */
function isInstant(text: string): boolean {
  if (!/^\d{4}(-\d\d){2}T\d\d(:\d\d){2}\.\d{6}Z$/.test(text)) return false
  const instant = new Date(text)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().slice(0, 19) === text.slice(0, 19)
}

export async function findPage(tables: PgBossTables, shape: Shape, filter: JobFilter, wanted: Wanted): Promise<Found> {
  /** A statement each; its values are numbered anew. */
  const ask = async (how: (conditions: Conditions, bound: Bound) => Promise<Found>): Promise<Found> => {
    const bound = new Bound()
    const conditions = conditionsOf(filter, bound)
    return conditions ? how(conditions, bound) : { rows: [] }
  }
  if (filter.id !== undefined || shape.small) return ask((conditions, bound) => findAmongAll(tables, conditions, bound, wanted))
  if (!canWalk(shape)) return ask((conditions, bound) => findInTail(tables, shape, conditions, bound, wanted))
  const look = (size: number) => ask((conditions, bound) => findInWindow(tables, shape, conditions, bound, wanted, Math.max(size, wanted.limit)))
  const near = await look(glance)
  if (near.examined === undefined || near.rows.length > wanted.limit) return near
  const narrowing = narrowingIndex(shape, filter)
  if (narrowing) {
    const narrowed = await ask((conditions, bound) => findAmongFew(tables, conditions, bound, wanted, narrowing))
    if (narrowed.examined === undefined) return narrowed
  }
  return look(windowSize)
}

type Narrowing = 'args' | 'ended'

function narrowingIndex({ has }: Shape, { args, time }: JobFilter): Narrowing | undefined {
  if (args !== undefined && has.args) return 'args'
  return time?.field === 'finished' && has.ended ? 'ended' : undefined
}

/** Small tables are read as they are, and one job is found by its key in each queue. */
async function findAmongAll(tables: PgBossTables, conditions: Conditions, bound: Bound, wanted: Wanted): Promise<Found> {
  const { id, created, args, ended, other } = conditions
  const from =
    id === undefined
      ? `${tables.jobs} j`
      : `${tables.queues} queue cross join lateral (select * from ${tables.jobs} job where job.name = queue.name and job.id = ${bound.add(id)}::uuid limit 1) j`
  const all = [...pairConditions(tables, conditions, bound), ...created, ...args, ...ended, ...other, ...beyond(wanted, bound)]
  const { rows } = await tables.db.executeSql(
    `with page as materialized (
       select j.name, j.id, j.created_on from ${from} where ${allOf(all)} order by ${by(wanted.order, 'j')} limit ${wanted.limit + 1}
     ) ${fetchPage(tables, wanted)} order by ${byPlace(wanted.order)}`,
    bound.values,
  )
  return { rows }
}

/** What an index leaves over is fetched as a whole, unless it is too much. */
async function findAmongFew(tables: PgBossTables, conditions: Conditions, bound: Bound, wanted: Wanted, narrowing: Narrowing): Promise<Found> {
  const { created, args, ended, other } = conditions
  const rest = [...(narrowing === 'args' ? ended : args), ...other, ...pairConditions(tables, conditions, bound), ...created, ...beyond(wanted, bound)]
  const { rows } = await tables.db.executeSql(
    `with few as materialized (
       select j.name, j.id, j.created_on, (${allOf(rest)}) as hit from ${tables.jobs} j where ${allOf(conditions[narrowing])} limit ${few + 1}
     ),
     page as materialized (select * from few where hit order by ${by(wanted.order, 'few')} limit ${wanted.limit + 1})
     select (select count(*) > ${few} from few) as many, job.* from (values (1)) one left join lateral (
       ${fetchPage(tables, wanted)}
     ) job on true order by ${byPlace(wanted.order)}`,
    bound.values,
  )
  return rows[0]?.many === true ? { rows: [], examined: few } : { rows: rows.filter(({ place }) => place !== null) }
}

/** pg-boss knows neither workers nor tags. */
export async function hintQueues(tables: PgBossTables, prefix: string, limit: number, notQueues: string[] = []): Promise<string[]> {
  const { rows } = await tables.db.executeSql(`select name from ${tables.queues} where name ilike $1 and name <> all($3::text[]) order by name limit $2`, [
    `${escapeLike(prefix)}%`,
    limit,
    notQueues,
  ])
  return rows.map(({ name }) => String(name))
}
