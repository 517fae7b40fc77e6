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
  /** As it was when it was taken; `requested`: somebody asked the engine for it before and told no end. */
  status: 'waiting' | 'requested'
  tries: number
}

export interface Taken {
  batch: BatchRow
  run: BulkRunRow
}

/**
 * Locks a batch that is due, of the run that was not served for longest, so that a small run does not wait for the end of a
 * large one. Rows that others hold are passed over: any number of processes work side by side.
 */
export function takeBatch(kit: Kit, em: Em, bulkId: string | undefined): Promise<Taken | undefined> {
  const ofRun = bulkId === undefined ? sql`` : sql`and run.id = ${bulkId}`
  // While two versions run side by side, an operation that only the newer one knows is left to it.
  const known = sql`run.action = any(${Object.keys(kit.operations)}::text[])`
  return take(kit, em, sql`run.status in ('queued', 'running') and ${known} ${ofRun}`)
}

/** A batch of a run that was aborted while the engine was asked for it, by a process that is gone. */
export function takeAbandoned(kit: Kit, em: Em): Promise<Taken | undefined> {
  return take(kit, em, sql`run.status = 'aborted' and batch.status = 'requested'`)
}

async function take({ db, now }: Kit, em: Em, which: RawBuilder<unknown>): Promise<Taken | undefined> {
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
