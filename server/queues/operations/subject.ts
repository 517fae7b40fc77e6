import { sql } from 'kysely'
import type { OperationRequest, Principal } from '../../../schemas/index.ts'
import { waitForLock } from '../../db/advisory.ts'
import { query } from '../../db/database.ts'
import { OpsError } from '../../error.ts'
import type { Engine } from '../../engines/engine.ts'
import type { Target } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import type { QueueAction } from '../legality.ts'

export interface QueueSubject {
  /** null when the engine has no such queue. */
  queue: Awaited<ReturnType<Engine['readQueue']>>
  /** Who paused it through us. */
  pause?: { paused_at: string; paused_by: Principal }
}

/** The queue as the engine knows it and our own note of who paused it; the note is locked, so that two clicks do not race. */
export async function findQueue({ subject }: OperationRequest, scope: ActingScope): Promise<Target<QueueSubject>> {
  const { kit, em, locking } = scope
  if (locking) await waitForLock(kit.db, em, 'queue', subject.id)
  const [pause] = await query(
    em,
    sql<{ paused_at: string; paused_by: Principal }>`select paused_at::text, paused_by from ${kit.db.table('queue_pause')} where queue = ${subject.id}`,
  )
  const queue = await kit.engine.readQueue(subject.id)
  return { resource: { type: 'queue', id: subject.id, queue: subject.id }, found: { queue, pause } }
}

export function requireQueue({ queue }: QueueSubject, id: string): NonNullable<QueueSubject['queue']> {
  if (queue) return queue
  throw new OpsError('not_found', `No queue '${id}' in the engine.`)
}

/** Refuses what the engine cannot do, in its own words. */
export function requireSupport({ kit: { engine } }: ActingScope, operation: QueueAction): void {
  const lacking = engine.lacks[operation]
  if (lacking !== undefined) throw new OpsError('unsupported_by_engine', lacking)
}

/** Is it paused? The engine's word counts where it has one; an engine that does not tell leaves us our own note. */
export function isPaused({ queue, pause }: QueueSubject): boolean {
  return queue?.paused ?? pause !== undefined
}
