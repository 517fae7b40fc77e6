import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import type { Scope } from '../scope.ts'
import type { BulkRunRow } from './rows.ts'

/** A run that was confirmed; what was only shown is not one. */
export async function readRun({ kit: { db }, em }: Scope, id: string): Promise<BulkRunRow> {
  const [run] = await query(em, sql<BulkRunRow>`select * from ${db.table('bulk_run')} where id = ${id} and status <> 'previewed'`)
  if (run) return run
  throw new OpsError('not_found', `No bulk run ${id}.`)
}
