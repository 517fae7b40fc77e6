import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { resumeDueEntries } from './auto-resume.ts'
import { claimDueEntries, startFollowUps } from './claim.ts'
import { keepCoverage, type OwnCoverage } from './coverage.ts'
import { noteFinishedJobs } from './finish.ts'
import { noteLostSlots } from './later.ts'

/** What one scheduler process remembers between ticks; nothing depends on it. */
export interface TickState {
  coverage: OwnCoverage
  /** Where the rounds over open slots and waiting follow-ups go on. */
  finishedFrom?: string
  followUpsFrom?: string
}

export function openState(): TickState {
  return { coverage: {} }
}

/** One round of one scheduler. Any number of processes may run it at the same moment. */
export async function tick(kit: Kit, state: TickState): Promise<void> {
  await keepCoverage(kit, state.coverage)
  const there = await look(kit)
  if (there.resuming) await resumeDueEntries(kit)
  if (!kit.engine.transactional) await noteLostSlots(kit)
  if (there.open) state.finishedFrom = await noteFinishedJobs(kit, state.finishedFrom)
  if (there.due || there.resuming) await claimDueEntries(kit)
  if (there.waiting) state.followUpsFrom = await startFollowUps(kit, state.followUpsFrom)
}

/** What there is to do, from four partial indexes; a quiet tick costs this one statement. */
async function look({ db, now }: Kit): Promise<Record<'resuming' | 'due' | 'open' | 'waiting', boolean>> {
  const at = now()
  const [there] = await query(
    db.em(),
    sql<Record<'resuming' | 'due' | 'open' | 'waiting', boolean>>`
      select
        exists (select from ${db.table('cron_entry')} where resume_at <= ${at} and paused_at is not null and retired_at is null) as resuming,
        exists (select from ${db.table('cron_entry')} where next_slot_at <= ${at} and paused_at is null and retired_at is null
          and (retry_at is null or retry_at <= ${at})) as due,
        exists (select from ${db.table('cron_slot')} where job_id is not null and finished_at is null) as open,
        exists (select from ${db.table('cron_slot')} where state = 'queued_follow_up' and job_id is null and claimed_at is null) as waiting`,
  )
  return there!
}
