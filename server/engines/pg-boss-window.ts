import type { Conditions } from './pg-boss-filter.ts'
import type { PgBossTables, Shape } from './pg-boss-table.ts'
import { allOf, type Bound, instantText, type Row } from './sql.ts'

export type Order = 'newest' | 'oldest'

/** What is asked of a page, whatever finds it. */
export interface Wanted {
  columns: string
  order: Order
  /** Cursor: creation time and id. */
  after?: { created: string; id: string }
  limit: number
}

export interface Found {
  rows: Row[]
  /** So many jobs were looked at, and there are more. Left out when all that can match were. */
  examined?: number
  /** The last one looked at; the search goes on behind it. */
  edge?: { created: string; id: string }
  /** What was looked at where no index leads on. */
  partOf?: string
}

/** Each row carries where it stands. */
export const placeColumns = `${instantText('j.created_on')} as place, j.id::text as id`
export const by = (order: Order, table: string) => `${table}.created_on ${order === 'newest' ? 'desc' : 'asc'}, ${table}.id ${order === 'newest' ? 'desc' : 'asc'}`

export function beyond({ order, after }: Wanted, bound: Bound): string[] {
  if (!after) return []
  return [`(j.created_on, j.id) ${order === 'newest' ? '<' : '>'} (${bound.add(after.created)}::timestamptz, ${bound.add(after.id)}::uuid)`]
}

/**
 * Walks the jobs in order of creation along an index and looks at so many of them, no more. With queue and state in front
 * the index holds a strand for each pair; the strands are read side by side and merged, and where one of them is cut short
 * everything behind that place is left for the next page.
 */
export async function findInWindow(tables: PgBossTables, shape: Shape, conditions: Conditions, bound: Bound, wanted: Wanted, size: number): Promise<Found> {
  const { order, limit } = wanted
  const strands = walksStrands(shape, conditions)
  const tests = [...conditions.args, ...conditions.ended, ...conditions.other, ...(strands ? [] : pairConditions(tables, conditions, bound))]
  const along = [...conditions.created, ...beyond(wanted, bound), ...(strands ? ['j.name = strand.name and j.state = strand.state'] : [])]
  const most = tests.length ? `(select greatest(${limit + 1}, ${size} / greatest(count(*), 1)) from strand)` : `${limit + 1}`
  const strand = strands ? strandsOf(tables, conditions, bound) : `select null::text as name, null::${tables.stateType} as state`
  const opposite = order === 'newest' ? 'asc' : 'desc'
  const { rows } = await tables.db.executeSql(
    `with strand as materialized (${strand}),
     seen as materialized (
       select strand.name as of_queue, strand.state as of_state, step.* from strand cross join lateral (
         select j.name, j.id, j.created_on, (${allOf(tests)}) as hit from ${tables.jobs} j
         where ${allOf(along)} order by ${by(order, 'j')} limit ${most}
       ) step
     ),
     ${
       tests.length
         ? `edge as materialized (
       select last.created_on, last.id from (
         select distinct on (of_queue, of_state) created_on, id, count(*) over (partition by of_queue, of_state) as length
         from seen order by of_queue, of_state, created_on ${opposite}, id ${opposite}
       ) last where last.length >= ${most} order by ${by(order, 'last')} limit 1
     ), reached as (
       select seen.* from seen where not exists (select from edge where (seen.created_on, seen.id) ${order === 'newest' ? '<' : '>'} (edge.created_on, edge.id))
     )`
         : `edge as (select null::timestamptz as created_on, null::uuid as id where false), reached as (select * from seen)`
     },
     page as materialized (select * from reached where hit order by ${by(order, 'reached')} limit ${limit + 1})
     select ${instantText('edge.created_on')} as edge_created, edge.id::text as edge_id, (select count(*)::int from reached) as examined, job.*
     from (values (1)) one left join edge on true left join lateral (
       select ${wanted.columns}, ${placeColumns}, j.created_on from page cross join lateral (
         select * from ${tables.jobs} j where j.name = page.name and j.id = page.id limit 1
       ) j
     ) job on true
     order by ${by(order, 'job')}`,
    bound.values,
  )
  const [first] = rows
  const cut = first && typeof first.edge_id === 'string'
  return {
    rows: rows.filter(({ id }) => id !== null),
    ...(cut ? { examined: Number(first.examined), edge: { created: String(first.edge_created), id: String(first.edge_id) } } : {}),
  }
}

/** Is there an index to walk along at all? */
export function canWalk(shape: Shape): boolean {
  return shape.has.created || shape.has.state
}

export function walksStrands(shape: Shape, { queue, states }: Conditions): boolean {
  return shape.has.state && (queue !== undefined || states !== undefined || !shape.has.created)
}

/** Pairs of queue and state that can hold a match. */
export function strandsOf(tables: PgBossTables, { queue, states }: Conditions, bound: Bound): string {
  const named = states ? `unnest(${bound.add(states)}::text[]::${tables.stateType}[])` : `unnest(enum_range(null::${tables.stateType}))`
  return `select queue.name, each.state from ${tables.queues} queue cross join ${named} as each(state)
    ${queue === undefined ? '' : `where queue.name = ${bound.add(queue)}`}`
}

export function pairConditions(tables: PgBossTables, { queue, states }: Conditions, bound: Bound): string[] {
  return [
    ...(queue === undefined ? [] : [`j.name = ${bound.add(queue)}`]),
    ...(states === undefined ? [] : [`j.state = any(${bound.add(states)}::text[]::${tables.stateType}[])`]),
  ]
}
