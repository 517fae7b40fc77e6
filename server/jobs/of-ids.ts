import type { EngineJob, JobFilter, JobPage, JobTime } from '../engines/engine.ts'
import { matches } from '../engines/matches.ts'
import type { Scope } from '../operations/scope.ts'

const batch = 1_000

export interface JobsByIdAsked {
  ids: readonly string[]
  filter: JobFilter
  order: 'newest' | 'oldest'
  by?: JobTime
  after?: string
  limit: number
}

/** Those of the given jobs that still exist and match, by the time asked for. */
export async function listJobsById(scope: Pick<Scope, 'kit'>, { ids, filter, order, by = 'created', after, limit }: JobsByIdAsked): Promise<JobPage<EngineJob>> {
  const found = (await readJobs(scope, ids)).filter((job) => matches(filter, job)).map((job) => ({ job, place: placeOf(job, by) }))
  const sign = order === 'oldest' ? 1 : -1
  const sorted = found.toSorted((a, b) => sign * compare(a.place, b.place)).filter(({ place }) => after === undefined || sign * compare(place, after) > 0)
  const page = sorted.slice(0, limit)
  const places = page.map(({ place }) => place)
  return { jobs: page.map(({ job }) => job), by, places, next: sorted.length > limit ? places.at(-1) : undefined }
}

async function readJobs({ kit: { engine } }: Pick<Scope, 'kit'>, ids: readonly string[]): Promise<EngineJob[]> {
  const jobs: EngineJob[] = []
  for (let from = 0; from < ids.length; from += batch) jobs.push(...(await engine.read(ids.slice(from, from + batch))))
  return jobs
}

function placeOf({ createdAt, dueAt, finishedAt, id }: EngineJob, by: JobTime): string {
  const at = { created: createdAt, due: dueAt, finished: finishedAt }[by] ?? createdAt
  return `${at.toISOString()}|${id}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
