import type { Engine, RunningJob } from '../engine.ts'
import { asEngineJob } from './job.ts'
import type { BullQueue } from './queue.ts'
import { idsOf, loadJobs, sizesOf } from './store.ts'

type Limits = Parameters<NonNullable<Engine['longestRunning']>>[0]

/** The set of active jobs is ordered by when they were taken. */
export async function longestRunning(queues: BullQueue[], { startedBefore, perQueue, total }: Limits): Promise<RunningJob[]> {
  const running = await Promise.all(queues.map((queue) => oldestActive(queue, perQueue)))
  return running
    .flat()
    .filter(({ startedAt }) => startedAt < startedBefore)
    .toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime())
    .slice(0, total)
}

async function oldestActive(queue: BullQueue, count: number): Promise<RunningJob[]> {
  const size = (await sizesOf(queue, ['active'])).get('active') ?? 0
  const jobs = await loadJobs(queue, await idsOf(queue, 'active', 0, count, size), 'active')
  return jobs.map(asEngineJob).flatMap(({ id, queue, version, state, worker, startedAt, attempt, executor }) =>
    startedAt ? [{ id, queue, version, state, worker, startedAt, attempt, executor }] : [],
  )
}
