import { type RawBuilder, sql } from 'kysely'
import { type Database, query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import type { Operation } from '../operation.ts'
import type { ActingScope } from '../scope.ts'
import { requireMany } from './freeze.ts'
import { addCounts, type BatchJob, type BulkRunRow } from './rows.ts'

export interface FrozenRun {
  total: number
  eligible: number
  not_eligible: Record<string, number>
  selection: BulkRunRow['selection']
  queues: BulkRunRow['queues']
}

const forbidden = 'You are no longer allowed to do this.'

/** Asks the host again about every job that will change, and removes from the set what it now refuses. */
export async function authorizeFrozen(scope: ActingScope, operation: Operation, bulkId: string, authorized: boolean): Promise<FrozenRun> {
  const { kit, em } = scope
  const table = kit.db.table('bulk_run')
  const [run] = await query(em, sql<FrozenRun>`select total, eligible, not_eligible, selection, queues from ${table} where id = ${bulkId} and status = 'previewed' for update`)
  if (!run) throw new OpsError('preview_consumed', 'This selection has already been confirmed; it can be confirmed only once.')
  if (authorized) return run
  let removed = 0
  for (let number = 0; ; number++) {
    const [batch] = await query(em, sql<{ jobs: BatchJob[] }>`select jobs from ${kit.db.table('bulk_batch')} where bulk_id = ${bulkId} and number = ${number}`)
    if (!batch) break
    removed += await authorizeBatch(scope, operation, bulkId, number, batch.jobs)
  }
  if (!removed) return run
  const changed = { ...run, eligible: run.eligible - removed, not_eligible: { ...run.not_eligible } }
  addCounts(changed.not_eligible, { [forbidden]: removed })
  if (!changed.eligible && run.eligible) throw new OpsError('forbidden', `${operation.action} is no longer allowed on any of these jobs.`)
  await query(
    em,
    sql`update ${table} set eligible = ${changed.eligible}, not_eligible = ${JSON.stringify(changed.not_eligible)}, queues = ${sharesOf(kit.db, bulkId)}
        where id = ${bulkId}`,
  )
  return changed
}

/** The shares of a set's queues, computed from its batches. */
function sharesOf(db: Database, bulkId: string): RawBuilder<unknown> {
  return sql`coalesce((
    select jsonb_object_agg(queue, jsonb_strip_nulls(jsonb_build_object('total', total, 'eligible', eligible, 'sample', sample)))
    from (
      select job ->> 'queue' as queue, count(*) as total, count(*) filter (where job ->> 'notEligible' is null) as eligible,
        (array_agg(jsonb_build_object('id', job -> 'id', 'worker', job -> 'worker', 'tags', job -> 'tags')) filter (where job ->> 'notEligible' is null))[1] as sample
      from ${db.table('bulk_batch')} batch, jsonb_array_elements(batch.jobs) job
      where batch.bulk_id = ${bulkId} and job ->> 'queue' <> ''
      group by 1) counted), '{}')`
}

async function authorizeBatch(scope: ActingScope, operation: Operation, bulkId: string, number: number, jobs: BatchJob[]): Promise<number> {
  const { resource } = requireMany(operation)
  const answers = await Promise.all(
    jobs.map(async (job) => job.notEligible !== undefined || (await scope.viewer.can(operation.action, resource(job))).allowed),
  )
  const refused = answers.filter((allowed) => !allowed).length
  if (!refused) return 0
  const changed = jobs.map((job, place) => (answers[place] ? job : { ...job, notEligible: forbidden }))
  await query(
    scope.em,
    sql`update ${scope.kit.db.table('bulk_batch')} set jobs = ${JSON.stringify(changed)}, eligible = eligible - ${refused}
        where bulk_id = ${bulkId} and number = ${number}`,
  )
  return refused
}
