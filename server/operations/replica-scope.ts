import type { NotFromReplica, WalMark } from '../db/replica.ts'
import type { Scope } from './scope.ts'

/** Where a request reads, and from where that is, for the reader to know. */
export interface Reading {
  scope: Scope
  from: 'replica' | NotFromReplica
}

/**
 * The same scope, reading from the replica as of the time up to which that is complete; or from the primary, if there is no replica
 * that may be read. `after`: a change that must be included.
 */
export async function replicaScope(scope: Scope, after?: WalMark): Promise<Reading> {
  const { replica } = scope.kit.db
  const chosen = await replica!.choose(after)
  if (typeof chosen === 'string') return { scope, from: chosen }
  const now = chosen.asOf < scope.now ? chosen.asOf : scope.now
  return { scope: { ...scope, em: chosen.em, now }, from: 'replica' }
}
