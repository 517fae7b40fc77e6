import type { JobAction, SeenJob, SqlExecutor } from '../engine.ts'
import type { LockedJob } from './act.ts'
import { isExclusive, isJobId, isUntimely, versionColumn } from './rows.ts'
import type { PgBossTables } from './table.ts'

/** The methods of pg-boss's own API that change jobs. */
export interface PgBossActs {
  cancel(name: string, ids: string[], options: { db?: SqlExecutor }): Promise<unknown>
  retry(name: string, ids: string[], options: { db?: SqlExecutor }): Promise<unknown>
  resume(name: string, ids: string[], options: { db?: SqlExecutor }): Promise<unknown>
  fail(name: string, ids: string[], data: object, options: { db?: SqlExecutor }): Promise<unknown>
}

/**
 * Changes jobs whose rows we hold locked and whose state allows the action. Uses pg-boss's own API if it has a call for the
 * change, and one guarded statement otherwise.
 */
export async function changeJobs(boss: PgBossActs, tables: PgBossTables, action: JobAction, jobs: LockedJob[], tx: SqlExecutor): Promise<void> {
  if (jobs.length === 0) return
  const inState = (state: string) => jobs.filter((job) => job.state === state)
  switch (action) {
    case 'retry':
      await eachQueue(inState('failed'), (queue, ids) => boss.retry(queue, ids, { db: tx }))
      await eachQueue(inState('cancelled'), (queue, ids) => boss.resume(queue, ids, { db: tx }))
      await runAgain(tables, inState('completed'), tx)
      return makeDue(tables, jobs.filter(({ state, needsTime }) => needsTime || state === 'retry'), tx)
    case 'cancel':
      return eachQueue(jobs, (queue, ids) => boss.cancel(queue, ids, { db: tx }))
    case 'discard':
      return discard(tables, jobs, tx)
    case 'restore':
      return restore(tables, jobs, tx)
    case 'rescue':
      // What pg-boss's own maintenance does: another attempt if one is left, otherwise the job has failed.
      return eachQueue(jobs, (queue, ids) => boss.fail(queue, ids, { message: 'rescued: its worker did not report in time' }, { db: tx }))
  }
}

/** With more ids per call, PostgreSQL may prefer to scan all jobs of that queue and state. */
const idsPerCall = 100

async function eachQueue(jobs: LockedJob[], work: (queue: string, ids: string[]) => Promise<unknown>): Promise<void> {
  for (const [queue, some] of Map.groupBy(jobs, (job) => job.queue)) {
    const ids = some.map(({ id }) => id)
    for (let from = 0; from < ids.length; from += idsPerCall) await work(queue, ids.slice(from, from + idsPerCall))
  }
}

/**
 * Retries many failed jobs at once: the same change as pg-boss's own `retry`, with the versions as a condition, so that rows
 * need not be read and locked first. Jobs that are not that simple are left for the regular path. Versions contain timestamps
 * that only increase, so a job that has changed matches none of them. Returns the ids of the changed jobs.
 */
export async function retrySimpleJobs(tables: PgBossTables, jobs: SeenJob[], tx: SqlExecutor): Promise<string[]> {
  const changed: string[] = []
  for (const [queue, some] of Map.groupBy(jobs.filter(({ id }) => isJobId(id)), (job) => job.queue)) {
    const { rows } = await tx.executeSql(
      `update ${tables.jobs} j set state = 'retry', retry_limit = j.retry_limit + 1, completed_on = null
       where j.name = $1 and j.id = any($2::uuid[]) and j.state = 'failed' and ${versionColumn} = any($3::text[])
         and not (${isExclusive} or ${isUntimely})
       returning j.id::text as id`,
      [queue, some.map(({ id }) => id), [...new Set(some.map(({ version }) => version))]],
    )
    for (const { id } of rows) changed.push(String(id))
  }
  return changed
}

/** pg-boss itself retries failed jobs only. This is the same change for completed ones. */
function runAgain(tables: PgBossTables, jobs: LockedJob[], tx: SqlExecutor): Promise<void> {
  return update(tables, jobs, tx, `state = 'retry', retry_limit = j.retry_limit + 1, completed_on = null`, `j.state = 'completed'`)
}

/**
 * Due at once. The retention period starts anew, and is at least a day. pg-boss's own `update` does the same, but for one job
 * per call.
 */
function makeDue(tables: PgBossTables, jobs: LockedJob[], tx: SqlExecutor): Promise<void> {
  return update(
    tables,
    jobs,
    tx,
    `start_after = now(), keep_until = greatest(j.keep_until, now() + (j.keep_until - j.start_after), now() + interval '1 day')`,
    `j.state < 'active'`,
  )
}

/**
 * pg-boss's `fail` uses up a retry, overwrites the last error and sends a copy to the dead letter queue, none of which was
 * requested. A failed job does not run again, whatever retries it has left, so only the state and the end time change.
 */
function discard(tables: PgBossTables, jobs: LockedJob[], tx: SqlExecutor): Promise<void> {
  return update(tables, jobs, tx, `state = 'failed', completed_on = now()`, `j.state < 'completed'`)
}

function restore(tables: PgBossTables, jobs: LockedJob[], tx: SqlExecutor): Promise<void> {
  return update(
    tables,
    jobs,
    tx,
    `state = (case when j.started_on is null then 'created' else 'retry' end)::${tables.stateType}, completed_on = null,
     keep_until = greatest(j.keep_until, now() + interval '1 day')`,
    `j.state = 'failed'`,
  )
}

async function update(tables: PgBossTables, jobs: LockedJob[], tx: SqlExecutor, change: string, guard: string): Promise<void> {
  if (jobs.length === 0) return
  await tx.executeSql(
    `update ${tables.jobs} j set ${change} from unnest($1::text[], $2::uuid[]) as ref(name, id)
     where j.name = ref.name and j.id = ref.id and ${guard}`,
    [jobs.map(({ queue }) => queue), jobs.map(({ id }) => id)],
  )
}
