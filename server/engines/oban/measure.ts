import { type JobState, jobStates } from '../../../schemas/index.ts'
import { mergedSeconds, runsByWorker } from '../durations.ts'
import { type Measurement, type QueueMeasurement, zombieAttempts } from '../engine.ts'
import { pairsOfStateAndQueue } from './list.ts'
import { producersByQueue } from './producers.ts'
import { canonical } from './rows.ts'
import { asUtc, type ObanTables, utcNow } from './table.ts'
import { dateOf, milliseconds, type Row } from '../sql.ts'

/** Counting stops here; beyond that a figure is reported as capped. Ended jobs are kept for long and matter less. */
const maxUnfinished = 100_000
const maxEnded = 10_000
/** Without an index on `completed_at`, recently completed jobs are searched among this many of the newest jobs. */
const newestWindow = 50_000

export async function measureJobs(tables: ObanTables, since: Date, known: readonly string[]): Promise<Measurement> {
  const shape = await tables.shape()
  const [depths, recent] = await Promise.all([
    countDepths(tables, shape.states),
    measureRecent(tables, since, shape.indexesCompleted),
    shape.hasProducers ? undefined : listenToNodes(tables),
  ])
  const producers = await producersByQueue(tables)
  const depthsByQueue = Map.groupBy(depths, ({ queue }) => queue)
  const recentByQueue = new Map(recent.map((row) => [row.queue, row]))
  const names = [...new Set([...known, ...depths.map(({ queue }) => queue), ...(producers?.keys() ?? [])])].toSorted()
  const queues = names.map((name): QueueMeasurement => {
    const ofQueue = depthsByQueue.get(name) ?? []
    const rates = recentByQueue.get(name)
    const running = producers?.get(name)
    return {
      name,
      depth: depthOf(ofQueue),
      oldestAvailableAt: ofQueue.find(({ state }) => state === 'available')?.oldest ?? null,
      paused: running?.paused ?? null,
      // The table of producers is complete; the reports of nodes are not, if some run without Oban Met.
      executors: running?.executors ?? (shape.hasProducers ? 0 : null),
      limit: running?.limit ?? null,
      finished: Number(rates?.finished ?? 0),
      failed: Number(rates?.failed ?? 0),
      waitP95Seconds: secondsOf(rates?.wait),
      started: Number(rates?.started ?? 0),
      discarded: Number(rates?.discarded ?? 0),
      due: dueOf(ofQueue),
      waits: [...durationsIn(rates?.waits), ...ofQueue.flatMap(({ waited }) => waited)],
      runs: runsByWorker((rates?.runs ?? []) as { worker: string; seconds: number; jobs: number }[]),
    }
  })
  const overall = recentByQueue.get(null)
  const unfinished = depths.filter(({ state }) => ['available', 'retryable', 'executing'].includes(state))
  return {
    waiting: sum(depths, (state) => state === 'available') + Number(overall?.retry_due ?? 0),
    executing: sum(depths, (state) => state === 'executing'),
    finished: Number(overall?.finished ?? 0),
    waitP95Seconds: secondsOf(overall?.wait),
    how: unfinished.some(({ capped }) => capped) ? 'capped' : 'exact',
    queues,
  }
}

/** Oban Met reports every 0.75 seconds. */
const gossipMs = 900
/** Short, so that it does not delay a host that closes its pool; several slices together hear every node that pings. */
const sliceMs = 1_500

/** If nodes report their queues, we listen during each measurement; otherwise we check in the background whether any node is running. */
async function listenToNodes({ listener }: ObanTables): Promise<void> {
  if (listener.queues) await listener.listen(gossipMs)
  else if (!listener.heardRecently) void listener.listen(sliceMs)
}

/** A state without a row has no jobs. */
function depthOf(depths: Depth[]): QueueMeasurement['depth'] {
  return (Object.keys(jobStates) as JobState[]).map((state) => {
    const { count = 0, capped = false } = depths.find((each) => each.state === state) ?? {}
    return { state, count, how: capped ? 'capped' : 'exact' }
  })
}

interface Depth {
  queue: string
  state: JobState
  count: number
  capped: boolean
  oldest?: Date
  /** Of those that are due, and are no zombies. */
  oldestDue?: Date
  /** How long those that are due have waited. */
  waited: [seconds: number, jobs: number][]
}

function dueOf(depths: Depth[]): QueueMeasurement['due'] {
  const count = depths.flatMap(({ waited }) => waited).reduce((total, [, jobs]) => total + jobs, 0)
  const oldest = depths.flatMap(({ oldestDue }) => (oldestDue ? [oldestDue.getTime()] : []))
  const capped = depths.some((depth) => depth.capped && depth.waited.length > 0)
  return { count, how: capped ? 'capped' : 'exact', oldestAt: oldest.length ? new Date(Math.min(...oldest)) : null }
}

function durationsIn(json: unknown): [seconds: number, jobs: number][] {
  return ((json ?? []) as { seconds: number; jobs: number }[]).map(({ seconds, jobs }) => [Number(seconds), Number(jobs)])
}

/** Scheduled jobs and retries whose time has come become available as soon as Oban's leader notices. */
const mayBeDue = `pair.state in ('available', 'scheduled', 'retryable')`
/** The first jobs of each priority, by due time: the order of Oban's own index. */
const firstDue = (tables: ObanTables, limit: number | string, condition = '') =>
  `generate_series(0, 9) each(priority), lateral (
     select j.scheduled_at from ${tables.jobs} j
     where j.state = pair.state and j.queue = pair.queue and j.priority = each.priority and j.scheduled_at <= ${utcNow} ${condition}
     order by j.scheduled_at limit ${limit}) first`

/** One bounded read of Oban's own index per state and queue. */
async function countDepths(tables: ObanTables, states: string[]): Promise<Depth[]> {
  const { rows } = await tables.db.executeSql(
    `select pair.state::text as state, pair.queue, counted.n, counted.most,
       case when pair.state = 'available' then (select ${milliseconds('min(first.scheduled_at)')} from ${firstDue(tables, 1)}) end as oldest,
       case when ${mayBeDue} then (select ${milliseconds('min(first.scheduled_at)')}
         from ${firstDue(tables, 1, `and j.attempt < ${zombieAttempts}`)}) end as oldest_due,
       case when ${mayBeDue} then (
         select jsonb_agg(jsonb_build_object('seconds', seconds, 'jobs', jobs)) from (
           select ${mergedSeconds(`extract(epoch from ${utcNow} - scheduled_at)`)} as seconds, count(*) as jobs
           from (select first.scheduled_at from ${firstDue(tables, maxUnfinished)} limit ${maxUnfinished}) due group by 1) merged) end as waited
     from (${pairsOfStateAndQueue(tables, '$1')}) pair(state, queue), lateral (
       select count(*)::int as n, most.most from (select case when pair.state in ('completed', 'cancelled', 'discarded')
         then ${maxEnded} else ${maxUnfinished} end as most) most, lateral (
         select from ${tables.jobs} j where j.state = pair.state and j.queue = pair.queue limit most.most) capped group by most.most) counted`,
    [states],
  )
  const depths = new Map<string, Depth>()
  for (const row of rows) {
    const state = canonical(row.state)
    const key = `${state}:${String(row.queue)}`
    const known = depths.get(key)
    depths.set(key, {
      queue: String(row.queue),
      state,
      count: Number(row.n) + (known?.count ?? 0),
      capped: Number(row.n) >= Number(row.most) || (known?.capped ?? false),
      oldest: dateOf(row.oldest),
      oldestDue: [dateOf(row.oldest_due), known?.oldestDue].filter((at) => at !== undefined).toSorted((a, b) => a.getTime() - b.getTime())[0],
      waited: [...durationsIn(row.waited), ...(known?.waited ?? [])],
    })
  }
  return [...depths.values()]
}

const recentColumns = 'queue, worker, state, scheduled_at, attempted_at, errors'

/** What has ended, failed and started since then, by queue and, with queue null, overall. */
async function measureRecent(tables: ObanTables, since: Date, indexed: boolean): Promise<Row[]> {
  const completed = indexed ? tables.jobs : `(select * from ${tables.jobs} order by id desc limit ${newestWindow})`
  const from = asUtc('$1')
  const { rows } = await tables.db.executeSql(
    `with recent as materialized (
       select ${recentColumns}, completed_at as ended_at from ${completed} c where state = 'completed' and completed_at > ${from}
       union all
       select ${recentColumns}, cancelled_at from ${tables.jobs} where state = 'cancelled' and cancelled_at > ${from}
       union all
       select ${recentColumns}, discarded_at from ${tables.jobs} where state = 'discarded' and discarded_at > ${from}
       union all
       (select ${recentColumns}, null from ${tables.jobs} where state in ('executing', 'retryable') limit ${maxEnded})
     ),
     waits as (
       select queue, jsonb_agg(jsonb_build_object('seconds', seconds, 'jobs', jobs)) as waits from (
         select queue, ${mergedSeconds('extract(epoch from attempted_at - scheduled_at)')} as seconds, count(*) as jobs
         from recent where attempted_at > ${from} and attempted_at >= scheduled_at group by 1, 2) merged group by 1
     ),
     runs as (
       select queue, jsonb_agg(jsonb_build_object('worker', worker, 'seconds', seconds, 'jobs', jobs)) as runs from (
         select queue, worker, ${mergedSeconds('extract(epoch from ended_at - attempted_at)')} as seconds, count(*) as jobs
         from recent where state in ('completed', 'discarded') and attempted_at is not null group by 1, 2, 3) merged group by 1
     )
     select rates.*, waits.waits, runs.runs from (
       select queue,
         count(*) filter (where state in ('completed', 'cancelled', 'discarded'))::int as finished,
         count(*) filter (where state = 'discarded')::int as discarded,
         count(*) filter (where attempted_at > ${from})::int as started,
         count(*) filter (where state = 'retryable' and scheduled_at <= ${utcNow})::int as retry_due,
         coalesce(sum((select count(*) from jsonb_array_elements(to_jsonb(errors)) error where error->>'at' > $2)), 0)::int as failed,
         percentile_cont(0.95) within group (order by extract(epoch from attempted_at - scheduled_at))
           filter (where attempted_at > ${from} and attempted_at >= scheduled_at) as wait
       from recent group by grouping sets ((queue), ())
     ) rates left join waits using (queue) left join runs using (queue)`,
    // Errors contain their time as ISO 8601 text, which sorts chronologically.
    [since.toISOString(), since.toISOString().replace('Z', '')],
  )
  return rows
}

function sum(depths: Depth[], wanted: (state: JobState) => boolean): number {
  return depths.reduce((total, { state, count }) => total + (wanted(state) ? count : 0), 0)
}

function secondsOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Math.max(0, Number(value))
}
