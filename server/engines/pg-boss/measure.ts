import type { CountMethod, JobState } from '../../../schemas/index.ts'
import { mergedSeconds, runsByWorker } from '../durations.ts'
import { type Measurement, type QueueMeasurement, zombieAttempts } from '../engine.ts'
import { canonical, isHeld } from './rows.ts'
import type { JobTable, PgBossTables, Shape } from './table.ts'
import { dateOf, milliseconds, type Row } from '../sql.ts'

/** In a large table, the jobs of one queue and state are counted up to this number; beyond that the figure is reported as capped. */
const countLimit = 10_000

type Depth = QueueMeasurement['depth'][number]
type Due = NonNullable<QueueMeasurement['due']>

export async function measure(tables: PgBossTables, since: Date): Promise<Measurement> {
  const shape = await tables.shape()
  const counts = shape.small ? countAll(tables) : shape.has.state ? countStrands(tables) : loadOwnCounts(tables)
  const [depths, rates] = await Promise.all([counts, measureRates(tables, shape, since)])
  const queues = [...depths].map(([name, { depth, oldest, due, waited }]): QueueMeasurement => {
    const { finished = 0, failed = 0, started = 0, discarded = 0, wait = null, waits = [], runs = [] } = rates.get(name) ?? {}
    return {
      name,
      depth,
      oldestAvailableAt: oldest ?? null,
      paused: false,
      executors: null,
      limit: null,
      finished,
      failed,
      waitP95Seconds: wait,
      started,
      discarded,
      due: due ?? null,
      waits: due ? [...waits, ...waited] : null,
      runs: runsByWorker(runs),
    }
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

interface Counted {
  depth: Depth[]
  oldest?: Date
  /** Undefined if it was not counted. */
  due?: Due
  /** How long those jobs have waited. */
  waited: [seconds: number, jobs: number][]
}
type Depths = Map<string, Counted>

const workingStates = ['scheduled', 'available', 'executing', 'retryable', 'cancelled', 'discarded'] as const

/** What is counted of jobs that are due: by how long they have waited, which zombies are left out of. */
const waitedFor = (job: string) => `case when ${job}.state < 'active' and not held and ${job}.retry_count < ${zombieAttempts}
  then ${mergedSeconds(`extract(epoch from now() - ${job}.start_after)`)} end as waited`
const counted = (job: string) => `count(*)::int as n, ${milliseconds(`min(${job}.start_after)`)} as oldest`

/** Small tables are counted completely, and every state exactly. */
async function countAll(tables: PgBossTables): Promise<Depths> {
  const { rows } = await tables.db.executeSql(
    `select queue.name, counted.* from ${tables.queues} queue left join (
       select j.name as of, j.state::text as state, held, ${waitedFor('j')}, ${counted('j')}
       from ${tables.jobs} j, lateral (select ${isHeld} as held) each group by 1, 2, 3, 4
     ) counted on counted.of = queue.name order by 1`,
  )
  return depthsFrom(rows, [...workingStates, 'completed'])
}

/** Exact for few jobs, capped for many; the number of completed jobs comes from pg-boss's own latest count. */
async function countStrands(tables: PgBossTables): Promise<Depths> {
  const { rows } = await tables.db.executeSql(
    `select queue.name, counted.* from ${tables.queues} queue left join lateral (
       select w.state::text, w.held, ${waitedFor('w')}, ${counted('w')}
       from unnest('{created,retry}'::text[]::${tables.stateType}[]) as each(state), lateral (
         select j.state, ${isHeld} as held, j.start_after, j.retry_count from ${tables.jobs} j
         where j.name = queue.name and j.state = each.state order by j.created_on, j.id limit ${countLimit + 1}
       ) w group by 1, 2, 3
       union all
       select each.state::text, false, null, one.n, null
       from unnest('{active,cancelled,failed}'::text[]::${tables.stateType}[]) as each(state), lateral (
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
    const entry: Counted = depths.get(name) ?? { depth: states.map((state) => ({ state, count: 0, how: 'exact' })), due: { count: 0, how: 'exact', oldestAt: null }, waited: [] }
    depths.set(name, entry)
    if (row.state === null) continue
    const state = canonical(row.state, row.held)
    const place = entry.depth.find((each) => each.state === state)
    if (!place) continue
    place.count += Number(row.n)
    const oldest = dateOf(row.oldest)
    if (state === 'available') entry.oldest = earlier(entry.oldest, oldest)
    if ((state !== 'available' && state !== 'retryable') || row.held === true) continue
    entry.due!.count += Number(row.n)
    if (row.waited === null) continue
    entry.waited.push([Number(row.waited), Number(row.n)])
    entry.due!.oldestAt = earlier(entry.due!.oldestAt ?? undefined, oldest) ?? null
  }
  for (const counted of depths.values()) capLongStrands(counted, states.includes('completed'))
  return depths
}

function earlier(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b ? (a < b ? a : b) : (a ?? b)
}

function capLongStrands({ depth, due }: Counted, whole: boolean): void {
  if (whole) return
  const created = depth.filter(({ state }) => state === 'scheduled' || state === 'available')
  const cut = created.reduce((total, { count }) => total + count, 0) > countLimit
  for (const place of depth) {
    if (cut && created.includes(place)) place.how = 'capped'
    if (place.count > countLimit) Object.assign(place, { count: countLimit, how: 'capped' })
  }
  if (due && depth.some(({ state, how }) => how === 'capped' && (state === 'available' || state === 'retryable'))) due.how = 'capped'
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
      return [String(row.name), { depth: row.fresh === true ? counts.map(([state, n]): Depth => ({ state, count: Number(n), how: 'estimated' })) : [], waited: [] }]
    }),
  )
}

interface Rate {
  finished: number
  failed: number
  started: number
  discarded: number
  wait: number | null
  waits?: [seconds: number, jobs: number][]
  runs?: { worker: null; seconds: number; jobs: number }[]
}

/**
 * Jobs that have recently ended or started. A started job is running, waiting for another attempt or has ended, so two indexes
 * find all of them. Waits are those of first attempts: when a later attempt was due is not comparable.
 */
async function measureRates(tables: PgBossTables, shape: Shape, since: Date): Promise<Map<string | null, Rate>> {
  const { rows } = await tables.db.executeSql(
    `with recent as materialized (${recentJobs(tables, shape)})
     select name, 'rates' as kind, null as seconds, (count(*) filter (where completed_on > $1))::int as finished,
       (count(*) filter (where state = 'failed' and completed_on > $1 or state = 'retry' and output is not null))::int as failed,
       (count(*) filter (where started_on > $1))::int as started,
       (count(*) filter (where state = 'failed' and completed_on > $1))::int as discarded,
       percentile_cont(0.95) within group (order by greatest(0, extract(epoch from started_on - start_after)))
         filter (where started_on > $1 and retry_count = 0) as wait
     from recent group by grouping sets ((name), ())
     union all
     select name, 'waits', ${mergedSeconds('extract(epoch from started_on - start_after)')}, count(*)::int, null, null, null, null
     from recent where started_on > $1 and retry_count = 0 group by 1, 3
     union all
     select name, 'runs', ${mergedSeconds('extract(epoch from completed_on - started_on)')}, count(*)::int, null, null, null, null
     from recent where completed_on > $1 and state in ('completed', 'failed') group by 1, 3
     order by 2`,
    [since],
  )
  const rates = new Map<string | null, Rate>()
  for (const row of rows) {
    const name = row.name === null ? null : String(row.name)
    const [seconds, jobs] = [Number(row.seconds), Number(row.finished)]
    const rate = rates.get(name)
    if (row.kind === 'rates') rates.set(name, rateOf(row))
    else if (row.kind === 'waits') (rate!.waits ??= []).push([seconds, jobs])
    else (rate!.runs ??= []).push({ worker: null, seconds, jobs })
  }
  return rates
}

function rateOf({ finished, failed, started, discarded, wait }: Row): Rate {
  return { finished: Number(finished), failed: Number(failed), started: Number(started), discarded: Number(discarded), wait: wait === null ? null : Number(wait) }
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
