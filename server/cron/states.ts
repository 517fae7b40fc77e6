import { sql } from 'kysely'
import { type Em, executorOf } from '../db/database.ts'
import { type FoundJob, type JobRef, unfinishedStates } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import { graceMs } from './history.ts'
import { askQueue, type Limits, quickLimits, withLimits } from './limits.ts'
import { type Entry, querySlots, type RawSlot, type SlotRow } from './rows.ts'

const maxRefs = 1_000

/** The states that the engine reported for slots' jobs. */
export interface SeenStates {
  /** Ids of the slots whose jobs were queried. */
  asked: Set<string>
  found: Map<string, FoundJob>
}

export function jobOf({ jobQueue, jobId }: SlotRow): JobRef | undefined {
  return jobQueue !== null && jobId !== null ? { queue: jobQueue, id: jobId } : undefined
}

export function jobKey({ queue, id }: JobRef): string {
  return JSON.stringify([queue, id])
}

export function isOpen({ jobId, finishedAt }: SlotRow): boolean {
  return jobId !== null && finishedAt === null
}

/** Whether the job of this open slot is unfinished, as far as the engine reported. */
export function isUnfinished(slot: SlotRow, { asked, found }: SeenStates, now: Date): boolean {
  // Created by another process since the engine was queried.
  if (!asked.has(slot.id)) return true
  const state = found.get(jobKey(jobOf(slot)!))
  return state ? unfinishedStates.includes(state.state) : now.getTime() - slot.claimedAt!.getTime() < graceMs
}

export interface Asking {
  kit: Kit
  em: Em
  limits: Limits
  /** Query the states of one queue after the other, so that a failure names its queue. */
  queueByQueue?: boolean
}

/** Queries inside our transaction, which the engine must share. Throws `QueueFailure` if only one queue is involved in a query. */
export async function findStatesInside(asking: Asking, slots: SlotRow[]): Promise<SeenStates> {
  const seen: SeenStates = { asked: new Set(), found: new Map() }
  if (!slots.length) return seen
  const byQueue = [...Map.groupBy(slots, ({ jobQueue }) => jobQueue!)]
  return withLimits(asking.em, asking.limits, async () => {
    if (byQueue.length > 1 && !asking.queueByQueue) return findStates(asking, slots)
    for (const [queue, of] of byQueue) addStates(seen, await askQueue(queue, asking.limits, () => findStates(asking, of)))
    return seen
  })
}

function addStates(seen: SeenStates, { asked, found }: SeenStates): void {
  for (const id of asked) seen.asked.add(id)
  for (const [key, job] of found) seen.found.set(key, job)
}

/**
 * Queries outside any transaction, one query per queue, concurrently, so that a hanging queue delays only itself. `silent`: the
 * queues that did not answer, with their errors.
 */
export async function findStatesOutside(kit: Kit, slots: SlotRow[], limits: Limits = quickLimits): Promise<SeenStates & { silent: Map<string, unknown> }> {
  const seen: SeenStates = { asked: new Set(), found: new Map() }
  const silent = new Map<string, unknown>()
  const byQueue = Map.groupBy(slots, ({ jobQueue }) => jobQueue!)
  await Promise.all(
    [...byQueue].map(async ([queue, of]) => {
      try {
        addStates(seen, await askQueue(queue, limits, () => findStates({ kit, em: kit.db.em() }, of)))
      } catch (error) {
        silent.set(queue, error)
      }
    }),
  )
  return { ...seen, silent }
}

/** In batches that the engine accepts. */
async function findStates({ kit: { engine }, em }: Pick<Asking, 'kit' | 'em'>, slots: SlotRow[]): Promise<SeenStates> {
  const found = new Map<string, FoundJob>()
  for (let start = 0; start < slots.length; start += maxRefs) {
    const refs = slots.slice(start, start + maxRefs).flatMap((slot) => jobOf(slot) ?? [])
    for (const job of await engine.find(refs, executorOf(em))) found.set(jobKey(job), job)
  }
  return { asked: new Set(slots.map(({ id }) => id)), found }
}

/** Slots whose job may be unfinished, waiting follow-ups, and slots an operator decided in advance. */
export function loadSlots({ kit: { db }, em, now }: { kit: Kit; em: Em; now: Date }, entries: Entry[]): Promise<SlotRow[]> {
  const slot = db.table('cron_slot')
  const ids = entries.map(({ id }) => id)
  const from = entries.map(({ nextSlotAt }) => (nextSlotAt ?? now).toISOString())
  // An entry that allows overlap may have any number of open jobs, and their number is irrelevant.
  const counted = entries.map(({ overlap }) => overlap !== 'allow')
  return querySlots(
    em,
    sql<RawSlot>`
      select found.* from unnest(${ids}::uuid[], ${from}::timestamptz[], ${counted}::boolean[]) as entry (id, due_from, counted)
      cross join lateral (
        (select * from ${slot} where entry.counted and entry_id = entry.id and job_id is not null and finished_at is null
         order by id desc limit ${maxRefs})
        union
        (select * from ${slot} where entry_id = entry.id and state = 'queued_follow_up' and job_id is null and claimed_at is null)
        union
        (select * from ${slot} where entry_id = entry.id and kind = 'scheduled' and slot_at between entry.due_from and ${now})
      ) found`,
  )
}
