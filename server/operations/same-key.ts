import type { Principal } from '../../schemas/index.ts'
import type { Database } from '../db/database.ts'
import { OpsError } from '../error.ts'
import { withTimeout } from '../timeout.ts'

/** How long a repeat waits for the first request with its key. */
const maxWaitMs = 4_000

const running = new WeakMap<Database, Map<string, Promise<unknown>>>()

/**
 * Runs `work` after the requests of this actor that arrived in this process earlier with the same idempotency key, so that a
 * repeat finds the first answer instead of preparing the same selection again. Across processes the key's row decides.
 * @throws OpsError `rate_limited` when the first takes longer than four seconds
 */
export async function afterSameKey<Done>(db: Database, { type, id }: Principal, key: string, work: () => Promise<Done>): Promise<Done> {
  const byKey = running.get(db) ?? new Map<string, Promise<unknown>>()
  running.set(db, byKey)
  const place = JSON.stringify([type, id, key])
  for (let earlier = byKey.get(place); earlier; earlier = byKey.get(place)) {
    await withTimeout(
      earlier.catch(() => {}),
      maxWaitMs,
      () => new OpsError('rate_limited', 'The first request with this key is still being prepared; try again in a moment.'),
    )
  }
  const ours = work()
  byKey.set(place, ours)
  try {
    return await ours
  } finally {
    if (byKey.get(place) === ours) byKey.delete(place)
  }
}
