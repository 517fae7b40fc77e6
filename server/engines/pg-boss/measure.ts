import type { CountMethod, JobState } from '../../../schemas/index.ts'
import type { Measurement, QueueMeasurement } from '../engine.ts'
import { canonical, isHeld } from './rows.ts'
import type { JobTable, PgBossTables, Shape } from './table.ts'
import { dateOf, milliseconds, type Row } from '../sql.ts'

/** In a large table, the jobs of one queue and state are counted up to this number; beyond that the figure is reported as capped. */
const countLimit = 10_000

type Depth = QueueMeasurement['depth'][number]

export async function measure(tables: PgBossTables, since: Date): Promise<Measurement> {
  const shape = await tables.shape()
  const counts = shape.small ? countAll(tables) : shape.has.state ? countStrands(tables) : loadOwnCounts(tables)
  const [depths, rates] = await Promise.all([counts, measureRates(tables, shape, since)])
  const names = [...depths.keys()]
  const queues = names.map((name): QueueMeasurement => {
    const { depth, oldest } = depths.get(name)!
    const { finished = 0, failed = 0, wait = null } = rates.get(name) ?? {}
    return { name, depth, oldestAvailableAt: oldest ?? null, paused: false, executors: null, limit: null, finished, failed, waitP95Seconds: wait }
  })
  const sum = (...states: JobState[]) => {
    const some = queues.flatMap(({ depth }) => depth).filter(({ state }) => states.includes(state))
    return some.reduce((total, { count }) => total + count, 0)
  }
  const all = rates.get(null)
  return {
    waiting: sum('available', 'retryable'),
    executing: sum('executing'),
    finished: all?.finished ?? 0,
    waitP95Seconds: all?.wait ?? null,
    how: weakest(queues.flatMap(({ depth }) => depth).filter(({ state }) => state === 'available' || state === 'retryable' || state === 'executing')),
    queues,
  }
}

function weakest(depths: Depth[]): CountMethod {
  const methods = new Set(depths.map(({ how }) => how))
  return methods.has('estimated') ? 'estimated' : methods.has('capped') ? 'capped' : 'exact'
}

type Depths = Map<string, { depth: Depth[]; oldest?: Date }>

const workingStates = ['scheduled', 'available', 'executing', 'retryable', 'cancelled', 'discarded'] as const

/** Small tables are counted completely, and every state exactly. */
async function countAll(tables: PgBossTables): Promise<Depths> {
  const { rows } = await tables.db.executeSql(
    `select queue.name, counted.* from ${tables.queues} queue left join (
       select j.name as of, j.state::text as state, ${isHeld} as held, count(*)::int as n, ${milliseconds('min(j.start_after)')} as oldest
       from ${tables.jobs} j group by 1, 2, 3
     ) counted on counted.of = queue.name order by 1`,
  )
  return depthsFrom(rows, [...workingStates, 'completed'])
}

/** Exact for few jobs, capped for many; the number of completed jobs comes from pg-boss's own latest count. */
async function countStrands(tables: PgBossTables): Promise<Depths> {
  const { rows } = await tables.db.executeSql(
    `select queue.name, counted.* from ${tables.queues} queue left join lateral (
       select 'created' as state, held, count(*)::int as n, ${milliseconds('min(start_after)')} as oldest
       from (select ${isHeld} as held, j.start_after from ${tables.jobs} j
             where j.name = queue.name and j.state = 'created' order by j.created_on, j.id limit ${countLimit + 1}) waiting group by held
       union all
       select each.state::text, false, one.n, null
       from unnest('{retry,active,cancelled,failed}'::text[]::${tables.stateType}[]) as each(state), lateral (
         select count(*)::int as n from (select from ${tables.jobs} j where j.name = queue.name and j.state = each.state limit ${countLimit + 1}) capped
       ) one where one.n > 0
     ) counted on true order by 1`,
  )
  const depths = depthsFrom(rows, [...workingStates])
  for (const [name, completed] of await estimateCompleted(tables)) depths.get(name)?.depth.push({ state: 'completed', count: completed, how: 'estimated' })
  return depths
}

function depthsFrom(rows: Row[], states: JobState[]): Depths {
  const depths: Depths = new Map()
  for (const row of rows) {
    const name = String(row.name)
    const { depth } = depths.get(name) ?? { depth: states.map((state): Depth => ({ state, count: 0, how: 'exact' })) }
    const entry = depths.get(name) ?? { depth }
    depths.set(name, entry)
    if (row.state === null) continue
    const state = canonical(row.state, row.held)
    const place = depth.find((each) => each.state === state)
    if (!place) continue
    place.count += Number(row.n)
    if (state === 'available') entry.oldest = dateOf(row.oldest)
  }
  for (const { depth } of depths.values()) capLongStrands(depth, states.includes('completed'))
  return depths
}

function capLongStrands(depth: Depth[], whole: boolean): void {
  if (whole) return
  const created = depth.filter(({ state }) => state === 'scheduled' || state === 'available')
  const cut = created.reduce((total, { count }) => total + count, 0) > countLimit
  for (const place of depth) {
    if (cut && created.includes(place)) place.how = 'capped'
    if (place.count > countLimit) Object.assign(place, { count: countLimit, how: 'capped' })
  }
}

/** pg-boss counts each queue from time to time and stores the result; an old one is not used. */
const ownCountIsFresh = `monitor_on > now() - interval '1 hour'`

async function estimateCompleted(tables: PgBossTables): Promise<[string, number][]> {
  const { rows } = await tables.db.executeSql(
    `select name, greatest(0, total_count - queued_count - active_count - failed_count) as n from ${tables.queues} where ${ownCountIsFresh}`,
  )
  return rows.map(({ name, n }) => [String(name), Number(n)])
}

/** Without an index we count nothing ourselves: these are pg-boss's own figures, a minute old or older. */
async function loadOwnCounts(tables: PgBossTables): Promise<Depths> {
  const { rows } = await tables.db.executeSql(
    `select name, ${ownCountIsFresh} as fresh, deferred_count, greatest(queued_count - deferred_count, 0) as ready, active_count, failed_count,
       greatest(0, total_count - queued_count - active_count - failed_count) as completed from ${tables.queues} order by 1`,
  )
  return new Map(
    rows.map((row) => {
      const counts: [JobState, unknown][] = [
        ['scheduled', row.deferred_count],
        ['available', row.ready],
        ['executing', row.active_count],
        ['discarded', row.failed_count],
        ['completed', row.completed],
      ]
      return [String(row.name), { depth: row.fresh === true ? counts.map(([state, n]): Depth => ({ state, count: Number(n), how: 'estimated' })) : [] }]
    }),
  )
}

interface Rate {
  finished: number
  failed: number
  wait: number | null
}

/**
 * Jobs that have recently ended or started. A started job is running, waiting for another attempt or has ended, so two indexes
 * find all of them. Waits are those of first attempts: when a later attempt was due is not comparable.
 */
async function measureRates(tables: PgBossTables, shape: Shape, since: Date): Promise<Map<string | null, Rate>> {
  const { rows } = await tables.db.executeSql(
    `select name, (count(*) filter (where completed_on > $1))::int as finished,
       (count(*) filter (where state = 'failed' and completed_on > $1 or state = 'retry' and output is not null))::int as failed,
       percentile_cont(0.95) within group (order by greatest(0, extract(epoch from started_on - start_after)))
         filter (where started_on > $1 and retry_count = 0) as wait
     from (${recentJobs(tables, shape)}) j group by grouping sets ((name), ())`,
    [since],
  )
  return new Map(
    rows.map((row) => [
      row.name === null ? null : String(row.name),
      { finished: Number(row.finished), failed: Number(row.failed), wait: row.wait === null ? null : Number(row.wait) },
    ]),
  )
}

/** Of a large table without the index, only this many pages at its end are read, where jobs were written last. */
const lastPages = 2_000

function recentJobs(tables: PgBossTables, shape: Shape): string {
  const columns = 'name, state, started_on, start_after, completed_on, retry_count, output'
  if (shape.has.ended && shape.has.state && !shape.small) {
    return `select ${columns} from ${tables.jobs} where completed_on > $1
      union all
      select j.* from ${tables.queues} queue cross join unnest('{active,retry}'::text[]::${tables.stateType}[]) each(state) cross join lateral (
        select ${columns} from ${tables.jobs} j where j.name = queue.name and j.state = each.state limit ${countLimit}
      ) j where j.started_on > $1`
  }
  const part = ({ table, large, pages }: JobTable) =>
    `select ${columns} from ${table} where (completed_on > $1 or started_on > $1)
      ${large ? `and ctid >= '(${Math.max(0, Math.floor(pages) - lastPages)},0)'::tid` : ''}`
  return shape.tables.map(part).join(' union all ')
}
