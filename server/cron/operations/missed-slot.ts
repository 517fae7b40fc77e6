import { sql } from 'kysely'
import { slotOutcomes } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import type { SlotState } from '../../db/entities.ts'
import type { JobRef } from '../../engines/engine.ts'
import { fieldError, OpsError } from '../../error.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { nextFrom } from '../expression.ts'
import { graceMs } from '../history.ts'
import type { Entry } from '../rows.ts'

/** A slot that nobody claimed in time, run after all at an operator's request: once, as every slot. */

const missedStates: readonly SlotState[] = ['missed_fire', 'scheduler_down']

/** @returns its state; null if nothing has been recorded about it, because no scheduler has looked since */
export async function requireMissed({ kit: { db }, em, now }: ActingScope, entry: Entry, given: string): Promise<{ slotAt: Date; state: SlotState | null }> {
  const slotAt = new Date(given)
  if (now.getTime() - slotAt.getTime() < graceMs) throw fieldError('input.slotAt', `got ${given}; expected an instant that passed more than a minute ago`)
  const [slot] = await query(
    em,
    sql<{ state: SlotState }>`select state from ${db.table('cron_slot')} where entry_id = ${entry.id} and kind = 'scheduled' and slot_at = ${slotAt}`,
  )
  if (slot && !missedStates.includes(slot.state)) {
    const word = slot.state === 'claimed' ? 'it ran' : slotOutcomes[slot.state]
    throw new OpsError('illegal_transition', `The slot of ${entry.name} at ${slotAt.toISOString()} was not missed: ${word}; expected a missed slot.`)
  }
  if (!slot && !isUndecided(entry, slotAt)) throw fieldError('input.slotAt', `got ${given}; expected a slot of ${entry.name} that was missed`)
  return { slotAt, state: slot?.state ?? null }
}

/** Due, but no scheduler has looked since. */
function isUndecided(entry: Entry, slotAt: Date): boolean {
  return entry.pausedAt === null && entry.nextSlotAt !== null && slotAt >= entry.nextSlotAt && nextFrom(entry, slotAt)?.getTime() === slotAt.getTime()
}

/** The unique key of slots decides who is first, also against a scheduler that comes back at this moment. */
export async function recordCatchUp({ kit: { db }, em, now }: ActingScope, entry: Entry, slotAt: Date, job: JobRef, eventId: string): Promise<void> {
  const rows = await query(
    em,
    sql`
      with changed as (
        update ${db.table('cron_entry')} set version = version + 1, updated_at = ${now} where id = ${entry.id}
      )
      insert into ${db.table('cron_slot')} as slot (entry_id, kind, slot_at, state, decided_at, claimed_at, job_queue, job_id, note, event_id)
      values (${entry.id}, 'scheduled', ${slotAt}, 'claimed', ${now}, ${now}, ${job.queue}, ${job.id}, 'Missed, and run later at an operator’s request.', ${eventId})
      on conflict (entry_id, kind, slot_at) do update set state = 'claimed', claimed_at = excluded.claimed_at, job_queue = excluded.job_queue,
        job_id = excluded.job_id, note = excluded.note, event_id = excluded.event_id
      where slot.state = any(${[...missedStates]}::text[]) and slot.claimed_at is null
      returning slot.id`,
  )
  if (!rows.length) throw new OpsError('mutation_conflict', 'This slot was run at the same moment by another process or operator; review it again.')
}
