import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { resumeDueEntries } from './auto-resume.ts'
import { claimDueEntries, startFollowUps } from './claim.ts'
import { keepCoverage } from './coverage.ts'
import { noteFinishedJobs } from './finish.ts'
import { noteLostSlots } from './later.ts'
import { takeSlowEntries } from './slow.ts'
import type { SchedulerState } from './state.ts'

export { openState } from './state.ts'

/** Everything that a scheduler does, once. Any number of processes may do it at the same moment. */
export async function tick(kit: Kit, state: SchedulerState): Promise<void> {
  await keepCoverage(kit, state.coverage)
  await followJobs(kit, state)
  await claim(kit, state)
  await takeSlowEntries(kit, state)
}

/** Takes what is due of everything that is well. */
export async function claim(kit: Kit, state: SchedulerState): Promise<void> {
  const there = await look(kit)
  if (there.resuming) await resumeDueEntries(kit)
  if (there.due || there.resuming) await claimDueEntries(kit, state)
  if (there.waiting) state.followUpsFrom = await startFollowUps(kit, state, state.followUpsFrom)
}

/** Looks after slots whose jobs were made. */
export async function followJobs(kit: Kit, state: SchedulerState): Promise<void> {
  if (!kit.engine.transactional) await noteLostSlots(kit)
  await noteFinishedJobs(kit, state)
}

/** What there is to claim, from partial indexes; a quiet tick costs little more than this statement. */
async function look(kit: Kit): Promise<Record<'resuming' | 'due' | 'waiting', boolean>> {
  const { db } = kit
  const at = await kit.dbNow()
  const [there] = await query(
    db.em(),
    sql<Record<'resuming' | 'due' | 'waiting', boolean>>`
      select
        exists (select from ${db.table('cron_entry')} where resume_at <= ${at} and paused_at is not null and retired_at is null) as resuming,
        exists (select from ${db.table('cron_entry')} where next_slot_at <= ${at} and paused_at is null and retired_at is null
          and last_error is null) as due,
        exists (select from ${db.table('cron_slot')} where state = 'queued_follow_up' and job_id is null and claimed_at is null) as waiting`,
  )
  return there!
}
