import type { JobState } from '../../../schemas/index.ts'
import { countWorkers } from './detail.ts'
import type { StoredJob } from './job.ts'
import { type BullQueue, type BullType, bullTypes } from './queue.ts'
import { idsOf, loadJobs, sizesOf } from './store.ts'
import type { Measurement, QueueMeasurement } from '../engine.ts'

/** How many jobs per state that ended since the last measurement are read; beyond that the figure is reported as capped. */
const maxEnded = 500
/** Ended jobs are read newest first in steps that double, because usually only a few are new. */
const firstStep = 10
/** The caller and this file take the time of one measurement separately; it may differ by this much. */
const toleranceMs = 1_000
const maxDelayed = 50
/** How many running jobs are sampled for their waits. */
const maxRunning = 50

const depthOf: [JobState, BullType[]][] = [
  ['available', ['wait', 'prioritized']],
  ['executing', ['active']],
  ['completed', ['completed']],
  ['discarded', ['failed']],
]

/** How many jobs of a queue had ended at its last measurement in this process; empty unless its workers keep metrics. */
export type EndedBefore = Map<string, { at: number; completed: number; failed: number }>

export async function measureQueues(queues: BullQueue[], since: Date, before: EndedBefore): Promise<Measurement> {
  const measured = await Promise.all(queues.map((queue) => measureQueue(queue, since, before)))
  const depths = measured.flatMap(({ queue }) => queue.depth)
  const of = (wanted: JobState) => depths.reduce((sum, { state, count }) => (state === wanted ? sum + count : sum), 0)
  return {
    waiting: of('available'),
    executing: of('executing'),
    finished: measured.reduce((sum, { queue }) => sum + queue.finished, 0),
    waitP95Seconds: percentile(measured.flatMap(({ waits }) => waits)),
    how: measured.some(({ capped }) => capped) ? 'capped' : 'exact',
    queues: measured.map(({ queue }) => queue),
  }
}

interface Measured {
  queue: QueueMeasurement
  waits: number[]
  capped: boolean
}

async function measureQueue(queue: BullQueue, since: Date, before: EndedBefore): Promise<Measured> {
  const sizes = await sizesOf(queue, [...bullTypes])
  const [delayed, counted, completed, failed, active, waiting, paused, executors, limit] = await Promise.all([
    splitDelayed(queue, sizes),
    countEnded(queue, since, before),
    endedSince(queue, 'completed', sizes, since),
    endedSince(queue, 'failed', sizes, since),
    newestOf(queue, 'active', sizes, maxRunning),
    oldestOf(queue, sizes),
    queue.isPaused(),
    countWorkers(queue),
    queue.getGlobalConcurrency(),
  ])
  const waits = [...completed, ...failed, ...active].flatMap((job) => waitOf(job, since))
  return {
    waits,
    capped: !counted && (completed.length >= maxEnded || failed.length >= maxEnded),
    queue: {
      name: queue.name,
      depth: [...depthOf.map(([state, types]) => ({ state, count: total(sizes, types), how: 'exact' as const })), ...delayed],
      oldestAvailableAt: waiting,
      paused,
      executors,
      limit,
      finished: counted ? counted.completed + counted.failed : completed.length + failed.length,
      // Failed attempts that will be retried leave no timestamp.
      failed: counted?.failed ?? failed.length,
      waitP95Seconds: percentile(waits),
    },
  }
}

/** Delayed jobs are one set, whether they have been attempted before or not. If there are many, the split is estimated from the first ones. */
async function splitDelayed(queue: BullQueue, sizes: Map<BullType, number>): Promise<QueueMeasurement['depth']> {
  const size = sizes.get('delayed') ?? 0
  const jobs = await loadJobs(queue, await idsOf(queue, 'delayed', 0, maxDelayed, size), 'delayed')
  const attempted = jobs.filter(({ record }) => record.attemptsMade > 0).length
  const retryable = size <= maxDelayed ? attempted : Math.round((size * attempted) / Math.max(1, jobs.length))
  const how = size <= maxDelayed ? 'exact' : 'estimated'
  return [
    { state: 'scheduled', count: Math.max(0, size - retryable) + (sizes.get('waiting-children') ?? 0), how },
    { state: 'retryable', count: retryable, how },
  ]
}

interface Ended {
  completed: number
  failed: number
}

/**
 * Workers with metrics count the jobs that end, whether those are kept or removed. The counter is cumulative, so it is useful
 * only if this process also made the previous measurement; otherwise the ended jobs that were kept are counted.
 */
async function countEnded(queue: BullQueue, since: Date, before: EndedBefore): Promise<Ended | undefined> {
  const at = Date.now()
  const metrics = await Promise.all([queue.getMetrics('completed', 0, 0), queue.getMetrics('failed', 0, 0)])
  const [{ meta: completed }, { meta: failed }] = metrics
  const last = before.get(queue.name)
  before.set(queue.name, { at, completed: completed.count, failed: failed.count })
  if (!last || Math.abs(last.at - since.getTime()) > toleranceMs || !(completed.count + failed.count)) return undefined
  return { completed: Math.max(0, completed.count - last.completed), failed: Math.max(0, failed.count - last.failed) }
}

function newestOf(queue: BullQueue, type: BullType, sizes: Map<BullType, number>, count: number): Promise<StoredJob[]> {
  const size = sizes.get(type) ?? 0
  return idsOf(queue, type, Math.max(0, size - count), size, size).then((ids) => loadJobs(queue, ids, type))
}

/** Both sets of ended jobs are ordered by the time they ended. */
async function endedSince(queue: BullQueue, type: BullType, sizes: Map<BullType, number>, since: Date): Promise<StoredJob[]> {
  for (let step = firstStep; ; step *= 2) {
    const jobs = await newestOf(queue, type, sizes, Math.min(step, maxEnded))
    const ended = jobs.filter(({ record }) => (record.finishedOn ?? 0) > since.getTime())
    if (ended.length < step || step >= maxEnded) return ended
  }
}

function total(sizes: Map<BullType, number>, types: BullType[]): number {
  return types.reduce((sum, type) => sum + (sizes.get(type) ?? 0), 0)
}

/** Approximate: prioritized jobs are ordered by priority, so the first of them need not be the oldest. */
async function oldestOf(queue: BullQueue, sizes: Map<BullType, number>): Promise<Date | null> {
  const first = async (type: BullType) => loadJobs(queue, await idsOf(queue, type, 0, 1, sizes.get(type) ?? 0), type)
  const jobs = [...(await first('wait')), ...(await first('prioritized'))]
  const times = jobs.map(({ record }) => record.timestamp + (record.opts.delay ?? 0))
  return times.length ? new Date(Math.min(...times)) : null
}

/** Only for a first attempt is it known when it was due. */
function waitOf({ record: { processedOn, attemptsStarted, timestamp, opts } }: StoredJob, since: Date): number[] {
  if (!processedOn || processedOn <= since.getTime() || attemptsStarted > 1) return []
  return [Math.max(0, processedOn - timestamp - (opts.delay ?? 0)) / 1000]
}

function percentile(values: number[]): number | null {
  if (!values.length) return null
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.95) - 1]!
}
