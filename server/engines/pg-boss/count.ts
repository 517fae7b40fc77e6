import type { JobCount, JobFilter } from '../engine.ts'
import { conditionsOf } from './filter.ts'
import { describeSearch, findPage } from './list.ts'
import type { PgBossTables } from './table.ts'
import { canWalk, strandsOf, testsOf, walksStrands } from './window.ts'
import { allOf, Bound } from '../sql.ts'

/** At most this many rows are tested if the index does not answer the whole filter. */
const maxTested = 20_000

/** Counts along an index if there is one, and within the window of one page otherwise. */
export async function countJobs(tables: PgBossTables, filter: JobFilter, limit: number): Promise<JobCount> {
  const shape = await tables.shape()
  const bound = new Bound()
  const conditions = conditionsOf(filter, bound)
  if (!conditions) return { count: 0, how: 'exact' }
  const { queue, notQueues, states, created, args } = conditions
  const tests = testsOf(conditions)
  const byPage = filter.id !== undefined || shape.small || !canWalk(shape) || (args.length > 0 && shape.has.args)
  if (byPage) return countPage(tables, filter, limit)
  if (walksStrands(shape, conditions)) {
    const along = allOf(['j.name = strand.name and j.state = strand.state', ...created])
    const strands = strandsOf(tables, conditions, bound)
    if (tests.length === 0) {
      const from = `(${strands}) strand cross join lateral (select from ${tables.jobs} j where ${along} limit ${limit + 1}) j`
      return countRows(tables, from, bound, limit)
    }
    return countTested(tables, { strands, along, tests: allOf(tests) }, bound, limit)
  }
  const unfiltered = tests.length === 0 && queue === undefined && notQueues === undefined && states === undefined
  if (unfiltered) return countRows(tables, `${tables.jobs} j where ${allOf(created)}`, bound, limit)
  return countPage(tables, filter, limit)
}

async function countRows(tables: PgBossTables, from: string, bound: Bound, limit: number): Promise<JobCount> {
  const { rows } = await tables.db.executeSql(`select count(*)::int as n from (select from ${from} limit ${limit + 1}) capped`, bound.values)
  return capped(Number(rows[0]!.n), limit)
}

/** Tests each strand completely if all of them are short; otherwise the same number of jobs of each, which `searched` reports. */
async function countTested(
  tables: PgBossTables,
  { strands, along, tests }: Record<'strands' | 'along' | 'tests', string>,
  bound: Bound,
  limit: number,
): Promise<JobCount> {
  const { rows } = await tables.db.executeSql(
    `with strand as materialized (
       select strand.*, (select count(*) from (select from ${tables.jobs} j where ${along} limit ${maxTested + 1}) capped) as length
       from (${strands}) strand
     ),
     part as materialized (
       select case when sum(length) <= ${maxTested} then ${maxTested} else ${maxTested} / count(*) end as most from strand where length > 0
     )
     select count(*)::int as tested, (count(*) filter (where hit))::int as n, (select sum(length) <= ${maxTested} from strand) as whole
     from strand cross join lateral (
       select (${tests}) as hit from ${tables.jobs} j where ${along} order by j.created_on desc, j.id desc limit (select most from part)
     ) j`,
    bound.values,
  )
  const { n, tested, whole } = rows[0] as { n: number; tested: number; whole: boolean | null }
  const count = capped(n, limit)
  if (count.how === 'capped' || whole !== false) return count
  return { ...count, how: 'capped', searched: `${tested.toLocaleString('en')} candidates, the newest of each queue and state` }
}

async function countPage(tables: PgBossTables, filter: JobFilter, limit: number): Promise<JobCount> {
  const page = await findPage(tables, await tables.shape(), filter, { columns: 'true as counted', order: 'newest', limit })
  const count = capped(page.rows.length, limit)
  const searched = describeSearch(page, 'newest', false)
  return count.how === 'capped' || searched === undefined ? count : { ...count, how: 'capped', searched }
}

function capped(count: number, limit: number): JobCount {
  return count > limit ? { count: limit, how: 'capped' } : { count, how: 'exact' }
}
