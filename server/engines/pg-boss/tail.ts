import type { Conditions } from './filter.ts'
import type { PgBossTables, Shape } from './table.ts'
import { beyond, by, byPlace, fetchPage, type Found, pairConditions, type PageQuery } from './window.ts'
import { allOf, type Bound } from '../sql.ts'

/** Of a large table without the indexes, this many pages are read: a few hundred thousand jobs. */
const maxPages = 4_000

/**
 * Without an index to walk along, the last pages of the table are taken for the newest jobs, and its first pages for the
 * oldest. That is approximately right but not guaranteed; `searched` reports what was searched.
 */
export async function findInTail(tables: PgBossTables, shape: Shape, conditions: Conditions, bound: Bound, query: PageQuery): Promise<Found> {
  const { created, args, ended, other } = conditions
  const share = Math.ceil(maxPages / Math.max(1, shape.tables.filter(({ large }) => large).length))
  const all = [...pairConditions(tables, conditions, bound), ...created, ...args, ...ended, ...other, ...beyond(query, bound)]
  const parts = shape.tables.map(({ table, pages, large }) => {
    const part =
      query.order === 'newest' ? `j.ctid >= '(${Math.max(0, Math.floor(pages) - share)},0)'::tid` : `j.ctid < '(${share},0)'::tid`
    return `(select j.name, j.id, j.created_on from ${table} j where ${allOf(large ? [part, ...all] : all)}
      order by ${by(query.order, 'j')} limit ${query.limit + 1})`
  })
  const { rows } = await tables.db.executeSql(
    `with page as materialized (select * from (${parts.join(' union all ')}) part order by ${by(query.order, 'part')} limit ${query.limit + 1})
     ${fetchPage(tables, query)} order by ${byPlace(query.order)}`,
    bound.values,
  )
  return { rows, partOf: query.order === 'newest' ? 'the part of the table that was written last' : 'the part of the table that was written first' }
}
