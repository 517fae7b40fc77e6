import { type RawBuilder, sql } from 'kysely'
import type { OperatorStatus, QueueDiagnosis } from '../../schemas/index.ts'
import type { Database } from '../db/database.ts'
import { queueMinutes, snapshots } from '../figures/tables.ts'

/** A queue with available jobs is stuck if none has started for this long. */
export const stuckMinutes = 10
/** How many of those minutes must have been measured before a queue is called stuck. */
const measuredMinutes = stuckMinutes - 2
/** Older figures are stale. */
export const freshMs = 60_000

/** The facts from which the status of a queue is derived. */
export interface QueueFacts {
  /** When the figures were measured; null: never. */
  asOf: Date | null
  paused: boolean
  pausedAt: Date | null
  available: number
  /** When the oldest of those became available. */
  oldestAvailableAt: Date | null
  /** null when the engine does not report it. */
  executors: number | null
  /** Whether a job started or ended within the last ten minutes. */
  movedLately: boolean
  /** How many of those ten minutes were measured. */
  measuredMinutes: number
}

export interface QueueStatus {
  status: OperatorStatus
  diagnosis: QueueDiagnosis
  /** Since when the diagnosis has held, if known. */
  since?: Date
}

/** The only rule for a queue's status; every surface uses it. */
export function statusOfQueue(facts: QueueFacts, now: Date): QueueStatus {
  const { asOf, paused, pausedAt, available, oldestAvailableAt, executors } = facts
  if (paused) return { status: 'blocked', diagnosis: 'paused', since: pausedAt ?? undefined }
  if (!asOf) return { status: 'runnable', diagnosis: 'not_measured' }
  if (now.getTime() - asOf.getTime() > freshMs) return { status: 'runnable', diagnosis: 'not_looked', since: asOf }
  if (available === 0) return { status: 'runnable', diagnosis: 'idle' }
  const since = oldestAvailableAt ?? undefined
  if (executors === 0) return { status: 'blocked', diagnosis: 'no_executor', since }
  return isStuck(facts, now) ? { status: 'blocked', diagnosis: 'stuck', since } : { status: 'runnable', diagnosis: 'working' }
}

/** Waits are recorded for first attempts only; a queue that only processes retries is seen to move by the jobs that end in it. */
function isStuck({ oldestAvailableAt, movedLately, measuredMinutes: measured }: QueueFacts, now: Date): boolean {
  const minutesAgo = Math.floor(now.getTime() / 60_000) * 60_000 - stuckMinutes * 60_000
  return !movedLately && measured >= measuredMinutes && oldestAvailableAt !== null && oldestAvailableAt.getTime() < minutesAgo
}

/** The facts as database columns. */
export interface FactsRow {
  as_of: string | null
  paused: boolean | null
  paused_at: string | null
  depth: { state: string; count: number }[] | null
  oldest_available_at: string | null
  executors: number | null
  moved_lately: boolean
  measured_minutes: number
}

/** `moved_lately` and `measured_minutes` of the queue that `name` refers to. */
export function recentColumns(db: Database, now: Date, name: string): RawBuilder<unknown> {
  const minutesAgo = sql`date_trunc('minute', ${now}::timestamptz) - make_interval(mins => ${stuckMinutes})`
  return sql`
    exists (select from ${queueMinutes(db)} recent where recent.queue = ${sql.ref(name)} and recent.minute >= ${minutesAgo}
      and (recent.wait_p95_seconds is not null or recent.finished > 0 or recent.failed > 0)) as moved_lately,
    (select count(distinct date_trunc('minute', at))::int from ${snapshots(db)} where at >= ${minutesAgo}) as measured_minutes`
}

export function statusOfRow(row: FactsRow, now: Date): QueueStatus {
  const date = (timestamp: string | null) => (timestamp === null ? null : new Date(timestamp))
  return statusOfQueue(
    {
      asOf: date(row.as_of),
      paused: row.paused ?? false,
      pausedAt: date(row.paused_at),
      available: availableOf(row),
      oldestAvailableAt: date(row.oldest_available_at),
      executors: row.executors,
      movedLately: row.moved_lately,
      measuredMinutes: row.measured_minutes,
    },
    now,
  )
}

export function availableOf({ depth }: Pick<FactsRow, 'depth'>): number {
  return depth?.find(({ state }) => state === 'available')?.count ?? 0
}
