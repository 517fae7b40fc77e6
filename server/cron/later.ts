import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { executorOf, query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { type ClaimedSlot, enqueueSlot, recordJobs } from './enqueue.ts'
import { recordFailure } from './failure.ts'
import { graceMs } from './history.ts'
import { isTimeout } from './limits.ts'
import type { SchedulerState } from './state.ts'

/** How long the other queues wait for slow ones. */
const waitMs = 1_000

/**
 * Creates the jobs of slots that are already claimed, for an engine that cannot join the transaction: all queues concurrently,
 * each on its own. A queue that takes longer continues in the background and counts as slow.
 */
export async function makeClaimedJobs(kit: Kit, { slow, making }: SchedulerState, claimed: ClaimedSlot[]): Promise<void> {
  if (!claimed.length) return
  const unfinished = new Set<string>()
  const all = [...Map.groupBy(claimed, ({ entry }) => entry.queue)].map(async ([queue, slots]) => {
    unfinished.add(queue)
    await makeJobsOfQueue(kit, slots).finally(() => unfinished.delete(queue))
  })
  const ended: Promise<void> = Promise.allSettled(all).then(() => void making.delete(ended))
  making.add(ended)
  // Failures after this wait are found by `markLostSlots`.
  await Promise.race([Promise.all(all), sleep(waitMs, undefined, { ref: false })])
  for (const queue of unfinished) slow.add(queue)
}

/** Nothing is retried: a failed call may have reached the engine, and a slot must not create two jobs. Slots not yet tried are released. */
async function makeJobsOfQueue(kit: Kit, slots: ClaimedSlot[]): Promise<void> {
  const em = kit.db.em()
  for (const [index, slot] of slots.entries()) {
    const { id, entry, at, cancelFirst } = slot
    let tried = false
    try {
      if (cancelFirst.length) await kit.engine.cancel(cancelFirst, executorOf(em))
      tried = true
      const job = await enqueueSlot(kit, em, entry, at)
      await recordJobs(kit.db, em, [{ id, job }], await kit.dbNow(em))
    } catch (error) {
      await recordFailure(kit, entry.id, error)
      if (tried) await markLost(kit, id)
      else await releaseSlots(kit, [slot])
      if (isTimeout(error)) return releaseSlots(kit, slots.slice(index + 1))
    }
  }
}

/** Marks slots whose process ended between claiming the slot and creating the job. */
export async function markLostSlots(kit: Kit): Promise<void> {
  const before = new Date((await kit.dbNow()).getTime() - graceMs)
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
      update ${db.table('cron_slot')} set state = 'missed_fire', claimed_at = null, note = 'Claimed, but it is unknown whether a job was created.'
      where id = ${id} and job_id is null`,
  )
}

/** Claimed slots for which the engine was never called become due again, unless the entry was changed in the meantime. */
async function releaseSlots({ db }: Kit, slots: ClaimedSlot[]): Promise<void> {
  if (!slots.length) return
  await query(
    db.em(),
    sql`
      with ours as (
        select slot.id, slot.entry_id, slot.slot_at, slot.state from ${db.table('cron_slot')} slot
        join unnest(${slots.map(({ id }) => id)}::bigint[], ${slots.map(({ entry }) => entry.version)}::int[]) as given (id, version) on given.id = slot.id
        join ${db.table('cron_entry')} entry on entry.id = slot.entry_id and entry.version = given.version
        where slot.job_id is null and slot.claimed_at is not null
      ), waiting as (
        update ${db.table('cron_slot')} slot set claimed_at = null from ours
        where slot.id = ours.id and ours.state = 'queued_follow_up' and not exists (
          select from ${db.table('cron_slot')} other
          where other.entry_id = ours.entry_id and other.state = 'queued_follow_up' and other.job_id is null and other.claimed_at is null)
      ), removed as (
        delete from ${db.table('cron_slot')} slot using ours where slot.id = ours.id and ours.state = 'claimed' returning slot.entry_id, slot.slot_at
      )
      update ${db.table('cron_entry')} entry set next_slot_at = least(entry.next_slot_at, earliest.at)
      from (select entry_id, min(slot_at) as at from removed group by entry_id) earliest where entry.id = earliest.entry_id`,
  )
}
