import { sql } from 'kysely'
import type { OperationRequest } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { fieldError, OpsError } from '../../error.ts'
import { defineOperation, type State } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { upcoming } from '../expression.ts'
import type { Entry } from '../rows.ts'
import { type Busy, cautionOfJobs, findBusySubject, requireLive } from './subject.ts'

type Request = Extract<OperationRequest, { action: 'pause_cron_entry' }>

export const pauseCronEntry = defineOperation<Request, Busy>({
  action: 'pause_cron_entry',
  eventType: 'cron.paused',
  reason: 'optional',
  risk: 'low',
  find: findBusySubject,

  plan({ subject, input }, { found }, scope) {
    const entry = requireLive(found.entry, subject.id)
    if (entry.pausedAt) {
      throw new OpsError('illegal_transition', `${entry.name} has been paused since ${entry.pausedAt.toISOString()}; expected an entry that is not paused.`)
    }
    const resumeAt = parseResumeAt(input.resumeAt, scope.now)
    return {
      title: `Pause ${entry.name}`,
      effect: resumeAt
        ? `Future claims stop until ${resumeAt.toISOString()}, when the system resumes it. Slots in between are recorded as paused and are not caught up on.`
        : 'Future claims stop until resumed. Slots in between are recorded as paused and are not caught up on.',
      cautions: cautionOfJobs(found, 'a pause does not stop them'),
      before: { pausedAt: null, ...(resumeAt && { resumeAt: null }) },
      after: { pausedAt: 'now', ...(resumeAt && { resumeAt: resumeAt.toISOString() }) },
      outlook: () => ({ skippedRuns: skippedRuns(entry, scope.now, resumeAt) }),
      basis: { version: entry.version },
    }
  },

  async apply({ input }, { found }, scope, eventId) {
    const resumeAt = parseResumeAt(input.resumeAt, scope.now)
    const after: State = { pausedAt: scope.now.toISOString(), pausedBy: scope.principal.label }
    await pauseEntry(scope, found.entry!, resumeAt, eventId)
    return {
      before: { pausedAt: null, pausedBy: null, ...(resumeAt && { resumeAt: null }) },
      after: resumeAt ? { ...after, resumeAt: resumeAt.toISOString() } : after,
      result: { version: found.entry!.version + 1 },
    }
  },
})

/** The next runs that the pause suppresses. */
function skippedRuns(entry: Entry, now: Date, resumeAt: Date | null): string[] {
  return upcoming(entry, now, 3).filter((at) => !resumeAt || at < resumeAt).map((at) => at.toISOString())
}

function parseResumeAt(given: string | undefined, now: Date): Date | null {
  if (given === undefined) return null
  const resumeAt = new Date(given)
  if (resumeAt > now) return resumeAt
  throw fieldError('input.resumeAt', `got ${given}; expected an instant after ${now.toISOString()}`)
}

/**
 * A slot that became due a moment ago but was not claimed yet is also suppressed by this pause, so the paused interval begins
 * with it; older ones were missed for other reasons.
 */
async function pauseEntry({ kit: { db }, em, now, principal, reason }: ActingScope, entry: Entry, resumeAt: Date | null, eventId: string): Promise<void> {
  await query(
    em,
    sql`
      with paused as (
        update ${db.table('cron_entry')} set paused_at = ${now}, paused_by = ${JSON.stringify(principal)}, pause_reason = ${reason ?? null},
          pause_event_id = ${eventId}, resume_at = ${resumeAt}, updated_at = ${now}, version = version + 1
        where id = ${entry.id}
        returning id)
      insert into ${db.table('cron_coverage')} (kind, entry_id, from_at)
      select 'paused', id, ${suppressedFrom(entry, now)}::timestamptz from paused`,
  )
}

function suppressedFrom({ nextSlotAt }: Entry, now: Date): Date {
  if (!nextSlotAt || nextSlotAt > now) return now
  return now.getTime() - nextSlotAt.getTime() < 60_000 ? nextSlotAt : now
}
