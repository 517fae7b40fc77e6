import { sql } from 'kysely'
import type { OperationRequest } from '../../../schemas/index.ts'
import { type Database, type Em, query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import { type Applied, defineOperation } from '../../operations/operation.ts'
import { nextFrom, upcoming } from '../expression.ts'
import type { Entry } from '../rows.ts'
import { findSubject, requireLive } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'resume_cron_entry' }>

export const resumeCronEntry = defineOperation<Request, Entry | null>({
  action: 'resume_cron_entry',
  eventType: 'cron.resumed',
  reason: 'optional',
  risk: 'low',
  find: findSubject,

  plan({ subject }, { found }, scope) {
    const entry = requireLive(found, subject.id)
    if (!entry.pausedAt) throw new OpsError('illegal_transition', `${entry.name} is not paused; expected a paused entry.`)
    const { before } = describeResume(entry)
    return {
      title: `Resume ${entry.name}`,
      effect: 'Future slots are claimed again, from the next one on. Slots missed during the pause are not caught up on.',
      before,
      after: Object.fromEntries(Object.keys(before).map((key) => [key, null])),
      outlook: () => ({ nextRuns: upcoming(entry, scope.now, 3).map((at) => at.toISOString()) }),
      basis: { version: entry.version },
    }
  },

  async apply(_request, { found }, scope) {
    await resumeEntry(scope.kit.db, scope.em, found!, scope.now, scope.now)
    return { ...describeResume(found!), result: { version: found!.version + 1 } }
  },
})

/** The state change and metadata of a resume; they identify the pause by its event and actor. */
export function describeResume(entry: Entry): Required<Pick<Applied, 'before' | 'after' | 'metadata'>> {
  const before = {
    pausedAt: entry.pausedAt?.toISOString() ?? null,
    pausedBy: entry.pausedBy?.label ?? null,
    ...(entry.pauseReason !== null && { pauseReason: entry.pauseReason }),
    ...(entry.resumeAt && { resumeAt: entry.resumeAt.toISOString() }),
  }
  return {
    before,
    after: Object.fromEntries(Object.keys(before).map((key) => [key, null])),
    metadata: { pauseEventId: entry.pauseEventId, pausedBy: entry.pausedBy?.label ?? null, pausedById: entry.pausedBy?.id ?? null },
  }
}

/**
 * `from` is when the pause ended: the next slot is the first one from there on. If the clock went back, the pause does not end
 * before it began. The entry's row must be locked.
 */
export async function resumeEntry(db: Database, em: Em, entry: Entry, from: Date, now: Date): Promise<void> {
  await query(
    em,
    sql`
      with resumed as (
        update ${db.table('cron_entry')} set paused_at = null, paused_by = null, pause_reason = null, pause_event_id = null,
          resume_at = null, next_slot_at = ${nextFrom(entry, from)}, updated_at = ${now}, version = version + 1
        where id = ${entry.id}
        returning id)
      update ${db.table('cron_coverage')} set to_at = greatest(from_at, ${from}) from resumed
      where kind = 'paused' and entry_id = resumed.id and to_at is null`,
  )
}
