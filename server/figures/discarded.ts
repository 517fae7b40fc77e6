import type { CountMethod } from '../../schemas/index.ts'
import type { EngineJob, JobFilter } from '../engines/engine.ts'
import type { Kit } from '../kit.ts'
import type { FindingKind } from './finding.ts'

const maxNamed = 50
const maxNamedOfQueue = 10
const maxCounted = 1_000
const maxErrorLength = 300
const maxQueues = 2_000
const concurrency = 4
/** As long as a resolved thing is recent, so is a discarded job new. */
const newHours = 24

/** Jobs of one queue that were discarded lately: how many, and the newest by name. */
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
}

/**
 * Jobs that failed for good within the last day, queue by queue, so that what one person may see does not depend on how many
 * others there are. Nothing of what is in them is copied but the beginning of the error.
 */
export const discardedJobs: FindingKind<DiscardedOfQueue[]> = {
  key: 'discarded_jobs',
  async find(kit) {
    const from = new Date(kit.now().getTime() - newHours * 3_600_000)
    const filter: JobFilter = { states: ['discarded'], time: { field: 'finished', from } }
    const { jobs, next } = await kit.engine.list(filter, { order: 'newest', limit: maxNamed })
    const seen = Map.groupBy(jobs.map(named), ({ queue }) => queue)
    if (next === undefined) return [...seen].map(([queue, of]) => ({ queue, count: of.length, how: 'exact', jobs: of }))
    const found: DiscardedOfQueue[] = []
    const waiting = [...new Set([...(await kit.engine.hints('queue', '', maxQueues)), ...seen.keys()])]
    const work = async (): Promise<void> => {
      for (let queue = waiting.shift(); queue !== undefined; queue = waiting.shift()) found.push(await lookInto(kit, filter, queue))
    }
    await Promise.all(Array.from({ length: concurrency }, work))
    return found.filter(({ count }) => count > 0).toSorted((a, b) => (a.queue < b.queue ? -1 : 1))
  },
}

async function lookInto({ engine }: Kit, filter: JobFilter, queue: string): Promise<DiscardedOfQueue> {
  const { jobs, next } = await engine.list({ ...filter, queue }, { order: 'newest', limit: maxNamedOfQueue })
  const counted = next === undefined ? { count: jobs.length, how: 'exact' as const } : await engine.count({ ...filter, queue }, maxCounted)
  return { queue, count: counted.count, how: counted.how, jobs: jobs.map(named) }
}

function named({ id, queue, worker, tags, attempt, error, finishedAt, createdAt }: EngineJob): DiscardedJob {
  return { id, queue, worker, tags, attempt, error: error?.slice(0, maxErrorLength), at: (finishedAt ?? createdAt).toISOString() }
}
