import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import { keepAllowed } from '../../host/visible.ts'
import type { Scope } from '../scope.ts'
import { maySeeRun } from './rights.ts'
import type { BulkRunRow } from './rows.ts'

const maxUnfinished = 500

/** A confirmed run that the viewer may see; a set that was only previewed is not a run. */
export async function getRun(scope: Scope, id: string): Promise<BulkRunRow> {
  const { kit, em } = scope
  const [run] = await query(em, sql<BulkRunRow>`select * from ${kit.db.table('bulk_run')} where id = ${id} and status <> 'previewed'`)
  if (run && (await maySeeRun(scope, run))) return run
  throw new OpsError('not_found', `There is no bulk run ${id}.`)
}

/** Confirmed runs that have not ended, as far as the viewer may see them. */
export async function countUnfinishedRuns(scope: Scope): Promise<number> {
  const rows = await query(
    scope.em,
    sql<BulkRunRow>`select * from ${scope.kit.db.table('bulk_run')} where status in ('queued', 'running') order by created_at limit ${maxUnfinished}`,
  )
  return (await keepAllowed(rows, (run) => maySeeRun(scope, run))).length
}
