import { type Em, executorOf } from '../db/database.ts'
import type { JobRef } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import type { Entry } from './rows.ts'

/** Makes the job of one slot, in the transaction that records the slot. */
export function enqueueSlot({ engine }: Kit, em: Em, entry: Pick<Entry, 'name' | 'queue' | 'worker' | 'args'>, slotAt: Date): Promise<JobRef> {
  const { name, queue, worker, args } = entry
  const origin = { cronEntry: name, slotAt: slotAt.toISOString() }
  return engine.enqueue({ queue, worker: worker ?? undefined, args, origin }, executorOf(em))
}
