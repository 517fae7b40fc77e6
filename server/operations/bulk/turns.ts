import type { Principal } from '../../../schemas/index.ts'
import type { Database } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import { withTimeout } from '../../timeout.ts'

/** How many selections a process freezes concurrently: each keeps the engine and the database busy for seconds. */
const maxConcurrent = 2
/** How long a request waits for its turn. A hanging engine adds four seconds, and the response must come within five. */
const maxWaitMs = 1_000

/** The actors who are freezing a selection in this process, and a promise that wakes the waiting requests. */
interface Turns {
  busy: Set<string>
  released: PromiseWithResolvers<void>
}

const turnsOf = new WeakMap<Database, Turns>()

/**
 * Runs `work` when it is this actor's turn: an actor freezes one selection at a time, and a process only a few.
 * @throws OpsError `rate_limited` if there was no turn within a second
 */
export async function withFreezeSlot<Done>(db: Database, { type, id }: Principal, work: () => Promise<Done>): Promise<Done> {
  const turns = turnsOf.get(db) ?? { busy: new Set(), released: Promise.withResolvers<void>() }
  turnsOf.set(db, turns)
  const actor = JSON.stringify([type, id])
  const until = performance.now() + maxWaitMs
  while (turns.busy.has(actor) || turns.busy.size >= maxConcurrent) {
    await withTimeout(turns.released.promise, until - performance.now(), () => refusal(turns.busy.has(actor)))
  }
  turns.busy.add(actor)
  try {
    return await work()
  } finally {
    turns.busy.delete(actor)
    turns.released.resolve()
    turns.released = Promise.withResolvers<void>()
  }
}

function refusal(ownIsBusy: boolean): OpsError {
  return new OpsError(
    'rate_limited',
    ownIsBusy
      ? 'Another of your selections is being collected; try again when it is done.'
      : `This process is already collecting ${maxConcurrent} selections; try again when one of them is done.`,
  )
}
