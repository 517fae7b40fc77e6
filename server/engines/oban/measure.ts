import { type JobState, jobStates } from '../../../schemas/index.ts'
import type { Measurement, QueueMeasurement } from '../engine.ts'
import { pairsOfStateAndQueue } from './list.ts'
import { producersByQueue } from './producers.ts'
import { canonical } from './rows.ts'
import { asUtc, type ObanTables } from './table.ts'
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
  const names = [...new Set([...known, ...depths.map(({ queue }) => queue), ...(producers?.keys() ?? [])])].toSorted()
  const queues = names.map((name): QueueMeasurement => {
    const ofQueue = depths.filter(({ queue }) => queue === name)
    const rates = recent.find(({ queue }) => queue === name)
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
    }
  })
  const overall = recent.find(({ queue }) => queue === null)
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
}

/** One bounded read of Oban's own index per state and queue. */
async function countDepths(tables: ObanTables, states: string[]): Promise<Depth[]> {
  const { rows } = await tables.db.executeSql(
    `select pair.state::text as state, pair.queue, counted.n, counted.most,
       case when pair.state = 'available' then (
         select min(earliest.at) from generate_series(0, 9) each(priority), lateral (
           select ${milliseconds('j.scheduled_at')} as at from ${tables.jobs} j
           where j.state = pair.state and j.queue = pair.queue and j.priority = each.priority
           order by j.scheduled_at limit 1) earliest) end as oldest
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
    })
  }
  return [...depths.values()]
}

/** What has ended, failed and started since then, by queue and, with queue null, overall. */
async function measureRecent(tables: ObanTables, since: Date, indexed: boolean): Promise<Row[]> {
  const completed = indexed ? tables.jobs : `(select * from ${tables.jobs} order by id desc limit ${newestWindow})`
  const from = asUtc('$1')
  const { rows } = await tables.db.executeSql(
    `with recent as (
       select queue, state, scheduled_at, attempted_at, errors from ${completed} c where state = 'completed' and completed_at > ${from}
       union all
       select queue, state, scheduled_at, attempted_at, errors from ${tables.jobs} where state = 'cancelled' and cancelled_at > ${from}
       union all
       select queue, state, scheduled_at, attempted_at, errors from ${tables.jobs} where state = 'discarded' and discarded_at > ${from}
       union all
       (select queue, state, scheduled_at, attempted_at, errors from ${tables.jobs} where state in ('executing', 'retryable') limit ${maxEnded})
     )
     select queue,
       count(*) filter (where state in ('completed', 'cancelled', 'discarded'))::int as finished,
       count(*) filter (where state = 'retryable' and scheduled_at <= timezone('utc', clock_timestamp()))::int as retry_due,
       coalesce(sum((select count(*) from jsonb_array_elements(to_jsonb(errors)) error where error->>'at' > $2)), 0)::int as failed,
       percentile_cont(0.95) within group (order by extract(epoch from attempted_at - scheduled_at))
         filter (where attempted_at > ${from} and attempted_at >= scheduled_at) as wait
     from recent group by grouping sets ((queue), ())`,
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
