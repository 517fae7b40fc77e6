import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import { uuidv7 } from '../../uuid.ts'
import type { PlacedOutcome } from './rows.ts'
import { type BatchRow, claimAbandonedBatch } from './claim.ts'
import { publishChange, eligibleOf, recordBatch, unconfirmed } from './record.ts'

/**
 * Settles a batch whose process died while calling the engine and whose run has been aborted since, so that it will not be
 * repeated. Jobs that still have the version they were seen in were not reached; for the others the outcome is unknown.
 */
export async function settleAbandoned(kit: Kit): Promise<boolean> {
  const abandoned = await claimAbandonedBatch(kit, kit.db.em())
  if (!abandoned) return false
  // The engine is queried before the transaction, so that no transaction of ours waits for an engine that hangs.
  const outcomes = await findOutcomes(kit, abandoned.batch)
  const recorded = await kit.db.transact(async (em) => {
    const claimed = await claimAbandonedBatch(kit, em)
    if (!claimed || claimed.batch.bulk_id !== abandoned.batch.bulk_id || claimed.batch.number !== abandoned.batch.number) return undefined
    const { bulk_id, number } = claimed.batch
    const [request] = await query(
      em,
      sql<{ event_id: string; final_event_id: string }>`
        delete from ${kit.db.table('open_request')} where bulk_id = ${bulk_id} and (detail ->> 'batch')::int = ${number} returning event_id, final_event_id`,
    )
    const note = 'The process that called the engine ended before it could record the answer, and the run was aborted; whether the changes were made is unknown.'
    return recordBatch(kit, em, claimed, outcomes, {
      eventId: request?.final_event_id ?? uuidv7(),
      code: 'orphan_request',
      metadata: { requested: request?.event_id, note },
    })
  })
  if (recorded) publishChange(kit, recorded)
  return recorded !== undefined
}

async function findOutcomes({ engine }: Kit, batch: BatchRow): Promise<PlacedOutcome[]> {
  const versions = new Map((await engine.read(eligibleOf(batch).map(({ id }) => id))).map((job) => [job.id, job.version]))
  return batch.jobs.map(({ id, version, notEligible }) => {
    if (notEligible !== undefined) return null
    return versions.get(id) === version ? ['aborted'] : unconfirmed
  })
}
