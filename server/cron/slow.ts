import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { refuseSilence } from './claim.ts'
import { recordFailure } from './failure.ts'
import { makeClaimedJobs } from './later.ts'
import { isTimeout, patientLimits, quickLimits } from './limits.ts'
import type { SchedulerState } from './state.ts'
import { takeEntries, waitingEntries } from './take.ts'

/** Entries of one queue per round, so that a slow queue with many entries does not delay another. */
const maxOfQueue = 5

/**
 * Takes entries of slow queues, and entries whose last job could not be created: one by one, with patient limits, separately
 * from the others. A queue that times out even then is skipped until the next round.
 */
export async function takeSlowEntries(kit: Kit, state: SchedulerState, stopping: () => boolean = () => false): Promise<void> {
  const timedOut = new Set<string>()
  for (const { id, queue } of await findCandidates(kit, state)) {
    if (stopping()) return
    if (timedOut.has(queue)) continue
    const error = await takePatiently(kit, state, { id, queue })
    if (isTimeout(error)) timedOut.add(queue)
  }
}

interface Candidate {
  id: string
  queue: string
}

/** Due entries first, then those with a waiting follow-up; a few of each queue. */
async function findCandidates(kit: Kit, { slow }: SchedulerState): Promise<Candidate[]> {
  const { db } = kit
  const now = await kit.dbNow()
  return query(
    db.em(),
    sql<Candidate>`
      select id, queue from (
        select id, queue, next_slot_at, next_slot_at <= ${now} as due, row_number() over (
          partition by queue order by next_slot_at <= ${now} desc, last_error is not null, next_slot_at, id) as place
        from ${db.table('cron_entry')}
        where paused_at is null and retired_at is null and (retry_at is null or retry_at <= ${now})
          and (last_error is not null or queue = any(${[...slow]}::text[]))
          and (next_slot_at <= ${now} or id in (${waitingEntries(kit)}))
      ) candidate where place <= ${maxOfQueue} order by due desc, place, next_slot_at, id`,
  )
}

async function takePatiently(kit: Kit, state: SchedulerState, { id, queue }: Candidate): Promise<unknown> {
  const began = performance.now()
  try {
    // If the claim commits before the job is created, a hanging queue would cost the slot, so check first that it answers.
    if (!kit.engine.transactional) await kit.engine.readQueue(queue)
    const later = await takeEntries(kit, { which: () => sql`id = ${id}`, limits: patientLimits, onSilent: refuseSilence })
    await makeClaimedJobs(kit, state, later)
  } catch (error) {
    if (isTimeout(error)) state.slow.add(queue)
    await recordFailure(kit, id, error)
    return error
  }
  if (performance.now() - began < quickLimits.statementMs && state.slow.delete(queue)) await retryAllOf(kit, queue)
  return undefined
}

/** Once a queue has recovered, its other entries need not wait for their back-off. */
async function retryAllOf({ db }: Kit, queue: string): Promise<void> {
  await query(db.em(), sql`update ${db.table('cron_entry')} set retry_at = null where queue = ${queue} and retry_at is not null`)
}
