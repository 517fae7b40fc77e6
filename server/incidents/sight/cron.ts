import { findLastScheduling } from '../../cron/coverage.ts'
import { loadCoverage } from '../../cron/facts.ts'
import { mergeIntervals } from '../../cron/history.ts'
import { type EntryWithStatus, listEntryStatuses } from '../../cron/list-status.ts'
import type { Reading, Source } from '../sight.ts'

const maxEntries = 5_000
const lookbackMs = 3_600_000

/** A cron entry with a run that should have been by now. */
export interface MissedRun {
  entry: string
  queue: string
  worker?: string
  at: Date
  why: 'missed_fire' | 'scheduler_down' | 'enqueue_failed'
  error?: string
}

export interface CronSeen {
  /** Entries that wait for a scheduler. */
  entries: number
  /** There are more entries than were read. */
  capped: boolean
  missed: MissedRun[]
  /** When a scheduler was last on record; null: never. */
  lastScheduling: Date | null
  /** The last time within the hour in which none was on record, though one had been before and was again. */
  gap: { from: Date; to: Date } | null
}

/** Read live from our own tables. */
export async function readCron(reading: Reading): Promise<Source<CronSeen>> {
  const { kit, em, now } = reading
  const scope = { ...reading, source: 'system' as const, requestId: 'detector' }
  const { entries, capped } = await listEntryStatuses(scope, maxEntries)
  const last = await findLastScheduling({ db: kit.db, now: () => now })
  const coverage = await loadCoverage({ kit, em }, { from: new Date(now.getTime() - lookbackMs), to: now })
  const merged = mergeIntervals(coverage.scheduling)
  const [before, after] = merged.slice(-2)
  return {
    asOf: now,
    value: {
      entries: entries.filter(({ entry }) => !entry.pausedAt && entry.nextSlotAt !== null).length,
      capped,
      missed: entries.flatMap((entry) => missedBy(entry, now) ?? []),
      lastScheduling: last && new Date(last.seen),
      gap: before && after && before.to ? { from: before.to, to: after.from } : null,
    },
  }
}

function missedBy({ entry, status }: EntryWithStatus, now: Date): MissedRun | undefined {
  const { name, queue, worker, lastError, nextSlotAt } = entry
  const of = { entry: name, queue, worker: worker ?? undefined }
  if (status.diagnosis === 'missed_fire' || status.diagnosis === 'scheduler_down') return { ...of, at: status.missedAt, why: status.diagnosis }
  // The slot is retried, so one failure is no miss yet.
  if (status.diagnosis === 'enqueue_failed' && nextSlotAt && now.getTime() - nextSlotAt.getTime() >= 60_000) {
    return { ...of, at: nextSlotAt, why: 'enqueue_failed', error: lastError ?? undefined }
  }
  return undefined
}
