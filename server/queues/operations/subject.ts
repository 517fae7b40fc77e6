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
  /** Who paused it through this product. */
  pause?: QueuePauseRow
}

const answered = new WeakMap<OperationRequest, QueueSubject['queue']>()

/** The queue as the engine reports it, and our own record of who paused it. The record is locked, so that two clicks do not race. */
export async function findQueue(request: OperationRequest, scope: ActingScope): Promise<Target<QueueSubject>> {
  const { kit, em, locking } = scope
  const { subject } = request
  if (locking) await waitForLock(kit.db, em, 'queue', subject.id)
  const pause = (await findPauseNote(em, subject.id)) ?? undefined
  const queue = await askEngine(request, scope)
  const resource = { type: 'queue', id: subject.id, queue: subject.id }
  return { resource, found: { queue, pause }, absent: { resource, found: { queue: null } } }
}

/** An engine with its own store is not queried inside our transaction: its answer from a moment ago, for the same request, is used. */
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

/** Refuses an operation that the engine lacks, with the engine's own reason. */
export function requireSupport({ kit: { engine } }: ActingScope, operation: QueueAction): void {
  const lacking = engine.lacks[operation]
  if (lacking !== undefined) throw new OpsError('unsupported_by_engine', lacking)
}

/** Trusts the engine if it reports pauses; otherwise falls back to our own record. */
export function isPaused({ queue, pause }: QueueSubject): boolean {
  return queue?.paused ?? pause !== undefined
}

/** The engine's own caution, e.g. that it has heard from no worker that would obey. */
export function engineCautions({ kit: { engine } }: ActingScope, operation: QueueAction): string[] {
  const caution = engine.cautions?.[operation]
  return caution === undefined ? [] : [caution]
}
