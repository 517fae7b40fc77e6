import type { OperationRequest } from '../../../schemas/index.ts'
import { waitForLock } from '../../db/advisory.ts'
import { executorOf } from '../../db/database.ts'
import type { QueuePauseRow } from '../../db/entities.ts'
import { OpsError } from '../../error.ts'
import type { Engine } from '../../engines/engine.ts'
import type { Target } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import type { QueueAction } from '../legality.ts'
import { findPauseNote } from '../pause-note.ts'

export interface QueueSubject {
  /** null when the engine has no such queue. */
  queue: Awaited<ReturnType<Engine['readQueue']>>
  /** Who paused it through us. */
  pause?: QueuePauseRow
}

/** The queue as the engine knows it and our own note of who paused it; the note is locked, so that two clicks do not race. */
const answered = new WeakMap<OperationRequest, QueueSubject['queue']>()

export async function findQueue(request: OperationRequest, scope: ActingScope): Promise<Target<QueueSubject>> {
  const { kit, em, locking } = scope
  const { subject } = request
  if (locking) await waitForLock(kit.db, em, 'queue', subject.id)
  const pause = (await findPauseNote(em, subject.id)) ?? undefined
  const queue = await askEngine(request, scope)
  const resource = { type: 'queue', id: subject.id, queue: subject.id }
  return { resource, found: { queue, pause }, absent: { resource, found: { queue: null } } }
}

/** An engine with a store of its own is not asked inside our transaction: it was asked a moment before, for the same request. */
async function askEngine(request: OperationRequest, { kit: { engine }, em, locking }: ActingScope): Promise<QueueSubject['queue']> {
  if (locking && engine.transactional) return engine.readQueue(request.subject.id, executorOf(em))
  if (locking && answered.has(request)) return answered.get(request)!
  const queue = await engine.readQueue(request.subject.id)
  answered.set(request, queue)
  return queue
}

export function requireQueue({ queue }: QueueSubject, id: string): NonNullable<QueueSubject['queue']> {
  if (queue) return queue
  throw new OpsError('not_found', `The engine has no queue '${id}'.`)
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

/** What the engine itself has to say to it, e.g. that no worker was heard that would obey. */
export function engineCautions({ kit: { engine } }: ActingScope, operation: QueueAction): string[] {
  const caution = engine.cautions?.[operation]
  return caution === undefined ? [] : [caution]
}
