import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import type { Scope } from '../scope.ts'
import { maySeeRun } from './rights.ts'
import type { BulkRunRow } from './rows.ts'

/** A confirmed run that the viewer may see; a set that was only previewed is not a run. */
export async function getRun(scope: Scope, id: string): Promise<BulkRunRow> {
  const { kit, em } = scope
  const [run] = await query(em, sql<BulkRunRow>`select * from ${kit.db.table('bulk_run')} where id = ${id} and status <> 'previewed'`)
  if (run && (await maySeeRun(scope, run))) return run
  throw new OpsError('not_found', `There is no bulk run ${id}.`)
}
