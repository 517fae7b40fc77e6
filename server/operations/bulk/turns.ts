import { setTimeout as wait } from 'node:timers/promises'
import type { Principal } from '../../../schemas/index.ts'
import type { Database } from '../../db/database.ts'
import { OpsError } from '../../error.ts'

/** Selections that are frozen side by side in one process: each keeps the engine and the database busy for seconds. */
const maxAtOnce = 2
/** So long a request waits for its turn. An engine that hangs takes four seconds more, and the answer comes within five. */
const waitMs = 1_000
const pollMs = 25

/** Who is freezing a selection in this process. */
const freezing = new WeakMap<Database, Set<string>>()

/**
 * Does `work` when it is this actor's turn: each actor freezes one selection at a time, and a process a few.
 * @throws OpsError `rate_limited` when no turn came
 */
export async function inTurn<Done>(db: Database, { type, id }: Principal, work: () => Promise<Done>): Promise<Done> {
  const busy = freezing.get(db) ?? new Set()
  freezing.set(db, busy)
  const actor = JSON.stringify([type, id])
  for (const until = performance.now() + waitMs; busy.has(actor) || busy.size >= maxAtOnce; await wait(pollMs)) {
    if (performance.now() < until) continue
    throw new OpsError(
      'rate_limited',
      busy.has(actor)
        ? 'Another selection of yours is being looked through at this moment; try again when it is done.'
        : `This process is looking through ${maxAtOnce} selections at this moment; try again when one of them is done.`,
    )
  }
  busy.add(actor)
  try {
    return await work()
  } finally {
    busy.delete(actor)
  }
}
