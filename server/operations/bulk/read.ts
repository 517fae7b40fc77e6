import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import type { Scope } from '../scope.ts'
import { maySeeRun } from './rights.ts'
import type { BulkRunRow } from './rows.ts'

/** A run that was confirmed and that the viewer may see; what was only shown is not one. */
export async function getRun(scope: Scope, id: string): Promise<BulkRunRow> {
  const { kit, em } = scope
  const [run] = await query(em, sql<BulkRunRow>`select * from ${kit.db.table('bulk_run')} where id = ${id} and status <> 'previewed'`)
  if (run && (await maySeeRun(scope, run))) return run
  throw new OpsError('not_found', `No bulk run ${id}.`)
}
