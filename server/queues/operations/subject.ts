import type { OperationRequest } from '../../../schemas/index.ts'
import { waitForLock } from '../../db/advisory.ts'
import { executorOf } from '../../db/database.ts'
import type { QueuePauseRow } from '../../db/entities.ts'
import { OpsError } from '../../error.ts'
import type { Engine } from '../../engines/engine.ts'
import type { Target } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { findWishedQueue, type WishedQueue } from '../../executors/wishes.ts'
import { isObeyedByExecutors, lackOf, type QueueAction } from '../legality.ts'
import { findPauseNote } from '../pause-note.ts'

export interface QueueSubject {
  /** null when the engine has no such queue. */
  queue: Awaited<ReturnType<Engine['readQueue']>>
  /** Who paused it through this product. */
  pause?: QueuePauseRow
  /** Set if its executors, and not the engine, pause, resume and scale it. */
  wished?: WishedQueue
}

const answered = new WeakMap<OperationRequest, QueueSubject['queue']>()

/** The queue as the engine reports it, and our own record of who paused it. The record is locked, so that two clicks do not race. */
export async function findQueue(request: OperationRequest, scope: ActingScope): Promise<Target<QueueSubject>> {
  const { kit, em, locking } = scope
  const { subject } = request
  if (locking) await waitForLock(kit.db, em, 'queue', subject.id)
  const pause = (await findPauseNote(em, subject.id)) ?? undefined
  const found = await askEngine(request, scope)
  const wished = await findWished(request, scope)
  const queue = found && wished ? { ...found, paused: wished.paused, limit: wished.limit } : found
  const resource = { type: 'queue', id: subject.id, queue: subject.id }
  return { resource, found: { queue, pause, wished }, absent: { resource, found: { queue: null } } }
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

/** What the executors of the queue are wanted to do, if the engine cannot perform the operation itself. */
async function findWished({ action, subject }: OperationRequest, scope: ActingScope): Promise<WishedQueue | undefined> {
  return isObeyedByExecutors(scope.kit.engine, action as QueueAction) ? findWishedQueue(scope, subject.id) : undefined
}

/** Refuses an operation that the engine lacks and no executor makes up for, with the engine's own reason. */
export function requireSupport({ kit: { engine } }: ActingScope, operation: QueueAction, { wished }: QueueSubject): void {
  const lacking = lackOf(engine, operation, wished?.obeyed ?? false)
  if (lacking !== undefined) throw new OpsError('unsupported_by_engine', lacking)
}

/** Trusts the engine if it reports pauses; otherwise falls back to our own record. */
export function isPaused({ queue, pause }: QueueSubject): boolean {
  return queue?.paused ?? pause !== undefined
}

/** The engine's own caution, e.g. that it has heard from no worker that would obey; or who obeys in its place. */
export function engineCautions({ kit: { engine } }: ActingScope, operation: QueueAction, { wished }: QueueSubject): string[] {
  if (wished) return [cautionOfWish(wished)]
  const caution = engine.cautions?.[operation]
  return caution === undefined ? [] : [caution]
}

function cautionOfWish({ attending }: WishedQueue): string {
  if (!attending) return 'No executor attends it at the moment; those that start later obey from the start.'
  const who = attending === 1 ? 'The executor that attends it obeys' : `The ${attending} executors that attend it obey`
  return `${who} within two seconds. A worker process that does not report itself here goes on as before.`
}
