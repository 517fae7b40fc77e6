import { OpsError } from '../../error.ts'
import { withTimeout } from '../../timeout.ts'
import type { BullQueue } from './queue.ts'

/** A store that does not answer one small query within this time is considered unavailable. */
export const timeoutMs = 3_000
/** Reading many jobs may take a while; if the store goes away meanwhile, the call never returns. */
const readTimeoutMs = 30_000
/** A store that has answered this recently is not probed again. */
const trustMs = 1_000

const probes = new WeakMap<BullQueue, { answeredAt: number; pending?: Promise<unknown> }>()

/**
 * BullMQ's clients hold a command back until their server returns, indefinitely if need be. A page cannot wait for that, and a
 * change must not happen long after it was reported as failed. So the store is probed before every call.
 */
export async function requireReachable(queues: BullQueue[]): Promise<void> {
  await withTimeout(Promise.all(queues.map(probe)), timeoutMs, unavailable)
}

/** For reads only: a change is awaited until BullMQ has answered. */
export async function readWithTimeout<T>(queues: BullQueue[], read: () => Promise<T>, ms = readTimeoutMs): Promise<T> {
  await requireReachable(queues)
  return withTimeout(read(), ms, unavailable)
}

async function probe(queue: BullQueue): Promise<void> {
  const last = probes.get(queue) ?? { answeredAt: -trustMs }
  probes.set(queue, last)
  if (performance.now() - last.answeredAt < trustMs) return
  last.pending ??= queue
    .isPaused()
    .then(() => void (last.answeredAt = performance.now()))
    .finally(() => (last.pending = undefined))
  await last.pending
}

function unavailable(): OpsError {
  return new OpsError('unavailable', 'BullMQ does not answer at the moment; try again.')
}
