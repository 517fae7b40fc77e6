import { listMadeJobs, maySeeEntry } from '../cron/made-jobs.ts'
import type { EngineJob, JobFilter, JobPage } from '../engines/engine.ts'
import type { Scope } from '../operations/scope.ts'
import { matches } from './filter.ts'

/** Slots looked at for one page; a filter that matches few of them gives a short page and the place to go on. */
const maxSlots = 2_000
const batch = 500

export interface CronJobsAsked {
  entry: string
  filter: JobFilter
  order: 'newest' | 'oldest'
  after?: string
  limit: number
}

/**
 * Jobs that a cron entry made, in the order of its slots: cron knows which they are, and the engine is asked for
 * them by id. An entry that the viewer may not see made no jobs.
 */
export async function listJobsOfCronEntry(scope: Scope, { entry, filter, order, after, limit }: CronJobsAsked): Promise<JobPage<EngineJob>> {
  if (!(await maySeeEntry(scope, entry))) return { jobs: [] }
  const jobs: EngineJob[] = []
  const places: string[] = []
  let last = after
  for (let looked = 0; looked < maxSlots; looked += batch) {
    const made = await listMadeJobs(scope, { entry, order, after: last, limit: batch })
    const found = new Map((await scope.kit.engine.read(made.map(({ jobId }) => jobId))).map((job) => [job.id, job]))
    for (const { jobId, place } of made) {
      const job = found.get(jobId)
      last = place
      if (!job || !matches(filter, job)) continue
      jobs.push(job)
      places.push(last)
      if (jobs.length === limit) return { jobs, places, next: last }
    }
    if (made.length < batch) return { jobs, places }
  }
  return { jobs, places, next: last, searched: `${maxSlots} runs of the entry for one page` }
}
