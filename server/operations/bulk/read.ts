import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import { isSameActor } from '../../host/viewer.ts'
import { OpsError } from '../../error.ts'
import type { Scope } from '../scope.ts'
import type { BulkRunRow } from './rows.ts'

/** A run that was confirmed and that the viewer may see; what was only shown is not one. */
export async function getRun(scope: Scope, id: string): Promise<BulkRunRow> {
  const { kit, em } = scope
  const [run] = await query(em, sql<BulkRunRow>`select * from ${kit.db.table('bulk_run')} where id = ${id} and status <> 'previewed'`)
  if (run && (await maySeeRun(scope, run))) return run
  throw new OpsError('not_found', `No bulk run ${id}.`)
}

/** One's own, and those of others that the host lets one see: the same question as for the run's audit events. */
export async function maySeeRun({ viewer }: Scope, { id, actor }: BulkRunRow): Promise<boolean> {
  if (viewer.principal && isSameActor(viewer.principal, actor)) return true
  const { allowed } = await viewer.can('view_jobs', { type: 'bulk', id })
  return allowed
}
