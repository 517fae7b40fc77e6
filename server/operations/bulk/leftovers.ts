import { sql } from 'kysely'
import { type BulkOutcome, leftOverOutcomes } from '../../../schemas/index.ts'
import { query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import type { Scope } from '../scope.ts'
import { getRun } from './read.ts'
import type { BatchJob } from './rows.ts'

const leftOver: ReadonlySet<BulkOutcome> = new Set(leftOverOutcomes)

/** Ids of the jobs that an ended run did not change, one batch at a time. */
export async function* listLeftovers(scope: Scope, bulkId: string): AsyncGenerator<string[]> {
  const { kit: { db }, em } = scope
  const run = await getRun(scope, bulkId)
  if (run.status !== 'finished' && run.status !== 'aborted') {
    throw new OpsError('illegal_transition', `Bulk run ${bulkId} is ${run.status}; expected one that has ended.`)
  }
  for (let number = 0; ; number++) {
    const [batch] = await query(
      em,
      sql<{ number: number; jobs: BatchJob[]; outcomes: [BulkOutcome][] | null }>`
        select number, jobs, outcomes from ${db.table('bulk_batch')} where bulk_id = ${bulkId} and number >= ${number} order by number limit 1`,
    )
    if (!batch) return
    number = batch.number
    const ids = batch.jobs.filter((job, place) => !job.notEligible && leftOver.has(batch.outcomes?.[place]?.[0] ?? 'aborted')).map(({ id }) => id)
    if (ids.length) yield ids
  }
}
