import { sql } from 'kysely'
import { query } from '../db/database.ts'
import { isStatementTimeout, QueueFailure } from './limits.ts'
import type { Entry } from './rows.ts'
import { takeSlots, type Work } from './slot.ts'

/** How many statements may time out in one transaction, which holds the locks of all its entries meanwhile. */
const maxTimeouts = 3

/**
 * Takes locked entries. If one of their queues times out, `onSilent` is called and the others are taken in the same transaction.
 * If their locks were released first, each of the other schedulers could lock them together with that queue again, and every
 * scheduler would delay them by another timeout until it knows the queue itself.
 *
 * @throws the timeout, once there were too many, and every other failure at once
 */
export async function takeAllButSilent(work: Work, entries: Entry[], onSilent: (queue: string, error: unknown) => void): Promise<void> {
  let rest = entries
  let queueByQueue = false
  for (let timeouts = 0; ; timeouts++) {
    // Without others there is nothing to save, and an engine with its own store is not called in this transaction.
    const alone = new Set(rest.map(({ queue }) => queue)).size < 2
    if (alone || !work.kit.engine.transactional || timeouts === maxTimeouts) return takeSlots({ ...work, queueByQueue }, rest)
    await query(work.em, sql`savepoint before_taking`)
    try {
      return await takeSlots({ ...work, queueByQueue }, rest)
    } catch (error) {
      // After any other error the engine may still have a statement on its way, which must not become part of what is committed.
      if (!isStatementTimeout(error)) throw error
      if (error instanceof QueueFailure) {
        onSilent(error.queue, error)
        rest = rest.filter(({ queue }) => queue !== error.queue)
      }
      // The states of jobs in several queues were queried together: separately, the one that times out is known.
      queueByQueue = !(error instanceof QueueFailure)
      await query(work.em, sql`rollback to savepoint before_taking`)
    }
  }
}
