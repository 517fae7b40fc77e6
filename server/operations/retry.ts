import type { Em } from '../db/database.ts'
import { sqlState } from '../db/sqlstate.ts'
import { codeOf } from '../describe-failure.ts'
import type { Kit } from '../kit.ts'

const maxTries = 3

const collisions = new Set<string>([sqlState.deadlockDetected, sqlState.serializationFailure])

/** Did the database abort this transaction because of a conflict with another one? Then a retry can succeed. */
export function isCollision(error: unknown): boolean {
  return collisions.has(codeOf(error) ?? '')
}

/**
 * Runs a transaction, and retries it when it collides with another one, e.g. with a worker that ends the same jobs in a
 * different order. A collision rolls everything back, so all effects of `work` must go through `em`.
 */
export async function transactWithRetry<T>({ db }: Pick<Kit, 'db'>, work: (em: Em) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transact(work)
    } catch (error) {
      if (tries === maxTries || !isCollision(error)) throw error
    }
  }
}
