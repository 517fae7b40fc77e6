import { sql } from 'kysely'
import { countMissedRuns } from '../cron/missed.ts'
import { query } from '../db/database.ts'
import { listExecutors } from '../executors/executors.ts'
import { listVisibleExecutors } from '../executors/list.ts'
import { queueFigures, queueMinutes } from '../figures/tables.ts'
import { countOpenByClass } from '../incidents/open.ts'
import { countUnfinishedRuns } from '../operations/bulk/read.ts'
import type { Scope } from '../operations/scope.ts'
import { listQueueNames } from '../queues/known.ts'
import { visible } from '../host/visible.ts'
import type { GaugeName, Sample } from './metric.ts'

/** More queues than this are left out, the quietest first: each is a time series of its own in the host's monitoring. */
const maxQueues = 200

const executorHealthsOfRunning = ['healthy', 'late', 'missing', 'unknown'] as const

export type Gauges = Partial<Record<GaugeName, Sample[]>>

/** The current values, as this viewer may see them. A figure that was not measured has no sample. */
export async function collectGauges(scope: Scope): Promise<Gauges> {
  const queues = await collectQueues(scope)
  const incidents = await countOpenByClass(scope)
  const executors = await listVisibleExecutors(scope, await listExecutors(scope))
  return {
    ...queues,
    executors: executorHealthsOfRunning.map((health) => ({ value: executors.filter((executor) => executor.health === health).length, labels: { health } })),
    incidents: Object.entries(incidents).map(([name, value]) => ({ value, labels: { class: name } })),
    missed: [{ value: await countMissedRuns(scope), labels: {} }],
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
  const seen = await visible(scope.viewer, await listQueueNames(scope), 'view_queues', (queue) => ({ type: 'queue', id: queue, queue }))
  const rows = await listQueueRows(scope, seen)
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

function listQueueRows({ kit: { db }, em, now }: Scope, queues: string[]): Promise<QueueRow[]> {
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
      where queue = any(${queues}::text[])
      order by (select coalesce(sum((of ->> 'count')::bigint), 0) from jsonb_array_elements(depth) of where of ->> 'state' <> 'completed') desc, queue limit ${maxQueues}`,
  )
}
