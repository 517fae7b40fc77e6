import type { CountMethod } from '../../schemas/index.ts'
import type { EngineJob, JobFilter } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import type { FindingKind } from '../figures/finding.ts'
import { groupsOfJob, type GroupsOfJob } from './jobs-of-group.ts'

const maxNamed = 50
const maxNamedOfQueue = 10
const maxCounted = 1_000
/** As much of an error as is shown. */
const maxErrorLength = 2_048
const maxQueues = 2_000
const concurrency = 4
/** A discarded job is reported for this long, as long as a resolved item counts as recent. */
const newHours = 24

/** The recently discarded jobs of one queue: their number, and details of the newest. */
export interface DiscardedOfQueue {
  queue: string
  count: number
  how: CountMethod
  jobs: DiscardedJob[]
}

export interface DiscardedJob {
  id: string
  queue: string
  worker?: string
  tags?: string[]
  attempt: number
  at: string
  /** The beginning of its last error, not redacted. */
  error?: string
  /** By its whole error with its stack, of which no more is copied. Missing in what an older version has stored. */
  groups?: GroupsOfJob
}

/**
 * Jobs that failed for good within the last day, grouped by queue, so that what an actor sees does not depend on how many jobs
 * there are in queues that the actor may not see. Of their contents, only the beginning of the error is copied.
 */
export const discardedJobs: FindingKind<DiscardedOfQueue[]> = {
  key: 'discarded_jobs',
  async find(kit) {
    const from = new Date(kit.now().getTime() - newHours * 3_600_000)
    const filter: JobFilter = { states: ['discarded'], time: { field: 'finished', from } }
    const { jobs, next } = await kit.engine.list(filter, { order: 'newest', limit: maxNamed })
    const byQueue = Map.groupBy(jobs.map((job) => toDiscardedJob(kit, job)), ({ queue }) => queue)
    if (next === undefined) return [...byQueue].map(([queue, of]) => ({ queue, count: of.length, how: 'exact', jobs: of }))
    const results: DiscardedOfQueue[] = []
    const remaining = [...new Set([...(await kit.engine.hints('queue', '', maxQueues)), ...byQueue.keys()])]
    const work = async (): Promise<void> => {
      for (let queue = remaining.shift(); queue !== undefined; queue = remaining.shift()) results.push(await findInQueue(kit, filter, queue))
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    return results.filter(({ count }) => count > 0).toSorted((a, b) => (a.queue < b.queue ? -1 : 1))
  },
}

async function findInQueue(kit: Kit, filter: JobFilter, queue: string): Promise<DiscardedOfQueue> {
  const { engine } = kit
  const { jobs, next } = await engine.list({ ...filter, queue }, { order: 'newest', limit: maxNamedOfQueue })
  const counted = next === undefined ? { count: jobs.length, how: 'exact' as const } : await engine.count({ ...filter, queue }, maxCounted)
  return { queue, count: counted.count, how: counted.how, jobs: jobs.map((job) => toDiscardedJob(kit, job)) }
}

function toDiscardedJob(kit: Kit, job: EngineJob): DiscardedJob {
  const { id, queue, worker, tags, attempt, error, finishedAt, createdAt } = job
  return { id, queue, worker, tags, attempt, error: error?.slice(0, maxErrorLength), groups: groupsOfJob(kit, job), at: (finishedAt ?? createdAt).toISOString() }
}
