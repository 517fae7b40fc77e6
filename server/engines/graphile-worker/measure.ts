import type { JobState } from '../../../schemas/index.ts'
import type { CountMethod } from '../../../schemas/vocabulary.ts'
import type { Measurement, QueueMeasurement, SqlExecutor } from '../engine.ts'
import { type GraphileTables, queueColumn, stateColumn } from './rows.ts'
import { dateOf, milliseconds } from '../sql.ts'

/** Counting stops here; completed jobs are removed, so there are seldom more. */
const maxCounted = 200_000

interface Depth {
  queue: string
  state: JobState
  count: number
  oldest?: Date
  executors: number
}

/** How many jobs have completed is unknown: graphile-worker removes them and keeps no count. */
export async function measureJobs(db: SqlExecutor, tables: GraphileTables, since: Date): Promise<Measurement> {
  const depths = await countDepths(db, tables)
  const names = await listQueueNames(db, tables)
  const how: CountMethod = depths.reduce((sum, { count }) => sum + count, 0) >= maxCounted ? 'capped' : 'exact'
  const { rows } = await db.executeSql(
    `select percentile_cont(0.95) within group (order by extract(epoch from locked_at - run_at)) as wait from ${tables.jobs}
     where locked_at > $1::timestamptz and locked_at >= run_at`,
    [since.toISOString()],
  )
  const wait = rows[0]?.wait
  return {
    waiting: sum(depths, 'available'),
    executing: sum(depths, 'executing'),
    finished: 0,
    waitP95Seconds: wait === null || wait === undefined ? null : Number(wait),
    how,
    queues: names.map((name) => queueOf(name, depths.filter(({ queue }) => queue === name), how)),
  }
}

function queueOf(name: string, depths: Depth[], how: CountMethod): QueueMeasurement {
  const states: JobState[] = ['scheduled', 'available', 'executing', 'retryable', 'discarded']
  return {
    name,
    depth: states.map((state) => ({ state, count: sum(depths, state), how })),
    oldestAvailableAt: depths.find(({ state }) => state === 'available')?.oldest ?? null,
    paused: null,
    // Only workers that hold a job are visible. If none does, it is unknown how many are waiting for work.
    executors: sumOf(depths.map(({ executors }) => executors)) || null,
    limit: null,
    finished: 0,
    failed: 0,
    waitP95Seconds: null,
  }
}

async function countDepths(db: SqlExecutor, tables: GraphileTables): Promise<Depth[]> {
  const { rows } = await db.executeSql(
    `select ${queueColumn} as queue, ${stateColumn} as state, count(*)::int as count, ${milliseconds('min(j.run_at)')} as oldest,
       count(distinct j.locked_by)::int as executors
     from ${tables.joined(`(select * from ${tables.jobs} limit ${maxCounted})`)} group by 1, 2`,
  )
  return rows.map(({ queue, state, count, oldest, executors }) => ({
    queue: String(queue),
    state: state as JobState,
    count: Number(count),
    oldest: dateOf(oldest),
    executors: Number(executors),
  }))
}

/** Queues that have or have had a job: graphile-worker keeps their names and tasks. */
async function listQueueNames(db: SqlExecutor, tables: GraphileTables): Promise<string[]> {
  const { rows } = await db.executeSql(`select identifier as name from ${tables.tasks} union select queue_name from ${tables.queues} order by 1 limit 10000`)
  return rows.map(({ name }) => String(name))
}

const sumOf = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0)
const sum = (depths: Depth[], state: JobState): number => sumOf(depths.filter((depth) => depth.state === state).map(({ count }) => count))
