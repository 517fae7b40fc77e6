import { dateAt } from '../date.ts'
import type { EngineFailure, FailurePage } from '../engine.ts'
import { pageOfFailures } from '../failure-page.ts'
import { errorPartsOf, type StoredJob } from './job.ts'
import { type BullQueue, type BullType, bullTypes, publicId } from './queue.ts'
import { idsOf, loadJobs, sizesOf } from './store.ts'

/** Failed jobs are read newest first in steps that double, because usually only a few are new. */
const firstStep = 50
/** At most so many jobs of each state of a queue. */
const maxJobs = 5_000
const maxWaiting = 500
const maxText = 8_192
const margin = 60_000

/**
 * BullMQ keeps the time of the last attempt only. Of a job that waits for another attempt, the failure is as old as its back-off
 * says, or as its start if there is none.
 */
export async function listFailures(queues: BullQueue[], since: Date, page: { after?: string; limit: number }): Promise<FailurePage> {
  const found = await Promise.all(queues.map((queue) => findFailed(queue, since)))
  const failures = found.flatMap(({ jobs }) => jobs.flatMap((job) => engineFailure(job) ?? [])).filter(({ at }) => at >= since)
  return pageOfFailures(failures, { ...page, searched: found.some(({ capped }) => capped) ? `the newest ${maxJobs.toLocaleString('en')} failed jobs of each queue` : undefined })
}

async function findFailed(queue: BullQueue, since: Date): Promise<{ jobs: StoredJob[]; capped: boolean }> {
  const sizes = await sizesOf(queue, [...bullTypes])
  const newest = async (type: BullType, count: number) => {
    const size = sizes.get(type) ?? 0
    return loadJobs(queue, await idsOf(queue, type, Math.max(0, size - count), size, size), type)
  }
  const waiting = await Promise.all((['delayed', 'wait', 'prioritized', 'active'] as const).map((type) => newest(type, maxWaiting)))
  for (let step = firstStep; ; step = Math.min(step * 2, maxJobs)) {
    const failed = await newest('failed', step)
    const capped = step >= maxJobs
    const reached = failed.length < step || failed.some(({ record }) => (record.finishedOn ?? 0) < since.getTime())
    if (reached || capped) return { jobs: [...failed, ...waiting.flat()], capped: capped && !reached }
  }
}

function engineFailure(job: StoredJob): EngineFailure | undefined {
  const { queue, state, record, dueAt } = job
  const { attemptsMade, attemptsStarted, failedReason, finishedOn, processedOn, delay } = record
  if (!attemptsMade || !failedReason) return undefined
  const at = state === 'failed' ? finishedOn : state === 'delayed' && dueAt !== undefined && delay ? dueAt - delay : processedOn
  if (!at) return undefined
  const { errorName, errorStack } = errorPartsOf(record)
  return {
    id: publicId(queue, record.id),
    queue,
    worker: record.name,
    attempt: attemptsMade,
    // Claiming the job for its next attempt counts a start, but no attempt.
    key: `${attemptsMade}:${attemptsStarted - (state === 'active' ? 1 : 0)}`,
    at: dateAt(at),
    until: dueAt === undefined ? undefined : dateAt(dueAt + margin),
    final: state === 'failed',
    executor: record.processedBy || undefined,
    error: { text: failedReason.slice(0, maxText), name: errorName, stack: errorStack },
  }
}
