import { type RawBuilder, sql } from 'kysely'
import type { Kit } from '../kit.ts'
import type { ClaimedSlot } from './enqueue.ts'
import type { Limits } from './limits.ts'
import { type Entry, queryEntries, type RawEntry } from './rows.ts'
import { takeAllButSilent } from './silent-queues.ts'
import { findStatesOutside, isOpen, loadSlots, type SeenStates } from './states.ts'

/** The maximum number of entries locked by one transaction. */
export const batch = 50

export interface Taking {
  /** SQL condition that selects the entries, with its order. */
  which(now: Date): RawBuilder<unknown>
  limits: Limits
  /** Receives the entries that this transaction has locked. */
  onLocked?(entries: Entry[]): void
  /** Called for a queue that did not answer in time. Its entries may then be left out; if it throws, nothing is taken. */
  onSilent(queue: string, error: unknown): void
}

/** Decides the due slots of some entries in one transaction. Returns the slots whose jobs must still be created because the engine cannot join it. */
export async function takeEntries(kit: Kit, { which, limits, onLocked, onSilent }: Taking): Promise<ClaimedSlot[]> {
  const seen = kit.engine.transactional ? undefined : await findStatesBefore(kit, { which, limits, onSilent })
  const later: ClaimedSlot[] = []
  await kit.db.transact(async (em) => {
    const now = await kit.dbNow(em)
    const entries = await queryEntries(em, sql<RawEntry>`${select(kit, now, which(now))} for update skip locked`)
    onLocked?.(entries)
    await takeAllButSilent({ kit, em, now, limits, seen, later }, entries, onSilent)
  })
  return later
}

function select({ db }: Kit, now: Date, which: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select * from ${db.table('cron_entry')}
    where paused_at is null and retired_at is null and (retry_at is null or retry_at <= ${now}) and ${which}
    limit ${batch}`
}

/** Queries an engine with its own store before our transaction begins, so that the engine cannot block it. */
async function findStatesBefore(kit: Kit, { which, limits, onSilent }: Omit<Taking, 'onLocked'>): Promise<SeenStates> {
  const em = kit.db.em()
  const now = await kit.dbNow(em)
  const entries = await queryEntries(em, sql<RawEntry>`${select(kit, now, which(now))}`)
  const slots = await loadSlots({ kit, em, now }, entries)
  const { silent, ...seen } = await findStatesOutside(kit, slots.filter(isOpen), limits)
  for (const [queue, error] of silent) onSilent(queue, error)
  return seen
}

/** Entries with a follow-up that waits for the previous job to end. */
export function waitingEntries({ db }: Kit): RawBuilder<unknown> {
  return sql`select entry_id from ${db.table('cron_slot')} where state = 'queued_follow_up' and job_id is null and claimed_at is null`
}
