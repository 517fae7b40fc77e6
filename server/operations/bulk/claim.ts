import { type RawBuilder, sql } from 'kysely'
import { type Em, query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import { orphanSeconds } from '../orphans.ts'
import type { BatchJob, BulkRunRow } from './rows.ts'

export interface BatchRow {
  bulk_id: string
  number: number
  jobs: BatchJob[]
  eligible: number
  /** Status when it was claimed; `requested`: a process has already called the engine for it but recorded no result. */
  status: 'waiting' | 'requested'
  tries: number
}

export interface ClaimedBatch {
  batch: BatchRow
  run: BulkRunRow
}

/**
 * Claims a due batch of the run that has waited longest since it was last served, so that a small run need not wait for a large
 * one to end. Rows locked by others are skipped, so that any number of processes can work concurrently.
 */
export function claimBatch(kit: Kit, em: Em, bulkId: string | undefined): Promise<ClaimedBatch | undefined> {
  const ofRun = bulkId === undefined ? sql`` : sql`and run.id = ${bulkId}`
  // During a rolling upgrade, operations that only the newer version knows are left to it.
  const supported = sql`run.action = any(${Object.keys(kit.operations)}::text[])`
  return claim(kit, em, sql`run.status in ('queued', 'running') and ${supported} ${ofRun}`)
}

/** Claims a batch of an aborted run whose process died while calling the engine. */
export function claimAbandonedBatch(kit: Kit, em: Em): Promise<ClaimedBatch | undefined> {
  return claim(kit, em, sql`run.status = 'aborted' and batch.status = 'requested'`)
}

async function claim({ db, now }: Kit, em: Em, which: RawBuilder<unknown>): Promise<ClaimedBatch | undefined> {
  const at = sql`${now()}::timestamptz`
  const [batch] = await query(
    em,
    sql<BatchRow>`
      select batch.bulk_id, batch.number, batch.jobs, batch.eligible, batch.status, batch.tries
      from ${db.table('bulk_run')} run join ${db.table('bulk_batch')} batch on batch.bulk_id = run.id and batch.status <> 'done'
      where ${which} and case
        when batch.not_before is not null then batch.not_before <= ${at}
        else batch.status = 'waiting' or batch.requested_at < ${at} - make_interval(secs => ${orphanSeconds}) end
      order by run.served_at nulls first, run.created_at, run.id, batch.number limit 1 for update of batch skip locked`,
  )
  if (!batch) return undefined
  const [run] = await query(em, sql<BulkRunRow>`select * from ${db.table('bulk_run')} where id = ${batch.bulk_id}`)
  return { batch, run: run! }
}
