import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { enqueueSlot } from './enqueue.ts'
import { noteFailure } from './failure.ts'
import { graceMs } from './history.ts'
import { type ClaimedSlot, noteJobs } from './slot.ts'

/**
 * Makes the jobs of slots that are claimed already, for an engine that cannot join the transaction. Nothing is tried
 * twice: what fails here may have reached the engine, and a slot must not make two jobs.
 */
export async function makeLater(kit: Kit, claimed: ClaimedSlot[]): Promise<void> {
  for (const { id, entry, at } of claimed) {
    const em = kit.db.em()
    try {
      const job = await enqueueSlot(kit, em, entry, at)
      await noteJobs(kit.db, em, [{ id, job }], kit.now())
    } catch (error) {
      await noteFailure(kit, entry.id, error)
      await markLost(kit, id)
    }
  }
}

/** Slots whose process ended between the claim and the job. */
export async function noteLostSlots(kit: Kit): Promise<void> {
  const before = new Date(kit.now().getTime() - graceMs)
  const lost = await query(
    kit.db.em(),
    sql<{ id: string }>`select id from ${kit.db.table('cron_slot')} where claimed_at < ${before} and job_id is null limit 100`,
  )
  for (const { id } of lost) await markLost(kit, id)
}

async function markLost({ db }: Kit, id: string): Promise<void> {
  await query(
    db.em(),
    sql`
      update ${db.table('cron_slot')} set state = 'missed_fire', claimed_at = null, note = 'Claimed, but it is not known that a job was made.'
      where id = ${id} and job_id is null`,
  )
}
