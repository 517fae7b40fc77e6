import { sql } from 'kysely'
import { type Database, type Em, query } from '../db/database.ts'
import type { QueueMeasurement } from '../engines/engine.ts'
import type { Thresholds } from '../options.ts'

/**
 * How long the jobs of a queue and worker usually run: counts by duration, of which older ones weigh less and less. Counts of
 * durations rather than averages, because one job that hangs for hours must not change what is usual.
 */

/** After a week, a run counts half. */
const halfLifeSeconds = 7 * 86_400
/** Fewer runs than this, as they weigh now, tell nothing about what is usual. */
const minRuns = 3
/** Each counted duration is this much longer than the one before it. */
const step = 1.2
/** What weighs less is forgotten. */
const minWeight = 0.01
const keptDays = 60

/** What is usual for one queue and worker. */
export interface UsualDuration {
  queue: string
  /** Undefined where jobs have no worker besides their queue. */
  worker?: string
  p50Seconds: number
  p95Seconds: number
  /** How many runs it is based on; older ones count less. */
  runs: number
  /** When the last of them ended, to within a minute. */
  asOf: Date
}

/** Runs that were measured and not yet stored, by queue and worker. */
export type RunCounts = Map<string, { queue: string; worker: string; durations: Map<number, number> }>

export function addRuns(counts: RunCounts, queues: readonly QueueMeasurement[]): void {
  for (const { name: queue, runs } of queues) {
    for (const { worker = '', seconds } of runs ?? []) {
      const key = JSON.stringify([queue, worker])
      const entry = counts.get(key) ?? { queue, worker, durations: new Map<number, number>() }
      counts.set(key, entry)
      for (const [each, jobs] of seconds) entry.durations.set(placeOf(each), (entry.durations.get(placeOf(each)) ?? 0) + jobs)
    }
  }
}

function placeOf(seconds: number): number {
  return Math.round(Math.log(Math.max(seconds, 0.001)) / Math.log(step))
}

export async function recordRuns({ table }: Database, em: Em, now: Date, counts: RunCounts): Promise<void> {
  if (!counts.size) return
  const rows = JSON.stringify([...counts.values()].map((each) => ({ ...each, durations: Object.fromEntries(each.durations) })))
  await query(
    em,
    sql`insert into ${table('usual_duration')} as usual (queue, worker, as_of, durations)
        select queue, worker, ${now}, durations from jsonb_to_recordset(${rows}::jsonb) as given (queue text, worker text, durations jsonb)
        order by queue, worker
        on conflict (queue, worker) do update set as_of = excluded.as_of, durations = (
          select jsonb_object_agg(place, weight) from (
            select place, sum(weight) as weight from (
              select key as place, value::float8 * power(0.5, greatest(0, extract(epoch from excluded.as_of - usual.as_of)) / ${halfLifeSeconds}) as weight
              from jsonb_each_text(usual.durations)
              union all select key, value::float8 from jsonb_each_text(excluded.durations)
            ) each group by place having sum(weight) >= ${minWeight}
          ) merged)`,
  )
}

export async function deleteOldRuns({ table }: Database, em: Em, now: Date): Promise<void> {
  await query(em, sql`delete from ${table('usual_duration')} where as_of < ${now}::timestamptz - make_interval(days => ${keptDays})`)
}

interface Reading {
  kit: { db: Database }
  em: Em
  now: Date
}

/** What is usual for each of these queues and workers; a pair of which too little is known is left out. */
export async function listUsualDurations(reading: Reading, pairs: readonly { queue: string; worker?: string }[]): Promise<UsualDuration[]> {
  if (!pairs.length) return []
  const { kit: { db }, em, now } = reading
  const given = [pairs.map(({ queue }) => queue), pairs.map(({ worker = '' }) => worker)] as const
  const rows = await query(
    em,
    sql<UsualRow>`
      select distinct queue, worker, as_of::text, durations from unnest(${given[0]}::text[], ${given[1]}::text[]) as wanted (queue, worker)
      join ${db.table('usual_duration')} using (queue, worker)`,
  )
  return rows.flatMap((row) => usualOf(row, now) ?? [])
}

/** What is usual for the jobs of a queue and worker; null if too few of them are known to have ended. */
export async function findUsualDuration(reading: Reading, queue: string, worker?: string): Promise<UsualDuration | null> {
  return (await listUsualDurations(reading, [{ queue, worker }]))[0] ?? null
}

/** Whether a job that has been running for so long is an exception, and not merely one of the slower ones. */
export function isFarBeyond(seconds: number, { p50Seconds, p95Seconds }: Pick<UsualDuration, 'p50Seconds' | 'p95Seconds'>, { longRunningFactor, longRunningMinutes }: Pick<Thresholds, 'longRunningFactor' | 'longRunningMinutes'>): boolean {
  return seconds > longRunningMinutes * 60 && seconds > p50Seconds * longRunningFactor && seconds > p95Seconds * 2
}

interface UsualRow {
  queue: string
  worker: string
  as_of: string
  durations: Record<string, number>
}

function usualOf({ queue, worker, as_of, durations }: UsualRow, now: Date): UsualDuration | undefined {
  const asOf = new Date(as_of)
  const decayed = 0.5 ** (Math.max(0, now.getTime() - asOf.getTime()) / 1000 / halfLifeSeconds)
  const places = Object.entries(durations).map(([place, weight]) => [Number(place), weight] as const).toSorted(([a], [b]) => a - b)
  const total = places.reduce((sum, [, weight]) => sum + weight, 0)
  if (total * decayed < minRuns) return undefined
  const at = (share: number) => {
    let passed = 0
    return step ** places.find(([, weight]) => (passed += weight) >= share * total)![0]
  }
  return { queue, worker: worker || undefined, p50Seconds: at(0.5), p95Seconds: at(0.95), runs: Math.round(total * decayed), asOf }
}
