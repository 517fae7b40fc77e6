import { type RawBuilder, sql } from 'kysely'
import type { Kit } from '../kit.ts'
import { recordFailure } from './failure.ts'
import { makeClaimedJobs } from './later.ts'
import { isTimeout, QueueFailure, quickLimits } from './limits.ts'
import type { Entry } from './rows.ts'
import type { SchedulerState } from './state.ts'
import { batch, takeEntries, waitingEntries } from './take.ts'

/** Bounds one tick, however much is due. */
const maxBatches = 40

/**
 * Claims what is due, oldest first. Entries locked by another scheduler are skipped, never waited for. Entries of slow queues, and
 * those whose last job could not be created, are left to `takeSlowEntries`.
 */
export async function claimDueEntries(kit: Kit, state: SchedulerState): Promise<void> {
  for (let round = 0; round < maxBatches; round++) {
    const taken = await takeBatch(kit, state, (now) => sql`next_slot_at <= ${now} order by next_slot_at`)
    if (taken.length < batch) return
  }
}

/** Takes entries with a waiting follow-up, after `after`. Returns where to continue; undefined: from the start. */
export async function startFollowUps(kit: Kit, state: SchedulerState, after: string | undefined): Promise<string | undefined> {
  const from = after === undefined ? sql`` : sql`and id > ${after}`
  const taken = await takeBatch(kit, state, () => sql`id in (${waitingEntries(kit)}) ${from} order by id`)
  return taken.length < batch ? undefined : taken.at(-1)
}

/**
 * A batch is one transaction with a short limit for each queue. Entries of a queue that times out are left out of it. If one of its
 * jobs cannot be created for another reason, nothing of the batch is committed, and each entry is then taken alone.
 */
async function takeBatch(kit: Kit, state: SchedulerState, which: (now: Date) => RawBuilder<unknown>): Promise<string[]> {
  const { slow } = state
  let entries: Entry[] = []
  try {
    const later = await takeEntries(kit, {
      which: (now) => sql`last_error is null and queue <> all(${[...slow]}::text[]) and ${which(now)}`,
      limits: quickLimits,
      onLocked: (locked) => {
        entries = locked
      },
      onSilent: (queue) => void slow.add(queue),
    })
    await makeClaimedJobs(kit, state, later)
  } catch (error) {
    if (!entries.length) throw error
    if (error instanceof QueueFailure && isTimeout(error)) slow.add(error.queue)
    for (const entry of entries) if (!slow.has(entry.queue)) await takeAlone(kit, state, entry)
  }
  return entries.map(({ id }) => id)
}

async function takeAlone(kit: Kit, state: SchedulerState, { id, queue }: Entry): Promise<void> {
  try {
    const later = await takeEntries(kit, { which: () => sql`id = ${id}`, limits: quickLimits, onSilent: refuseSilence })
    await makeClaimedJobs(kit, state, later)
  } catch (error) {
    if (isTimeout(error)) state.slow.add(queue)
    else await recordFailure(kit, id, error)
  }
}

/** An entry that is taken alone must not be taken without knowing the states of its jobs. */
export function refuseSilence(_queue: string, error: unknown): never {
  throw error
}
