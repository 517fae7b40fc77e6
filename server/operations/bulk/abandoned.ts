import { sql } from 'kysely'
import { query } from '../../db/database.ts'
import type { Kit } from '../../kit.ts'
import { uuidv7 } from '../../uuid.ts'
import type { PlacedOutcome } from './rows.ts'
import { type BatchRow, takeAbandoned } from './take.ts'
import { publishChange, eligibleOf, recordBatch, unconfirmed } from './record.ts'

/**
 * A batch whose process died while the engine was asked, and whose run was aborted since: nobody asks for it again. Jobs that
 * are as they were seen were not reached; of the others nobody can tell.
 */
export async function settleAbandoned(kit: Kit): Promise<boolean> {
  const found = await takeAbandoned(kit, kit.db.em())
  if (!found) return false
  // Looked at before the transaction: nothing of ours waits inside one for an engine that hangs.
  const outcomes = await lookAgain(kit, found.batch)
  const recorded = await kit.db.transact(async (em) => {
    const taken = await takeAbandoned(kit, em)
    if (!taken || taken.batch.bulk_id !== found.batch.bulk_id || taken.batch.number !== found.batch.number) return undefined
    const { bulk_id, number } = taken.batch
    const [request] = await query(
      em,
      sql<{ event_id: string; final_event_id: string }>`
        delete from ${kit.db.table('open_request')} where bulk_id = ${bulk_id} and (detail ->> 'batch')::int = ${number} returning event_id, final_event_id`,
    )
    const note = 'The process that asked the engine ended before it could tell the answer, and the run was aborted; whether the changes were made is not known.'
    return recordBatch(kit, em, taken, outcomes, {
      eventId: request?.final_event_id ?? uuidv7(),
      code: 'orphan_request',
      metadata: { requested: request?.event_id, note },
    })
  })
  if (recorded) publishChange(kit, recorded)
  return recorded !== undefined
}

async function lookAgain({ engine }: Kit, batch: BatchRow): Promise<PlacedOutcome[]> {
  const now = new Map((await engine.read(eligibleOf(batch).map(({ id }) => id))).map((job) => [job.id, job.version]))
  return batch.jobs.map(({ id, version, notEligible }) => {
    if (notEligible !== undefined) return null
    return now.get(id) === version ? ['aborted'] : unconfirmed
  })
}
