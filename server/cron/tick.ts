import { sql } from 'kysely'
import { query } from '../db/database.ts'
import type { Kit } from '../kit.ts'
import { resumeDueEntries } from './auto-resume.ts'
import { claimDueEntries, startFollowUps } from './claim.ts'
import { recordCoverage } from './coverage.ts'
import { recordFinishedJobs } from './finish.ts'
import { markLostSlots } from './later.ts'
import { takeSlowEntries } from './slow.ts'
import type { SchedulerState } from './state.ts'

export { openState } from './state.ts'

/** One complete round of the scheduler. Any number of processes may run it concurrently. */
export async function tick(kit: Kit, state: SchedulerState): Promise<void> {
  await recordCoverage(kit, state.coverage)
  await followJobs(kit, state)
  await claim(kit, state)
  await takeSlowEntries(kit, state)
}

/** Claims what is due, except for slow queues and failed entries. */
export async function claim(kit: Kit, state: SchedulerState): Promise<void> {
  const work = await findWork(kit)
  if (work.resuming) await resumeDueEntries(kit)
  if (work.due || work.resuming) await claimDueEntries(kit, state)
  if (work.waiting) state.followUpsFrom = await startFollowUps(kit, state, state.followUpsFrom)
}

/** Follows up on slots whose jobs were created. */
export async function followJobs(kit: Kit, state: SchedulerState): Promise<void> {
  if (!kit.engine.transactional) await markLostSlots(kit)
  await recordFinishedJobs(kit, state)
}

/** Which work there is, from partial indexes; a quiet tick costs little more than this statement. */
async function findWork(kit: Kit): Promise<Record<'resuming' | 'due' | 'waiting', boolean>> {
  const { db } = kit
  const at = await kit.dbNow()
  const [work] = await query(
    db.em(),
    sql<Record<'resuming' | 'due' | 'waiting', boolean>>`
      select
        exists (select from ${db.table('cron_entry')} where resume_at <= ${at} and paused_at is not null and retired_at is null) as resuming,
        exists (select from ${db.table('cron_entry')} where next_slot_at <= ${at} and paused_at is null and retired_at is null
          and last_error is null) as due,
        exists (select from ${db.table('cron_slot')} where state = 'queued_follow_up' and job_id is null and claimed_at is null) as waiting`,
  )
  return work!
}
