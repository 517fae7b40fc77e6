import { sql } from 'kysely'
import type { OperationRequest } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { fieldError, OpsError } from '../../error.ts'
import { defineOperation } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import type { Entry } from '../rows.ts'
import { findSubject, requireLive } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'unskip_cron_slot' }>

/** Takes back `skip_cron_slot` as long as the slot has not come. */
export const unskipCronSlot = defineOperation<Request, Entry | null>({
  action: 'unskip_cron_slot',
  eventType: 'cron.slot_unskipped',
  reason: 'optional',
  risk: 'low',
  find: findSubject,

  async plan({ subject, input }, { found }, scope) {
    const entry = requireLive(found, subject.id)
    const slotAt = new Date(input.slotAt)
    if (slotAt <= scope.now) throw fieldError('input.slotAt', `got ${input.slotAt}; expected an instant in the future`)
    if (!(await isSkipped(scope, entry, slotAt))) throw fieldError('input.slotAt', `got ${input.slotAt}; expected a coming slot of ${entry.name} that is marked as skipped`)
    return {
      title: `Let one skipped slot of ${entry.name} run`,
      effect: `The slot at ${slotAt.toISOString()} is no longer skipped: it runs when it is due. No other slot is affected.`,
      cautions: entry.pausedAt ? ['It is paused; slots during the pause do not run anyway.'] : [],
      before: { skippedSlot: slotAt.toISOString() },
      after: { skippedSlot: null },
      basis: { version: entry.version },
    }
  },

  /** The entry is locked, so no scheduler decides about the slot meanwhile. */
  async apply({ input }, { found }, { kit: { db }, em, now }) {
    const slotAt = new Date(input.slotAt)
    const unmarked = await query(
      em,
      sql`
        with changed as (
          update ${db.table('cron_entry')} set version = version + 1, updated_at = ${now} where id = ${found!.id}
        )
        delete from ${db.table('cron_slot')}
        where entry_id = ${found!.id} and kind = 'scheduled' and slot_at = ${slotAt} and state = 'skipped_by_operator' and slot_at > ${now}
        returning id`,
    )
    if (!unmarked.length) throw new OpsError('mutation_conflict', 'This slot was decided at the same moment by another process or operator; review it again.')
    return { result: { slotAt: slotAt.toISOString() } }
  },
})

async function isSkipped({ kit: { db }, em }: ActingScope, { id }: Entry, slotAt: Date): Promise<boolean> {
  const rows = await query(
    em,
    sql`select 1 from ${db.table('cron_slot')} where entry_id = ${id} and kind = 'scheduled' and slot_at = ${slotAt} and state = 'skipped_by_operator'`,
  )
  return rows.length > 0
}
