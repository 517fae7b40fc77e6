import { sql } from 'kysely'
import { countMissedRuns } from '../cron/missed.ts'
import { query } from '../db/database.ts'
import { listExecutors } from '../executors/executors.ts'
import { listVisibleExecutors } from '../executors/list.ts'
import { queueFigures, queueMinutes } from '../figures/tables.ts'
import { countOpenByClass } from '../incidents/open.ts'
import { countUnfinishedRuns } from '../operations/bulk/read.ts'
import type { Kit } from '../kit.ts'
import { type Scope, systemScope } from '../operations/scope.ts'
import type { GaugeName, Sample } from './metric.ts'

/** More queues than this are left out, the quietest first: each is a time series of its own in the host's monitoring. */
const maxQueues = 200

const executorHealthsOfRunning = ['healthy', 'late', 'missing', 'unknown'] as const

export type Gauges = Partial<Record<GaugeName, Sample[]>>

/** The current values. They are about all queues, because the host decides who sees its monitoring. A figure that was not measured has no sample. */
export async function collectGauges(kit: Kit): Promise<Gauges> {
  const scope = systemScope(kit, kit.db.em())
  const queues = await collectQueues(scope)
  const incidents = await countOpenByClass(scope)
  const executors = await listVisibleExecutors(scope, await listExecutors(scope))
  return {
    ...queues,
    executors: executorHealthsOfRunning.map((health) => ({ value: executors.filter((executor) => executor.health === health).length, labels: { health } })),
    incidents: Object.entries(incidents).map(([name, value]) => ({ value, labels: { class: name } })),
    missed: [{ value: await countMissedRuns(scope), labels: {} }],
    live: [{ value: kit.liveClients(), labels: {} }],
    bulk: [{ value: await countUnfinishedRuns(scope), labels: {} }],
  }
}

interface QueueRow {
  queue: string
  depth: { state: string; count: number }[]
  age: number
  oldest: number | null
  finished: number
  failed: number
  wait: number | null
}

async function collectQueues(scope: Scope): Promise<Gauges> {
  const rows = await listQueueRows(scope)
  const each = (valueOf: (row: QueueRow) => number | null): Sample[] =>
    rows.flatMap((row) => {
      const value = valueOf(row)
      return value === null ? [] : [{ value, labels: { queue: row.queue } }]
    })
  return {
    depth: rows.flatMap(({ queue, depth }) => depth.map(({ state, count }) => ({ value: count, labels: { queue, state } }))),
    oldest: each(({ oldest }) => oldest),
    finished: scope.kit.engine.lacks.finished_jobs === undefined ? each(({ finished }) => finished) : [],
    failed: scope.kit.engine.lacks.finished_jobs === undefined ? each(({ failed }) => failed) : [],
    wait: each(({ wait }) => wait),
    figuresAge: rows.length ? [{ value: Math.max(...rows.map(({ age }) => age)), labels: {} }] : [],
  }
}

function listQueueRows({ kit: { db }, em, now }: Scope): Promise<QueueRow[]> {
  return query(
    em,
    sql<QueueRow>`
      select queue, depth, extract(epoch from ${now}::timestamptz - as_of)::float8 as age,
        extract(epoch from as_of - oldest_due_at)::float8 as oldest, coalesce(lately.finished, 0)::float8 as finished,
        coalesce(lately.failed, 0)::float8 as failed, lately.wait
      from ${queueFigures(db)} figure left join lateral (
        select sum(finished) / 300.0 as finished, sum(failed) / 300.0 as failed, max(wait_p95_seconds) as wait from ${queueMinutes(db)} minute
        where minute.queue = figure.queue and minute >= date_trunc('minute', ${now}::timestamptz) - interval '5 minutes' and minute < date_trunc('minute', ${now}::timestamptz)
      ) lately on true
      order by (select coalesce(sum((of ->> 'count')::bigint), 0) from jsonb_array_elements(depth) of where of ->> 'state' <> 'completed') desc, queue limit ${maxQueues}`,
  )
}
