import type { JobState } from '../../../schemas/index.ts'
import type { CountMethod } from '../../../schemas/vocabulary.ts'
import { mergedSeconds } from '../durations.ts'
import { type Measurement, type QueueMeasurement, type SqlExecutor, zombieAttempts } from '../engine.ts'
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
  /** How long those that are due have waited; undefined for others and for zombies. */
  waited?: number
}

/** What has changed since the last measurement, of the jobs that are still there. */
interface Recent {
  queue: string | null
  started: number
  failed: number
  discarded: number
  wait: number | null
}

/** How many jobs have completed is unknown: graphile-worker removes them and keeps no count. */
export async function measureJobs(db: SqlExecutor, tables: GraphileTables, since: Date): Promise<Measurement> {
  const depths = await countDepths(db, tables)
  const byQueue = Map.groupBy(depths, ({ queue }) => queue)
  const names = await listQueueNames(db, tables)
  const how: CountMethod = depths.reduce((sum, { count }) => sum + count, 0) >= maxCounted ? 'capped' : 'exact'
  const recent = await measureRecent(db, tables, since)
  return {
    waiting: sum(depths, 'available'),
    executing: sum(depths, 'executing'),
    finished: 0,
    waitP95Seconds: recent.get(null)?.wait ?? null,
    how,
    queues: names.map((name) => queueOf(name, byQueue.get(name) ?? [], recent.get(name), how)),
  }
}

function queueOf(name: string, depths: Depth[], recent: Recent | undefined, how: CountMethod): QueueMeasurement {
  const states: JobState[] = ['scheduled', 'available', 'executing', 'retryable', 'discarded']
  const available = depths.filter(({ state }) => state === 'available')
  const sane = available.filter(({ waited }) => waited !== undefined)
  return {
    name,
    depth: states.map((state) => ({ state, count: sum(depths, state), how })),
    oldestAvailableAt: earliest(available),
    paused: null,
    // Only workers that hold a job are visible. If none does, it is unknown how many are waiting for work.
    executors: sumOf(depths.map(({ executors }) => executors)) || null,
    limit: null,
    finished: 0,
    failed: recent?.failed ?? 0,
    waitP95Seconds: recent?.wait ?? null,
    started: recent?.started ?? 0,
    discarded: recent?.discarded ?? 0,
    due: { count: sumOf(available.map(({ count }) => count)), how, oldestAt: earliest(sane) },
    waits: sane.map(({ waited, count }) => [waited!, count]),
  }
}

async function countDepths(db: SqlExecutor, tables: GraphileTables): Promise<Depth[]> {
  const { rows } = await db.executeSql(
    `select ${queueColumn} as queue, ${stateColumn} as state, count(*)::int as count, ${milliseconds('min(j.run_at)')} as oldest,
       count(distinct j.locked_by)::int as executors,
       case when ${stateColumn} = 'available' and j.attempts < ${zombieAttempts} then ${mergedSeconds('extract(epoch from now() - j.run_at)')} end as waited
     from ${tables.joined(`(select * from ${tables.jobs} limit ${maxCounted})`)} group by 1, 2, 6`,
  )
  return rows.map(({ queue, state, count, oldest, executors, waited }) => ({
    queue: String(queue),
    state: state as JobState,
    count: Number(count),
    oldest: dateOf(oldest),
    executors: Number(executors),
    waited: waited === null ? undefined : Number(waited),
  }))
}

/**
 * A started job is locked until it ends; a failed one was unlocked by its last change. Jobs that have completed meanwhile are
 * gone, so the number of started ones is a lower bound.
 */
async function measureRecent(db: SqlExecutor, tables: GraphileTables, since: Date): Promise<Map<string | null, Recent>> {
  const { rows } = await db.executeSql(
    `select ${queueColumn} as queue, count(*) filter (where j.locked_at > $1::timestamptz)::int as started,
       count(*) filter (where j.locked_at is null)::int as failed,
       count(*) filter (where j.locked_at is null and j.attempts >= j.max_attempts)::int as discarded,
       percentile_cont(0.95) within group (order by extract(epoch from j.locked_at - j.run_at)) filter (where j.locked_at >= j.run_at) as wait
     from ${tables.joined(`(select * from ${tables.jobs} where locked_at > $1::timestamptz
       or (locked_at is null and attempts > 0 and last_error is not null and updated_at > $1::timestamptz) limit ${maxCounted})`)}
     group by grouping sets ((1), ())`,
    [since.toISOString()],
  )
  return new Map(
    rows.map((row) => {
      const queue = row.queue === null ? null : String(row.queue)
      const wait = row.wait === null ? null : Number(row.wait)
      return [queue, { queue, started: Number(row.started), failed: Number(row.failed), discarded: Number(row.discarded), wait }]
    }),
  )
}

function earliest(depths: Depth[]): Date | null {
  const times = depths.flatMap(({ oldest }) => (oldest ? [oldest.getTime()] : []))
  return times.length ? new Date(Math.min(...times)) : null
}

/** Queues that have or have had a job: graphile-worker keeps their names and tasks. */
async function listQueueNames(db: SqlExecutor, tables: GraphileTables): Promise<string[]> {
  const { rows } = await db.executeSql(`select identifier as name from ${tables.tasks} union select queue_name from ${tables.queues} order by 1 limit 10000`)
  return rows.map(({ name }) => String(name))
}

const sumOf = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0)
const sum = (depths: Depth[], state: JobState): number => sumOf(depths.filter((depth) => depth.state === state).map(({ count }) => count))
