import { sql } from 'kysely'
import { type Database, type Em, executorOf, query } from '../db/database.ts'
import type { JobRef } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import type { Entry } from './rows.ts'

/** A claimed slot, which gets a job. */
export interface ClaimedSlot {
  id: string
  entry: Entry
  at: Date
  /** Jobs to cancel before this one is created. */
  cancelFirst: JobRef[]
}

export interface MadeJob {
  id: string
  job: JobRef
}

/** Creates the job of one slot; if the engine can join it, in the transaction that records the slot. */
export function enqueueSlot({ engine }: Kit, em: Em, entry: Pick<Entry, 'name' | 'queue' | 'worker' | 'args'>, slotAt: Date, trace?: string): Promise<JobRef> {
  const { name, queue, worker, args } = entry
  const origin = { cronEntry: name, slotAt: slotAt.toISOString() }
  return engine.enqueue({ queue, worker: worker ?? undefined, args, origin, trace }, executorOf(em))
}

/** Records which jobs were created for which slots. */
export async function recordJobs(db: Database, em: Em, made: MadeJob[], claimedAt: Date): Promise<void> {
  if (!made.length) return
  await query(
    em,
    sql`
      update ${db.table('cron_slot')} slot set claimed_at = coalesce(claimed_at, ${claimedAt}), job_queue = made.queue, job_id = made.job_id,
        note = case when slot.state = 'queued_follow_up' then 'Ran when the previous job had ended.' else slot.note end
      from unnest(${made.map(({ id }) => id)}::bigint[], ${made.map(({ job }) => job.queue)}::text[], ${made.map(({ job }) => job.id)}::text[])
        as made (id, queue, job_id)
      where slot.id = made.id`,
  )
}
