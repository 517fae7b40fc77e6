import { OpsError } from '../../error.ts'
import { withTimeout } from '../../timeout.ts'
import type { BullQueue } from './queue.ts'

/** A store that is asked for one word and says nothing for so long is taken to be away. */
export const timeoutMs = 3_000
/** Reading many jobs takes its time; a store that went away meanwhile takes for ever. */
const readingMs = 30_000
/** A store that has just answered is not asked again. */
const trustMs = 1_000

const answered = new WeakMap<BullQueue, { at: number; asked?: Promise<unknown> }>()

/**
 * BullMQ's clients keep a command until their server comes back, for ever if need be. Whoever waits for a page does not, and a
 * change must not happen long after it was told to have failed. So the store is asked for a word before anything else.
 */
export async function reach(queues: BullQueue[]): Promise<void> {
  await withTimeout(Promise.all(queues.map(ask)), timeoutMs, away)
}

/** For what only reads; a change is waited for until BullMQ has answered. */
export async function reading<T>(queues: BullQueue[], read: () => Promise<T>, ms = readingMs): Promise<T> {
  await reach(queues)
  return withTimeout(read(), ms, away)
}

async function ask(queue: BullQueue): Promise<void> {
  const last = answered.get(queue) ?? { at: -trustMs }
  answered.set(queue, last)
  if (performance.now() - last.at < trustMs) return
  last.asked ??= queue
    .isPaused()
    .then(() => void (last.at = performance.now()))
    .finally(() => (last.asked = undefined))
  await last.asked
}

function away(): OpsError {
  return new OpsError('unavailable', 'BullMQ does not answer at the moment; try again.')
}
