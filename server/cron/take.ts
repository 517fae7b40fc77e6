import { type RawBuilder, sql } from 'kysely'
import type { Kit } from '../kit.ts'
import type { ClaimedSlot } from './enqueue.ts'
import type { Limits } from './limits.ts'
import { type Entry, queryEntries, type RawEntry } from './rows.ts'
import { takeSlots } from './slot.ts'
import { findStatesOutside, isOpen, loadSlots, type SeenStates } from './states.ts'

/** Entries whose locks one transaction holds. */
export const batch = 50

export interface Taking {
  /** Which entries, as a condition with its order. */
  which(now: Date): RawBuilder<unknown>
  limits: Limits
  /** Told which entries are ours until the transaction ends. */
  onLocked?(entries: Entry[]): void
  /** A queue did not say in time whether its jobs have ended. Throws to take nothing. */
  onSilent(queue: string, error: unknown): void
}

/** Decides what is due of some entries, in one transaction. Answers the slots whose jobs are still to be made, by an engine that cannot join it. */
export async function takeEntries(kit: Kit, { which, limits, onLocked, onSilent }: Taking): Promise<ClaimedSlot[]> {
  const seen = kit.engine.transactional ? undefined : await askBefore(kit, { which, limits, onSilent })
  const later: ClaimedSlot[] = []
  await kit.db.transact(async (em) => {
    const now = await kit.dbNow(em)
    const entries = await queryEntries(em, sql<RawEntry>`${select(kit, now, which(now))} for update skip locked`)
    onLocked?.(entries)
    await takeSlots({ kit, em, now, limits, seen, later }, entries)
  })
  return later
}

function select({ db }: Kit, now: Date, which: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select * from ${db.table('cron_entry')}
    where paused_at is null and retired_at is null and (retry_at is null or retry_at <= ${now}) and ${which}
    limit ${batch}`
}

/** What an engine with a store of its own says of their jobs, before a transaction of ours begins that it could hold up. */
async function askBefore(kit: Kit, { which, limits, onSilent }: Omit<Taking, 'onLocked'>): Promise<SeenStates> {
  const em = kit.db.em()
  const now = await kit.dbNow(em)
  const entries = await queryEntries(em, sql<RawEntry>`${select(kit, now, which(now))}`)
  const slots = await loadSlots({ kit, em, now }, entries)
  const { silent, ...seen } = await findStatesOutside(kit, slots.filter(isOpen), limits)
  for (const [queue, error] of silent) onSilent(queue, error)
  return seen
}

/** Entries of which a follow-up waits for the job before it to end. */
export function waitingEntries({ db }: Kit): RawBuilder<unknown> {
  return sql`select entry_id from ${db.table('cron_slot')} where state = 'queued_follow_up' and job_id is null and claimed_at is null`
}
