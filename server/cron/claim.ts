import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { type Entry, queryEntries, type RawEntry } from './rows.ts'
import { noteFailure } from './failure.ts'
import { makeLater } from './later.ts'
import { type ClaimedSlot, takeSlots } from './slot.ts'

/** Entries whose locks one transaction holds. */
const batch = 50
/** So that one tick ends, however much there is to do. */
const maxBatches = 40

/** Takes what is due, oldest first. Another scheduler's entries are passed over, never waited for. */
export async function claimDueEntries(kit: Kit): Promise<void> {
  for (let round = 0; round < maxBatches; round++) {
    const taken = await takeBatch(kit, (now) => sql`next_slot_at <= ${now} order by next_slot_at`)
    if (taken.length < batch) return
  }
}

/** Looks at entries with a follow-up that waits, from `after` on. Answers where to go on, from the start when undefined. */
export async function startFollowUps(kit: Kit, after: string | undefined): Promise<string | undefined> {
  const waiting = sql`select entry_id from ${kit.db.table('cron_slot')} where state = 'queued_follow_up' and job_id is null and claimed_at is null`
  const from = after === undefined ? sql`` : sql`and id > ${after}`
  const taken = await takeBatch(kit, () => sql`id in (${waiting}) ${from} order by id`)
  return taken.length < batch ? undefined : taken.at(-1)
}

/**
 * A batch is one transaction. When the engine refuses one of its jobs nothing of it is committed, and each entry is
 * then taken alone, so that only the one that fails waits.
 */
async function takeBatch(kit: Kit, which: (now: Date) => RawBuilder<unknown>): Promise<string[]> {
  let ids: string[] = []
  const later: ClaimedSlot[] = []
  try {
    await kit.db.transact(async (em) => {
      const now = kit.now()
      const entries = await lockEntries(kit, em, now, which(now))
      ids = entries.map(({ id }) => id)
      await takeSlots({ kit, em, now, later }, entries)
    })
  } catch (error) {
    if (!ids.length) throw error
    for (const id of ids) await takeAlone(kit, id)
    return ids
  }
  await makeLater(kit, later)
  return ids
}

function lockEntries({ db }: Kit, em: Em, now: Date, which: RawBuilder<unknown>): Promise<Entry[]> {
  return queryEntries(
    em,
    sql<RawEntry>`
      select * from ${db.table('cron_entry')}
      where paused_at is null and retired_at is null and (retry_at is null or retry_at <= ${now}) and ${which}
      limit ${batch} for update skip locked`,
  )
}

async function takeAlone(kit: Kit, id: string): Promise<void> {
  const later: ClaimedSlot[] = []
  try {
    await kit.db.transact(async (em) => {
      const now = kit.now()
      await takeSlots({ kit, em, now, later }, await lockEntries(kit, em, now, sql`id = ${id}`))
    })
  } catch (error) {
    return noteFailure(kit, id, error)
  }
  await makeLater(kit, later)
}
