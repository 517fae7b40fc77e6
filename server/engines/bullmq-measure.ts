import type { JobState } from '../../schemas/index.ts'
import { countWorkers } from './bullmq-detail.ts'
import type { StoredJob } from './bullmq-job.ts'
import { type BullQueue, type BullType, bullTypes } from './bullmq-queue.ts'
import { idsOf, loadJobs, sizesOf } from './bullmq-store.ts'
import type { Measurement, QueueMeasurement } from './engine.ts'

/** Of each state, at most so many of the latest jobs are looked at; more than that since the last measurement reads as capped. */
const lookedAt = 500

/** Delayed jobs are one set; which of them were begun before is not counted, so they count as scheduled. */
const depthOf: [JobState, BullType[]][] = [
  ['scheduled', ['delayed', 'waiting-children']],
  ['available', ['wait', 'prioritized']],
  ['executing', ['active']],
  ['completed', ['completed']],
  ['discarded', ['failed']],
]

export async function measureQueues(queues: BullQueue[], since: Date): Promise<Measurement> {
  const measured = await Promise.all(queues.map((queue) => measureQueue(queue, since)))
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

async function measureQueue(queue: BullQueue, since: Date): Promise<Measured> {
  const sizes = await sizesOf(queue, [...bullTypes])
  const newest = async (type: BullType) => {
    const size = sizes.get(type) ?? 0
    return loadJobs(queue, await idsOf(queue, type, Math.max(0, size - lookedAt), size, size), type)
  }
  const [completed, failed, active, waiting, paused, executors, limit] = await Promise.all([
    newest('completed'),
    newest('failed'),
    newest('active'),
    oldestOf(queue, sizes),
    queue.isPaused(),
    countWorkers(queue),
    queue.getGlobalConcurrency(),
  ])
  const ended = (jobs: StoredJob[]) => jobs.filter(({ record }) => (record.finishedOn ?? 0) > since.getTime()).length
  const waits = [...completed, ...failed, ...active].flatMap((job) => waitOf(job, since))
  return {
    waits,
    capped: ended(completed) === lookedAt || ended(failed) === lookedAt,
    queue: {
      name: queue.name,
      depth: depthOf.map(([state, types]) => ({ state, count: total(sizes, types), how: 'exact' })),
      oldestAvailableAt: waiting,
      paused,
      executors,
      limit,
      finished: ended(completed) + ended(failed),
      // Attempts that are tried again leave no time behind.
      failed: ended(failed),
      waitP95Seconds: percentile(waits),
    },
  }
}

function total(sizes: Map<BullType, number>, types: BullType[]): number {
  return types.reduce((sum, type) => sum + (sizes.get(type) ?? 0), 0)
}

/** Prioritized jobs are in order of their priority, so the first of them stands for all. */
async function oldestOf(queue: BullQueue, sizes: Map<BullType, number>): Promise<Date | null> {
  const first = async (type: BullType) => loadJobs(queue, await idsOf(queue, type, 0, 1, sizes.get(type) ?? 0), type)
  const jobs = [...(await first('wait')), ...(await first('prioritized'))]
  const times = jobs.map(({ record }) => record.timestamp + (record.opts.delay ?? 0))
  return times.length ? new Date(Math.min(...times)) : null
}

/** Only of a first attempt is it known when it was due. */
function waitOf({ record: { processedOn, attemptsStarted, timestamp, opts } }: StoredJob, since: Date): number[] {
  if (!processedOn || processedOn <= since.getTime() || attemptsStarted > 1) return []
  return [Math.max(0, processedOn - timestamp - (opts.delay ?? 0)) / 1000]
}

function percentile(values: number[]): number | null {
  if (!values.length) return null
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * 0.95) - 1]!
}
