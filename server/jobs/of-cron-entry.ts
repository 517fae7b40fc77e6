import { listMadeJobs, maySeeEntry } from '../cron/made-jobs.ts'
import type { EngineJob, JobFilter, JobPage } from '../engines/engine.ts'
import type { Scope } from '../operations/scope.ts'
import { matches } from '../engines/matches.ts'

/** Slots examined for one page; a filter that matches few of them yields a short page with a cursor. */
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
 * Jobs that a cron entry created, in the order of its slots: cron knows their ids, and the engine is queried by id. For an
 * entry that the viewer may not see, the list is empty.
 */
export async function listJobsOfCronEntry(scope: Scope, { entry, filter, order, after, limit }: CronJobsAsked): Promise<JobPage<EngineJob>> {
  if (!(await maySeeEntry(scope, entry))) return { jobs: [] }
  const jobs: EngineJob[] = []
  const places: string[] = []
  let last = after
  for (let examined = 0; examined < maxSlots; examined += batch) {
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
