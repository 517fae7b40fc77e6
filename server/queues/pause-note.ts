import type { Em } from '../db/database.ts'
import { QueuePause, type QueuePauseRow } from '../db/entities.ts'

/** Our own record of who paused a queue through this product, and why. Null: it was not paused here, or it was resumed. */
export function findPauseNote(em: Em, queue: string): Promise<QueuePauseRow | null> {
  return em.findOne(QueuePause, { queue }, { disableIdentityMap: true }) as Promise<QueuePauseRow | null>
}

