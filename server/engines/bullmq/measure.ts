import type { JobState } from '../../../schemas/index.ts'
import { countWorkers } from './detail.ts'
import type { StoredJob } from './job.ts'
import { type BullQueue, type BullType, bullTypes } from './queue.ts'
import { idsOf, loadJobs, sizesOf } from './store.ts'
import { type Durations, type Measurement, type QueueMeasurement, zombieAttempts } from '../engine.ts'

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
  const now = Date.now()
  const sizes = await sizesOf(queue, [...bullTypes])
  const [delayed, counted, completed, failed, active, waiting, paused, executors, limit] = await Promise.all([
    loadFirst(queue, 'delayed', sizes, maxDelayed),
    countEnded(queue, since, before),
    endedSince(queue, 'completed', sizes, since),
    endedSince(queue, 'failed', sizes, since),
    newestOf(queue, 'active', sizes, maxRunning),
    loadWaiting(queue, sizes),
    queue.isPaused(),
    countWorkers(queue),
    queue.getGlobalConcurrency(),
  ])
  const recent = [...completed, ...failed, ...active]
  const waits = recent.flatMap((job) => waitOf(job, since))
  const started = recent.filter(({ record }) => (record.processedOn ?? 0) > since.getTime()).length
  const late = delayed.filter(({ dueAt }) => dueAt !== undefined && dueAt <= now)
  const due = [...waiting, ...late.map((job): Waiting => ({ job, jobs: 1 }))]
  return {
    waits,
    capped: !counted && (completed.length >= maxEnded || failed.length >= maxEnded),
    queue: {
      name: queue.name,
      depth: [...depthOf.map(([state, types]) => ({ state, count: total(sizes, types), how: 'exact' as const })), ...splitDelayed(delayed, sizes)],
      oldestAvailableAt: oldestOf(waiting.map(({ job }) => job)),
      paused,
      executors,
      limit,
      finished: counted ? counted.completed + counted.failed : completed.length + failed.length,
      // Failed attempts that will be retried leave no timestamp.
      failed: counted?.failed ?? failed.length,
      waitP95Seconds: percentile(waits),
      started: counted ? Math.max(started, counted.completed + counted.failed) : started,
      discarded: counted?.failed ?? failed.length,
      due: {
        count: total(sizes, ['wait', 'prioritized']) + late.length,
        how: late.length === maxDelayed ? 'capped' : 'exact',
        oldestAt: oldestOf(due.map(({ job }) => job).filter(({ record }) => record.attemptsStarted < zombieAttempts)),
      },
      waits: [...waits.map((seconds) => [seconds, 1] as const), ...due.map(({ job, jobs }) => [Math.max(0, now - dueSince(job)) / 1000, jobs] as const)],
      runs: runsOf([...completed, ...failed]),
    },
  }
}

function loadFirst(queue: BullQueue, type: BullType, sizes: Map<BullType, number>, count: number): Promise<StoredJob[]> {
  const size = sizes.get(type) ?? 0
  return idsOf(queue, type, 0, count, size).then((ids) => loadJobs(queue, ids, type))
}

/** Delayed jobs are one set, whether they have been attempted before or not. If there are many, the split is estimated from the first ones. */
function splitDelayed(first: StoredJob[], sizes: Map<BullType, number>): QueueMeasurement['depth'] {
  const size = sizes.get('delayed') ?? 0
  const attempted = first.filter(({ record }) => record.attemptsMade > 0).length
  const retryable = size <= maxDelayed ? attempted : Math.round((size * attempted) / Math.max(1, first.length))
  const how = size <= maxDelayed ? 'exact' : 'estimated'
  return [
    { state: 'scheduled', count: Math.max(0, size - retryable) + (sizes.get('waiting-children') ?? 0), how },
    { state: 'retryable', count: retryable, how },
  ]
}

/** A waiting job, and the number of jobs around it in the queue that it stands for. */
interface Waiting {
  job: StoredJob
  jobs: number
}

/** Of a long set of waiting jobs, a few are read at these places, from the oldest on. */
const places = [0, 0.05, 0.25, 0.5, 0.75]
const perPlace = 2

async function loadWaiting(queue: BullQueue, sizes: Map<BullType, number>): Promise<Waiting[]> {
  const ofType = async (type: BullType): Promise<Waiting[]> => {
    const size = sizes.get(type) ?? 0
    const load = async (from: number, to: number) => loadJobs(queue, await idsOf(queue, type, from, to, size), type)
    if (size <= places.length * perPlace) return (await load(0, size)).map((job) => ({ job, jobs: 1 }))
    const parts = places.map(async (place, index) => {
      const [from, next] = [Math.floor(place * size), Math.floor((places[index + 1] ?? 1) * size)]
      const jobs = await load(from, Math.min(from + perPlace, next))
      return jobs.map((job) => ({ job, jobs: (next - from) / jobs.length }))
    })
    return (await Promise.all(parts)).flat()
  }
  return [...(await ofType('wait')), ...(await ofType('prioritized'))]
}

/** Ended jobs by their name, with how long the last attempt took. */
function runsOf(ended: StoredJob[]): { worker: string; seconds: Durations }[] {
  const timed = ended.filter(({ record: { processedOn, finishedOn } }) => processedOn && finishedOn)
  const byName = Map.groupBy(timed, ({ record }) => record.name)
  return [...byName].map(([worker, jobs]) => ({ worker, seconds: jobs.map(({ record }) => [Math.max(0, record.finishedOn! - record.processedOn!) / 1000, 1] as const) }))
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
function oldestOf(jobs: StoredJob[]): Date | null {
  return jobs.length ? new Date(Math.min(...jobs.map(dueSince))) : null
}

/** For a later attempt of a job that waits again, BullMQ keeps no due time: at the earliest its back-off after the last start. */
function dueSince({ dueAt, record: { timestamp, attemptsMade, processedOn, delay, opts } }: StoredJob): number {
  if (dueAt !== undefined) return dueAt
  return attemptsMade && processedOn ? processedOn + (delay ?? 0) : timestamp + (opts.delay ?? 0)
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
