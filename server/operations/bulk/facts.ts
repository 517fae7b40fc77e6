import { sql } from 'kysely'
import type { AuditEvent } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { keepAllowed } from '../../host/visible.ts'
import type { Scope } from '../scope.ts'
import { maySeeRun } from './rights.ts'
import { batchSize, type BulkRunRow, uuid } from './rows.ts'
import { waitingOf } from './show.ts'

export type RunFacts = NonNullable<AuditEvent['run']>

/** How the given runs stand now, by id, as far as they are still kept and the viewer may see all of them. */
export async function findRunFacts(scope: Scope, named: string[]): Promise<Map<string, RunFacts>> {
  const ids = [...new Set(named)].filter((id) => uuid.test(id))
  if (ids.length === 0) return new Map()
  const rows = await query(
    scope.em,
    sql<Pick<BulkRunRow, 'id' | 'actor' | 'queues' | 'status' | 'total' | 'eligible' | 'outcomes' | 'fate'>>`
      select id::text, actor, queues, status, total, eligible, outcomes, fate from ${scope.kit.db.table('bulk_run')} where id = any(${ids}::uuid[])`,
  )
  const visible = await keepAllowed(rows, (run) => maySeeRun(scope, run))
  return new Map(
    visible.map((run) => [
      run.id,
      {
        status: run.status,
        total: run.total,
        eligible: run.eligible,
        outcomes: { ...run.outcomes, ...waitingOf(run) },
        batches: Math.ceil(run.total / batchSize),
        fates: run.fate?.counts,
      },
    ]),
  )
}
