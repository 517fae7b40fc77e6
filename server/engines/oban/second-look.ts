import type { JobAction, JobRef, SecondLook } from '../engine.ts'
import { selectedColumns, selectedJob } from './rows.ts'
import { isJobId, type ObanTables } from './table.ts'
import { allOf } from '../sql.ts'

/**
 * Oban's stager, pruner and acknowledgements update and delete by id alone. One that waited for our lock goes on after our
 * commit with what it read before, and overwrites what we did. It leaves our stamp where it was, which is how it is told from
 * somebody who retried the job on purpose: a retry clears the stamp.
 */
const overtaken: Partial<Record<JobAction, string>> = {
  cancel: `j.cancelled_at is not null and j.state <> 'cancelled'`,
  discard: `j.discarded_at is not null and j.state <> 'discarded'`,
}
/** What is left unfinished by these is not pruned, unless the pruner chose it while it was finished. */
const staysThere: ReadonlySet<JobAction> = new Set(['retry', 'restore'])

export async function lookAgain(tables: ObanTables, action: JobAction, jobs: JobRef[], unsettled?: string): Promise<SecondLook> {
  const ids = jobs.map(({ id }) => id).filter(isJobId)
  // Asked first: whoever ends between the two questions has shown in the jobs what he did.
  const writers = await stillWriting(tables, unsettled)
  const look: SecondLook = { overtaken: [], gone: [], unsettled: writers.length ? JSON.stringify(writers) : undefined }
  const condition = overtaken[action]
  if (condition && ids.length) {
    const { rows } = await tables.db.executeSql(
      `select ${selectedColumns} from ${tables.jobs} j where ${allOf(['j.id = any($1::bigint[])', condition])} order by j.id`,
      [ids],
    )
    look.overtaken = rows.map(selectedJob)
  }
  if (staysThere.has(action) && ids.length) {
    const { rows } = await tables.db.executeSql(`select id::text as id from ${tables.jobs} where id = any($1::bigint[])`, [ids])
    const there = new Set(rows.map(({ id }) => String(id)))
    look.gone = jobs.filter(({ id }) => !there.has(id))
  }
  return look
}

/**
 * Transactions that had begun to write jobs when this was first asked, after our commit, and that have not ended: a statement
 * takes this lock before it reads, so whoever is not among them reads what we committed.
 */
async function stillWriting(tables: ObanTables, unsettled?: string): Promise<string[]> {
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
