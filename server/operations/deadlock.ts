import type { Em } from '../db/database.ts'
import { sqlState } from '../db/sqlstate.ts'
import { codeOf } from '../describe-failure.ts'
import type { Kit } from '../kit.ts'

const maxTries = 3

const collisions = new Set<string>([sqlState.deadlockDetected, sqlState.serializationFailure])

/** Two transactions stood in each other's way and the database ended this one. It was not wrong, only unlucky. */
export function isCollision(error: unknown): boolean {
  return collisions.has(codeOf(error) ?? '')
}

/**
 * A transaction that is done again when it collides with another one, e.g. with a worker that ends the same jobs in another
 * order. Everything it did has been taken back, so `work` must do all it does through `em`.
 */
export async function transactAgain<T>({ db }: Pick<Kit, 'db'>, work: (em: Em) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transact(work)
    } catch (error) {
      if (tries === maxTries || !isCollision(error)) throw error
    }
  }
}
