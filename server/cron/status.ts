import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { previousBefore } from './expression.ts'
import { absenceAt, type Coverage, graceMs } from './history.ts'
import type { Entry, SlotRow } from './rows.ts'

/** For how long a missed slot needs attention, unless the entry has run since. */
const missedCountsMs = 7 * 86_400_000

export interface StatusFacts {
  entry: Pick<Entry, 'retiredAt' | 'pausedAt' | 'lastError' | 'nextSlotAt' | 'expression' | 'timezone'>
  /** The last slot that ran or was missed, as `lastDecidedSlot` finds it. */
  last?: Pick<SlotRow, 'slotAt' | 'state'>
  /** Coverage since `statusCoverageFrom`. */
  coverage: Coverage
}

export type EntryStatus =
  | { status: 'resolved'; diagnosis: 'retired' | 'ready' }
  | { status: 'waiting'; diagnosis: 'paused' }
  | { status: 'needs_review'; diagnosis: 'enqueue_failed' }
  | { status: 'needs_review'; diagnosis: Missed['state']; missedAt: Date }
  | { status: 'runnable'; diagnosis: 'ready' }

interface Missed {
  state: 'missed_fire' | 'scheduler_down'
  at: Date
}

/** The only rule for an entry's operator status; every surface uses it. */
export function statusOfEntry(facts: StatusFacts, now: Date): EntryStatus {
  const { retiredAt, pausedAt, lastError, nextSlotAt } = facts.entry
  if (retiredAt) return { status: 'resolved', diagnosis: 'retired' }
  if (pausedAt) return { status: 'waiting', diagnosis: 'paused' }
  if (lastError !== null) return { status: 'needs_review', diagnosis: 'enqueue_failed' }
  const missed = findUndecided(facts, now) ?? findMissed(facts, now)
  if (missed) return { status: 'needs_review', diagnosis: missed.state, missedAt: missed.at }
  if (!nextSlotAt) return { status: 'resolved', diagnosis: 'ready' }
  return { status: 'runnable', diagnosis: 'ready' }
}

function findMissed({ last }: StatusFacts, now: Date): Missed | undefined {
  if (!last || now.getTime() - last.slotAt.getTime() >= missedCountsMs) return undefined
  return last.state === 'missed_fire' || last.state === 'scheduler_down' ? { state: last.state, at: last.slotAt } : undefined
}

/** The newest instant that should have been decided by now but was not. */
function findUndecided({ entry, coverage }: StatusFacts, now: Date): Missed | undefined {
  const { nextSlotAt } = entry
  if (!nextSlotAt || !isOverdue(entry, now)) return undefined
  const at = previousBefore(entry, new Date(now.getTime() - graceMs + 1), new Date(nextSlotAt.getTime() - 1))
  if (!at || !coverage.firstAt || at < coverage.firstAt || now.getTime() - at.getTime() >= missedCountsMs) return undefined
  return { state: absenceAt(coverage, at), at }
}

/** The status depends on coverage only if this is true. */
export function isOverdue({ nextSlotAt }: Pick<Entry, 'nextSlotAt'>, now: Date): boolean {
  return nextSlotAt !== null && now.getTime() - nextSlotAt.getTime() >= graceMs
}

export function statusCoverageFrom(now: Date): Date {
  return new Date(now.getTime() - missedCountsMs)
}

/** The slot that determines an entry's status: the last one that ran or was missed, if recent enough. */
export function lastDecidedSlot(db: Database, entryId: RawBuilder<unknown>, now: Date): RawBuilder<unknown> {
  return sql`
    select * from ${db.table('cron_slot')}
    where entry_id = ${entryId} and slot_at <= ${now} and slot_at > ${statusCoverageFrom(now)}
      and (claimed_at is not null or state in ('missed_fire', 'scheduler_down'))
    order by slot_at desc limit 1`
}
