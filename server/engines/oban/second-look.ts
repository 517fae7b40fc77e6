import type { JobAction, JobRef, SecondLook } from '../engine.ts'
import { selectedColumns, selectedJob } from './rows.ts'
import { isJobId, type ObanTables } from './table.ts'
import { allOf } from '../sql.ts'

/**
 * Oban's stager, pruner and acknowledgements update and delete by id alone. One that was waiting for our lock continues after
 * our commit with what it read before, and overwrites our change. It does not touch our timestamp, which distinguishes it from
 * a deliberate retry: a retry clears the timestamp.
 */
const overtaken: Partial<Record<JobAction, string>> = {
  cancel: `j.cancelled_at is not null and j.state <> 'cancelled'`,
  discard: `j.discarded_at is not null and j.state <> 'discarded'`,
}
/** After these actions a job is unfinished, and the pruner deletes it only if it had selected it before. */
const keepsJob: ReadonlySet<JobAction> = new Set(['retry', 'restore'])

export async function recheckJobs(tables: ObanTables, action: JobAction, jobs: JobRef[], unsettled?: string): Promise<SecondLook> {
  const ids = jobs.map(({ id }) => id).filter(isJobId)
  // Queried first: if a transaction ends between the two queries, the jobs already show what it did.
  const writers = await listWriters(tables, unsettled)
  const result: SecondLook = { overtaken: [], gone: [], unsettled: writers.length ? JSON.stringify(writers) : undefined }
  const condition = overtaken[action]
  if (condition && ids.length) {
    const { rows } = await tables.db.executeSql(
      `select ${selectedColumns} from ${tables.jobs} j where ${allOf(['j.id = any($1::bigint[])', condition])} order by j.id`,
      [ids],
    )
    result.overtaken = rows.map(selectedJob)
  }
  if (keepsJob.has(action) && ids.length) {
    const { rows } = await tables.db.executeSql(`select id::text as id from ${tables.jobs} where id = any($1::bigint[])`, [ids])
    const existing = new Set(rows.map(({ id }) => String(id)))
    result.gone = jobs.filter(({ id }) => !existing.has(id))
  }
  return result
}

/**
 * Transactions that were already writing jobs at the first check after our commit and have not ended yet. A statement takes
 * this lock before it reads, so any transaction that is not among them sees our commit.
 */
async function listWriters(tables: ObanTables, unsettled?: string): Promise<string[]> {
  const { rows } = await tables.db.executeSql(
    `select distinct virtualtransaction as writer from pg_locks
     where locktype = 'relation' and relation = to_regclass($1) and database = (select oid from pg_database where datname = current_database())
       and mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock') and pid <> pg_backend_pid()`,
    [tables.jobs],
  )
  const now = rows.map(({ writer }) => String(writer))
  if (unsettled === undefined) return now
  const before = new Set(JSON.parse(unsettled) as string[])
  return now.filter((writer) => before.has(writer))
}
