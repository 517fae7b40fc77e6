import { unknownCursor } from './cursor.ts'
import type { JobPage, JobTime, SqlExecutor } from './engine.ts'
import { allOf, type Bound, type Row } from './sql.ts'

export interface SortedQuery<Job> {
  db: SqlExecutor
  /** A `from` clause with a bounded number of rows as `j`. */
  from: string
  conditions: string[]
  /** Not only created: that order is every engine's own. */
  by: Exclude<JobTime, 'created'>
  /** The time of a job as SQL. A job without it is placed at its creation. */
  time: string
  created: string
  idType: 'bigint' | 'uuid'
  columns: string
  read(row: Row): Job
  order: 'newest' | 'oldest'
  after?: string
  limit: number
  bound: Bound
}

export interface SortPlace {
  /** Microseconds since 1970. */
  at: string
  id: string
}

/** A page by another time than the creation. The caller bounds the rows of `from`; all that match are sorted. */
export async function findSortedPage<Job extends { id: string }>(query: SortedQuery<Job>): Promise<JobPage<Job>> {
  const { db, from, conditions, by, time, created, idType, columns, read, order, after, limit, bound } = query
  const place = microseconds(`coalesce(${time}, ${created})`)
  const direction = order === 'newest' ? 'desc' : 'asc'
  const beyond = after === undefined ? undefined : parseSortPlace(after, idType)
  const rest = beyond ? [`(${place}, j.id) ${order === 'newest' ? '<' : '>'} (${bound.add(beyond.at)}::bigint, ${bound.add(beyond.id)}::${idType})`] : []
  const { rows } = await db.executeSql(
    `select ${columns}, ${place}::text as sort_place from ${from} where ${allOf([...conditions, ...rest])}
     order by ${place} ${direction}, j.id ${direction} limit ${bound.add(limit + 1)}`,
    bound.values,
  )
  const jobs = rows.slice(0, limit).map(read)
  const places = jobs.map(({ id }, index) => writeSortPlace({ at: String(rows[index]!.sort_place), id }))
  return { jobs, places, by, ...(rows.length > limit ? { next: places.at(-1)! } : {}) }
}

/** As a whole number, which is the same in every time zone and with every driver. */
export const microseconds = (time: string): string => `(extract(epoch from ${time}) * 1000000)::bigint`

export function writeSortPlace({ at, id }: SortPlace): string {
  return `s${at}~${id}`
}

/** @throws OpsError `invalid_request` if no page has returned it */
export function parseSortPlace(cursor: string, idType: 'bigint' | 'uuid'): SortPlace {
  const [, at, id] = /^s(-?\d{1,18})~(.+)$/.exec(cursor) ?? []
  const isId = idType === 'bigint' ? /^\d{1,18}$/ : /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
  if (at === undefined || !isId.test(id!)) throw unknownCursor()
  return { at, id: id! }
}
