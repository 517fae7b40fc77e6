import type { Conditions } from './filter.ts'
import type { PgBossTables, Shape } from './table.ts'
import { allOf, type Bound, instantText, type Row } from '../sql.ts'

export type Order = 'newest' | 'oldest'

export interface Cursor {
  created: string
  id: string
}

/** Describes the page to find, for every search strategy. */
export interface PageQuery {
  columns: string
  order: Order
  /** Cursor: creation time and id. */
  after?: Cursor
  limit: number
}

export interface Found {
  rows: Row[]
  /** How many jobs were examined, if there are more. Left out if every job that could match was. */
  examined?: number
  /** Cursor of the last job examined, from where the next page continues. */
  edge?: string
  /** What was searched if there is no index to walk along. */
  partOf?: string
}

/** Each row carries its position, for the cursor and for sorting. */
const cursorText = (table: string) => `${instantText(`${table}.created_on`)} || '~' || ${table}.id`
const placeColumns = `${cursorText('j')} as place, j.created_on as by_created, j.id as by_id`
export const by = (order: Order, table: string) => ordered(order, `${table}.created_on`, `${table}.id`)
export const byPlace = (order: Order) => ordered(order, 'by_created', 'by_id')
const ordered = (order: Order, ...columns: string[]) => columns.map((column) => `${column} ${order === 'newest' ? 'desc' : 'asc'}`).join(', ')

/** Fetches the rows of `page` by their keys; the limit keeps the planner from reading the whole table. */
export function fetchPage(tables: PgBossTables, { columns }: PageQuery): string {
  return `select ${columns}, ${placeColumns} from page cross join lateral (
    select * from ${tables.jobs} j where j.name = page.name and j.id = page.id limit 1
  ) j`
}

export function beyond({ order, after }: PageQuery, bound: Bound): string[] {
  if (!after) return []
  return [`(j.created_on, j.id) ${order === 'newest' ? '<' : '>'} (${bound.add(after.created)}::timestamptz, ${bound.add(after.id)}::uuid)`]
}

/**
 * Walks along an index in order of creation and examines at most `size` jobs. What lies beyond is left for the next page.
 */
export function findInWindow(tables: PgBossTables, shape: Shape, conditions: Conditions, bound: Bound, query: PageQuery, size: number): Promise<Found> {
  return walksStrands(shape, conditions)
    ? findAlongStrands(tables, shape, conditions, bound, query, size)
    : findAlongAll(tables, conditions, bound, query, size)
}

/** One walk through all jobs, which stops as soon as the page is full. */
async function findAlongAll(tables: PgBossTables, conditions: Conditions, bound: Bound, query: PageQuery, size: number): Promise<Found> {
  const { columns, order, limit } = query
  const along = allOf([...conditions.created, ...beyond(query, bound)])
  const tests = [...testsOf(conditions), ...pairConditions(tables, conditions, bound)]
  const window = tests.length ? `limit ${size}` : ''
  const { rows } = await tables.db.executeSql(
    `with page as materialized (
       select ${columns}, ${placeColumns} from (select * from ${tables.jobs} j where ${along} order by ${by(order, 'j')} ${window}) j
       where ${allOf(tests)} order by ${by(order, 'j')} limit ${limit + 1}
     )
     select case when ${tests.length > 0} and (select count(*) from page) <= ${limit} then (
         select ${cursorText('j')} from ${tables.jobs} j where ${along} order by ${by(order, 'j')} offset ${size - 1} limit 1
       ) end as edge, ${size} as examined, page.*
     from (values (1)) one left join page on true order by ${byPlace(order)}`,
    bound.values,
  )
  return foundIn(rows)
}

/**
 * An index that starts with queue and state has a strand for each pair. The keys of all strands are read and merged; where one
 * of them is cut off, everything beyond that position is left for the next page. Rows are fetched in order until the page is full.
 */
async function findAlongStrands(
  tables: PgBossTables,
  shape: Shape,
  conditions: Conditions,
  bound: Bound,
  query: PageQuery,
  size: number,
): Promise<Found> {
  const { columns, order, limit } = query
  const tests = testsOf(conditions)
  const along = allOf(['j.name = strand.name and j.state = strand.state', ...conditions.created, ...beyond(query, bound)])
  const strand = strandsOf(tables, conditions, bound)
  // A number rather than a subquery, with which the planner would expect millions of rows and JIT-compile the statement.
  const pairs = (conditions.queue === undefined ? shape.queues : 1) * (conditions.states?.length ?? 6)
  const most = tests.length ? Math.max(limit + 1, Math.min(size, Math.ceil((4 * size) / pairs))) : limit + 1
  const within = order === 'newest' ? '>=' : '<='
  const { rows } = await tables.db.executeSql(
    `with strand as materialized (${strand}),
     seen as materialized (
       select step.* from strand cross join lateral (
         select j.name, j.id, j.created_on, row_number() over (order by ${by(order, 'j')}) as rank
         from ${tables.jobs} j where ${along} order by ${by(order, 'j')} limit ${most}
       ) step
     ),
     cut as materialized (select created_on, id from seen where rank >= ${most} order by ${by(order, 'seen')} limit 1),
     reached as materialized (
       select name, id, created_on from seen
       where coalesce((seen.created_on, seen.id) ${within} (select created_on, id from cut), true)
       order by ${by(order, 'seen')} limit ${tests.length ? size : limit + 1}
     ),
     edge as materialized (
       select created_on, id from reached where exists (select from cut) or (select count(*) from reached) >= ${size}
       order by ${by(order === 'newest' ? 'oldest' : 'newest', 'reached')} limit 1
     )
     select ${cursorText('edge')} as edge, (select count(*)::int from reached) as examined, job.*
     from (values (1)) one left join edge on true left join lateral (
       select ${columns}, ${placeColumns} from (select * from reached order by ${by(order, 'reached')} limit ${size + limit}) step cross join lateral (
         select * from ${tables.jobs} j where j.name = step.name and j.id = step.id and ${allOf(tests)} limit 1
       ) j order by ${by(order, 'step')} limit ${limit + 1}
     ) job on true
     order by ${byPlace(order)}`,
    bound.values,
  )
  return foundIn(rows, limit)
}

function foundIn(rows: Row[], limit = rows.length): Found {
  const found = { rows: rows.filter(({ place }) => place !== null) }
  const [first] = rows
  if (found.rows.length > limit || typeof first?.edge !== 'string') return found
  return { ...found, examined: Number(first.examined), edge: first.edge }
}

/** Conditions that an index on the creation time cannot answer. */
export const testsOf = ({ args, ended, other }: Conditions) => [...args, ...ended, ...other]

/** Is there an index to walk along at all? */
export function canWalk(shape: Shape): boolean {
  return shape.has.created || shape.has.state
}

export function walksStrands(shape: Shape, { queue, notQueues, states }: Conditions): boolean {
  return shape.has.state && (queue !== undefined || notQueues !== undefined || states !== undefined || !shape.has.created)
}

/** Pairs of queue and state that can contain a match. */
export function strandsOf(tables: PgBossTables, { queue, notQueues, states }: Conditions, bound: Bound): string {
  const stateSource = states ? `unnest(${bound.add(states)}::text[]::${tables.stateType}[])` : `unnest(enum_range(null::${tables.stateType}))`
  return `select queue.name, each.state from ${tables.queues} queue cross join ${stateSource} as each(state)
    where ${allOf(namesOf('queue.name', { queue, notQueues }, bound))}`
}

/** Conditions for the queues that take part. */
function namesOf(column: string, { queue, notQueues }: Pick<Conditions, 'queue' | 'notQueues'>, bound: Bound): string[] {
  return [
    ...(queue === undefined ? [] : [`${column} = ${bound.add(queue)}`]),
    ...(notQueues === undefined ? [] : [`${column} <> all(${bound.add(notQueues)}::text[])`]),
  ]
}

export function pairConditions(tables: PgBossTables, { states, ...queues }: Conditions, bound: Bound): string[] {
  return [
    ...namesOf('j.name', queues, bound),
    ...(states === undefined ? [] : [`j.state = any(${bound.add(states)}::text[]::${tables.stateType}[])`]),
  ]
}
