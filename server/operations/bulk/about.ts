import { sql } from 'kysely'
import type { BulkRun, JobSetName } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { keepAllowed } from '../../host/visible.ts'
import type { Scope } from '../scope.ts'
import { maySeeRun } from './rights.ts'
import type { BulkRunRow } from './rows.ts'
import { showRun } from './show.ts'

const maxRuns = 100

interface AboutRuns {
  /** Runs with jobs of this queue. */
  queue?: string
  /** Runs whose jobs were selected through this set, e.g. the jobs of an incident. */
  origin?: { name: JobSetName; id: string }
}

/** Made for others: the confirmed runs that touched a queue, or that came from an incident, newest first. */
export async function listRunsAbout(scope: Scope, { queue, origin }: AboutRuns, { from, to }: { from: Date; to: Date }): Promise<BulkRun[]> {
  const { kit: { db }, em } = scope
  const about = origin ? sql`selection #>> ${['filter', origin.name]}::text[] = ${origin.id}` : sql`queues ? ${queue ?? ''}`
  const rows = await query(
    em,
    sql<BulkRunRow>`select * from ${db.table('bulk_run')}
      where status <> 'previewed' and created_at <= ${to} and coalesce(finished_at, ${to}) >= ${from} and ${about}
      order by created_at desc, id desc limit ${maxRuns}`,
  )
  return (await keepAllowed(rows, (run) => maySeeRun(scope, run))).map((run) => showRun(run, scope))
}
