import { sql } from 'kysely'
import type { ComingEntry } from '../../schemas/index.ts'
import { query } from '../db/database.ts'
import { listUsualDurations } from '../figures/usual.ts'
import type { Scope } from '../operations/scope.ts'
import type { Entry } from './rows.ts'

/** Its own last runs decide, if at least this many have ended well. */
const minRuns = 3
const lastRuns = 20

/**
 * How long a run of each entry usually takes: the median of its last completed runs, from the slot to the end of its job, so with
 * its wait in the queue; otherwise what is usual for the jobs of its queue and worker. Two statements for any number of entries.
 */
export async function findUsualLengths(scope: Scope, entries: Entry[]): Promise<(entry: Entry) => ComingEntry['usual']> {
  const own = await findOwnLengths(scope, entries)
  const pairs = entries.filter(({ id }) => !own.has(id)).map(({ queue, worker }) => ({ queue, worker: worker ?? undefined }))
  const usual = new Map((await listUsualDurations(scope, pairs)).map((each) => [pairOf(each.queue, each.worker), each]))
  return ({ id, queue, worker }) => {
    const found = own.get(id)
    if (found) return { seconds: found.seconds, basis: 'entry', runs: found.runs }
    const shared = usual.get(pairOf(queue, worker))
    return shared && { seconds: shared.p50Seconds, basis: 'queue', runs: shared.runs }
  }
}

async function findOwnLengths({ kit: { db }, em, now }: Scope, entries: Entry[]): Promise<Map<string, { seconds: number; runs: number }>> {
  const rows = await query(
    em,
    sql<{ id: string; seconds: number; runs: number }>`
      select entry.id, percentile_cont(0.5) within group (order by extract(epoch from run.finished_at - run.claimed_at))::float8 as seconds, count(*)::int as runs
      from unnest(${entries.map(({ id }) => id)}::uuid[]) as entry (id)
      cross join lateral (
        select claimed_at, finished_at, job_state from ${db.table('cron_slot')}
        where entry_id = entry.id and slot_at <= ${now} and claimed_at is not null order by slot_at desc limit ${lastRuns}
      ) run
      where run.finished_at >= run.claimed_at and run.job_state = 'completed'
      group by entry.id having count(*) >= ${minRuns}`,
  )
  return new Map(rows.map(({ id, ...rest }) => [id, rest]))
}

function pairOf(queue: string, worker: string | null | undefined): string {
  return JSON.stringify([queue, worker ?? ''])
}
