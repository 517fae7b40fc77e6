import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { refuseSilence } from './claim.ts'
import { noteFailure } from './failure.ts'
import { makeLater } from './later.ts'
import { isTimeout, patientLimits, quickLimits } from './limits.ts'
import type { SchedulerState } from './state.ts'
import { takeEntries, waitingEntries } from './take.ts'

/** Entries of one queue in one round, so that many of one slow queue do not keep those of another waiting. */
const maxOfQueue = 5

/**
 * Takes entries of slow queues, and those whose job could not be made the last time: one by one, patiently, apart from the
 * others. A queue that keeps even this waiting is left alone until the next round.
 */
export async function takeSlowEntries(kit: Kit, state: SchedulerState, stopping: () => boolean = () => false): Promise<void> {
  const givenUp = new Set<string>()
  for (const { id, queue } of await findCandidates(kit, state)) {
    if (stopping()) return
    if (givenUp.has(queue)) continue
    const error = await takePatiently(kit, state, { id, queue })
    if (isTimeout(error)) givenUp.add(queue)
  }
}

interface Candidate {
  id: string
  queue: string
}

/** What is due first, then follow-ups that wait; of each queue a few. */
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
    // Where a claim is committed before its job is made, a queue that hangs would cost the slot: it has to answer first.
    if (!kit.engine.transactional) await kit.engine.readQueue(queue)
    const later = await takeEntries(kit, { which: () => sql`id = ${id}`, limits: patientLimits, onSilent: refuseSilence })
    await makeLater(kit, state, later)
  } catch (error) {
    if (isTimeout(error)) state.slow.add(queue)
    await noteFailure(kit, id, error)
    return error
  }
  if (performance.now() - began < quickLimits.statementMs && state.slow.delete(queue)) await retryAllOf(kit, queue)
  return undefined
}

/** The others of a queue that is well again need not wait for their own next attempt. */
async function retryAllOf({ db }: Kit, queue: string): Promise<void> {
  await query(db.em(), sql`update ${db.table('cron_entry')} set retry_at = null where queue = ${queue} and retry_at is not null`)
}
