import { sql } from 'kysely'
import type { OperationRequest } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { fieldError, OpsError } from '../../error.ts'
import { defineOperation } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { nextFrom, upcoming } from '../expression.ts'
import type { Entry } from '../rows.ts'
import { findSubject, requireLive } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'skip_cron_slot' }>

const maxAheadMs = 366 * 86_400_000

export const skipCronSlot = defineOperation<Request, Entry | null>({
  action: 'skip_cron_slot',
  eventType: 'cron.slot_skipped',
  reason: 'optional',
  risk: 'low',
  find: findSubject,

  async plan({ subject, input }, { found }, scope) {
    const entry = requireLive(found, subject.id)
    const slotAt = checkSlot(entry, input.slotAt, scope.now)
    if (await isDecided(scope, entry, slotAt)) {
      refuseSlot(entry, input.slotAt, `the slot at ${slotAt.toISOString()} is already decided`, scope.now)
    }
    return {
      title: `Skip one slot of ${entry.name}`,
      effect: `The slot at ${slotAt.toISOString()} is skipped and recorded as such. No other slot is affected.`,
      cautions: entry.pausedAt ? ['It is paused; slots during the pause do not run anyway.'] : [],
      before: { skippedSlot: null },
      after: { skippedSlot: slotAt.toISOString() },
      basis: { version: entry.version },
    }
  },

  async apply({ input }, { found }, { kit: { db }, em, now }, eventId) {
    const marked = await query(
      em,
      sql`
        with changed as (
          update ${db.table('cron_entry')} set version = version + 1, updated_at = ${now} where id = ${found!.id}
        )
        insert into ${db.table('cron_slot')} (entry_id, kind, slot_at, state, decided_at, note, event_id)
        values (${found!.id}, 'scheduled', ${new Date(input.slotAt)}, 'skipped_by_operator', ${now}, 'An operator skipped this slot.', ${eventId})
        on conflict do nothing returning id`,
    )
    if (!marked.length) throw new OpsError('mutation_conflict', 'This slot was decided at the same moment by another process or operator; review it again.')
    return { result: { slotAt: new Date(input.slotAt).toISOString() } }
  },
})

function checkSlot(entry: Entry, given: string, now: Date): Date {
  const slotAt = new Date(given)
  if (slotAt <= now) refuseSlot(entry, given, 'expected an instant in the future', now)
  if (slotAt.getTime() - now.getTime() > maxAheadMs) refuseSlot(entry, given, 'expected an instant within a year', now)
  if (nextFrom(entry, slotAt)?.getTime() !== slotAt.getTime()) {
    refuseSlot(entry, given, `expected an instant of '${entry.expression}' in ${entry.timezone}`, now)
  }
  return slotAt
}

function refuseSlot(entry: Entry, given: string, expected: string, now: Date): never {
  const next = upcoming(entry, now, 3).map((at) => at.toISOString())
  throw fieldError('input.slotAt', `got ${given}; ${expected}; the next ones are ${next.join(', ') || 'none'}`)
}

async function isDecided({ kit: { db }, em }: ActingScope, { id }: Entry, slotAt: Date): Promise<boolean> {
  const rows = await query(
    em,
    sql`select 1 from ${db.table('cron_slot')} where entry_id = ${id} and kind = 'scheduled' and slot_at = ${slotAt}`,
  )
  return rows.length > 0
}
