import type { QueueOrder } from '../../schemas/index.ts'
import { dueOf, type KnownQueue, perMeasuredMinute } from './facts.ts'

/** A queue without waiting jobs is quiet once nothing has happened in it for this long. */
const quietMs = 3_600_000

/** Nothing waits, nothing runs and nothing has happened for an hour. */
export function isQuiet({ row, facts, status }: KnownQueue, now: Date): boolean {
  if (status.status !== 'runnable' || facts.due > 0 || facts.executing > 0 || facts.movedLately) return false
  return !row.moved_at || now.getTime() - Date.parse(row.moved_at) > quietMs
}

/** Where a queue stands in an order: numbers, the smaller first, and its name. They change only with the queue, not with time. */
export interface QueuePlace {
  key: number[]
  queue: string
}

/** For a queue in which nothing has been waiting: after all others. */
const never = 9e15

export function placeOf(queue: KnownQueue, order: QueueOrder, now: Date): QueuePlace {
  const { row, facts } = queue
  const keys: Record<QueueOrder, () => number[]> = {
    name: () => [],
    worst: () => [rankOf(queue, now), facts.oldestDueAt?.getTime() ?? never],
    waiting: () => [-dueOf(row)],
    failed: () => [-(perMeasuredMinute(row, row.failed) ?? 0)],
  }
  return { key: keys[order](), queue: row.queue }
}

/** Blocked, in need of review, failing more than usual, unknown, waiting, deep, moving, quiet. */
function rankOf(queue: KnownQueue, now: Date): number {
  const { status: { status, failing }, facts } = queue
  if (status === 'blocked') return 0
  if (status === 'needs_review') return 1
  if (failing) return 2
  if (status === 'unknown') return 3
  if (status === 'waiting') return 4
  if (facts.due > 0) return 5
  return isQuiet(queue, now) ? 7 : 6
}

/** Names by code unit, independent of the database's collation. */
export function comparePlaces(a: QueuePlace, b: QueuePlace): number {
  for (const [index, part] of a.key.entries()) {
    if (part !== b.key[index]) return part - b.key[index]!
  }
  return a.queue < b.queue ? -1 : a.queue > b.queue ? 1 : 0
}
