import type { JobAction, SeenJob, SqlExecutor } from '../engine.ts'
import type { LockedJob } from './act.ts'
import { isExclusive, isJobId, isUntimely, versionColumn } from './rows.ts'
import type { PgBossTables } from './table.ts'

/** What of pg-boss's own API changes jobs. */
export interface PgBossActs {
  cancel(name: string, ids: string[], options: { db?: SqlExecutor }): Promise<unknown>
  retry(name: string, ids: string[], options: { db?: SqlExecutor }): Promise<unknown>
  resume(name: string, ids: string[], options: { db?: SqlExecutor }): Promise<unknown>
  fail(name: string, ids: string[], data: object, options: { db?: SqlExecutor }): Promise<unknown>
}

/** Jobs whose rows we hold and whose state allows it. Where pg-boss has a call for it, it is made; the rest is one guarded statement. */
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
      // As pg-boss does itself when it comes by: another attempt if there is one left, else the end.
      return eachQueue(jobs, (queue, ids) => boss.fail(queue, ids, { message: 'rescued: its worker did not report in time' }, { db: tx }))
  }
}

/** With more ids in one call PostgreSQL may prefer to read through all jobs of that queue and state. */
const idsPerCall = 100

async function eachQueue(jobs: LockedJob[], work: (queue: string, ids: string[]) => Promise<unknown>): Promise<void> {
  for (const [queue, some] of Map.groupBy(jobs, (job) => job.queue)) {
    const ids = some.map(({ id }) => id)
    for (let from = 0; from < ids.length; from += idsPerCall) await work(queue, ids.slice(from, from + idsPerCall))
  }
}

/**
 * Many failed jobs at once: the statement of pg-boss's own `retry`, with the versions in it, so that no row is read and locked
 * before it is changed. Whatever is not plain is left for the longer way. Versions hold instants that only grow, so a job that
 * changed since matches none of them. Answers the ids that it changed.
 */
export async function retryPlain(tables: PgBossTables, jobs: SeenJob[], tx: SqlExecutor): Promise<string[]> {
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

/** pg-boss retries failed jobs only. This is the same change, from the one other end. */
function runAgain(tables: PgBossTables, jobs: LockedJob[], tx: SqlExecutor): Promise<void> {
  return update(tables, jobs, tx, `state = 'retry', retry_limit = j.retry_limit + 1, completed_on = null`, `j.state = 'completed'`)
}

/** Due at once, and kept as long as it would have been kept from then, a day at least. pg-boss's own `update` does so for one job a call. */
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
 * pg-boss's `fail` spends a retry, overwrites the last error and sends a copy to the dead letter queue: work that nobody asked
 * for. A failed job is at rest whatever retries it has left, so the state and the end are all that change.
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
