import type { FindingKind } from './finding.ts'

/** Jobs that started more recently are not looked at. */
const minSeconds = 10
const maxPerQueue = 5
const maxNamed = 2_000

/** An executing job, as it was when it was last looked at. */
export interface LongRunner {
  id: string
  queue: string
  worker?: string
  tags?: string[]
  attempt: number
  /** ISO-8601, by the engine. */
  startedAt: string
  executor?: string
  /** Why its executor does not count as missing, in a sentence; left out if it does or if the engine cannot tell. */
  attended?: string
}

/**
 * The executing jobs of each queue that started first, oldest first. null: the engine cannot find them cheaply, so nothing is known.
 * What is usual for them is in `usual.ts`.
 */
export const longRunningJobs: FindingKind<LongRunner[] | null> = {
  key: 'long_running_jobs',
  async find({ engine, now }) {
    const startedBefore = new Date(now().getTime() - minSeconds * 1000)
    const jobs = await engine.longestRunning?.({ startedBefore, perQueue: maxPerQueue, total: maxNamed })
    return (jobs ?? null)?.map(({ id, queue, worker, tags, attempt, startedAt, executor, attended }) => ({
      id,
      queue,
      worker,
      tags,
      attempt,
      startedAt: startedAt.toISOString(),
      executor,
      attended,
    })) ?? null
  },
}
