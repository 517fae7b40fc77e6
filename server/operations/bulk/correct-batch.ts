import { sql } from 'kysely'
import { type Em, query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import type { Correction } from '../second-look.ts'
import { addCounts, type BatchJob, type BulkRunRow, type PlacedOutcome } from './rows.ts'

/** Corrects outcomes that turned out to be wrong, in the batch and in the counts of its run. */
export async function correctBatch({ db, now }: Kit, em: Em, { bulkId, number }: { bulkId: string; number: number }, corrections: Correction[]): Promise<BulkRunRow | undefined> {
  const where = sql`bulk_id = ${bulkId} and number = ${number}`
  const [batch] = await query(
    em,
    sql<{ jobs: BatchJob[]; outcomes: PlacedOutcome[] | null }>`select jobs, outcomes from ${db.table('bulk_batch')} where ${where} for update`,
  )
  const [run] = await query(em, sql<BulkRunRow>`select * from ${db.table('bulk_run')} where id = ${bulkId} for update`)
  if (!batch?.outcomes || !run) return undefined
  const byId = new Map(corrections.map((correction) => [correction.id, correction]))
  const counts: Record<string, number> = { ...run.outcomes }
  const outcomes = batch.outcomes.map((before, place): PlacedOutcome => {
    const correction = byId.get(batch.jobs[place]!.id)
    if (!correction || before?.[0] !== 'done') return before
    addCounts(counts, { done: -1, [correction.outcome]: 1 })
    return [correction.outcome, correction.detail]
  })
  const left = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
  await query(em, sql`update ${db.table('bulk_batch')} set outcomes = ${JSON.stringify(outcomes)}, fates = null where ${where}`)
  await query(em, sql`update ${db.table('bulk_run')} set outcomes = ${JSON.stringify(left)},
    fate_due_at = case when fate is null then fate_due_at else ${now()}::timestamptz end where id = ${bulkId}`)
  return run
}
