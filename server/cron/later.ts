import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { executorOf, query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { type ClaimedSlot, enqueueSlot, recordJobs } from './enqueue.ts'
import { noteFailure } from './failure.ts'
import { graceMs } from './history.ts'
import { isTimeout } from './limits.ts'
import type { SchedulerState } from './state.ts'

/** So long the others wait for queues that take their time. */
const waitMs = 1_000

/**
 * Makes the jobs of slots that are claimed already, for an engine that cannot join the transaction: each queue by itself,
 * all at once. A queue that takes its time goes on behind, as a slow one.
 */
export async function makeLater(kit: Kit, { slow, making }: SchedulerState, claimed: ClaimedSlot[]): Promise<void> {
  if (!claimed.length) return
  const unfinished = new Set<string>()
  const all = [...Map.groupBy(claimed, ({ entry }) => entry.queue)].map(async ([queue, slots]) => {
    unfinished.add(queue)
    await makeOfQueue(kit, slots).finally(() => unfinished.delete(queue))
  })
  const ended: Promise<void> = Promise.allSettled(all).then(() => void making.delete(ended))
  making.add(ended)
  // What fails after we stopped waiting is found by `noteLostSlots`.
  await Promise.race([Promise.all(all), sleep(waitMs, undefined, { ref: false })])
  for (const queue of unfinished) slow.add(queue)
}

/** Nothing is tried twice: what fails here may have reached the engine, and a slot must not make two jobs. What was not tried is given back. */
async function makeOfQueue(kit: Kit, slots: ClaimedSlot[]): Promise<void> {
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
      await noteFailure(kit, entry.id, error)
      if (tried) await markLost(kit, id)
      else await giveBack(kit, [slot])
      if (isTimeout(error)) return giveBack(kit, slots.slice(index + 1))
    }
  }
}

/** Slots whose process ended between the claim and the job. */
export async function noteLostSlots(kit: Kit): Promise<void> {
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

/** Slots that were claimed and for which the engine was never asked are due again, unless the entry was changed meanwhile. */
async function giveBack({ db }: Kit, slots: ClaimedSlot[]): Promise<void> {
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
