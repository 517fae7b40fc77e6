import type { JobFilters, JobSelection } from '../../../schemas/index.ts'
import type { EngineJob, JobPage, SelectedJob } from '../../engines/engine.ts'
import { listLeftovers } from '../../operations/bulk/leftovers.ts'
import { type Chosen, goneJob } from '../../operations/operation.ts'
import type { ActingScope } from '../../operations/scope.ts'
import { looksInside, showsMatch } from '../filter.ts'
import { listJobsOfCronEntry } from '../of-cron-entry.ts'
import { listJobsById } from '../of-ids.ts'
import { visibleJobs } from '../resource.ts'
import { findSearch, type Search } from '../search.ts'
import { showJob } from '../show.ts'

const pageOfFilter = 10_000
const pageOfIds = 1_000

/** Yields the jobs of a selection page by page, so that a selection is never in memory as a whole. */
export async function* chooseJobs(scope: ActingScope, selection: JobSelection, until: Date, bounded: (searched: string) => void): AsyncGenerator<Chosen[]> {
  if ('ids' in selection) yield* byIds(scope, [...new Set(selection.ids)], selection.seen)
  else if ('bulk' in selection) for await (const ids of listLeftovers(scope, selection.bulk)) yield* byIds(scope, ids)
  else yield* byFilter(scope, selection.filter, until, bounded)
}

/** Yields one item for each id: a job that is missing or has changed is part of the set, with the reason why it is left alone. */
async function* byIds({ kit: { engine } }: ActingScope, ids: string[], seen: Record<string, string> = {}): AsyncGenerator<Chosen[]> {
  for (let from = 0; from < ids.length; from += pageOfIds) {
    const page = ids.slice(from, from + pageOfIds)
    const found = new Map((await engine.read(page)).map((job) => [job.id, job]))
    yield page.map((id) => {
      const job = found.get(id)
      if (!job) return goneJob(id)
      const changed = Object.hasOwn(seen, id) && seen[id] !== job.version
      return { ...bare(job), ...(changed && { notEligible: 'Changed since the page was loaded.' }) }
    })
  }
}

async function* byFilter(scope: ActingScope, filters: JobFilters, until: Date, bounded: (searched: string) => void): AsyncGenerator<Chosen[]> {
  const { filter: found, ids, keep } = await findSearch(scope, filters)
  const filter = { ...found, createdBefore: until }
  const wanted = ids && new Set(ids)
  for await (const { jobs, next, searched } of readAhead(sourceOf(scope, { filter, ids, keep }, filters))) {
    const kept = jobs.filter((job) => (wanted?.has(job.id) ?? true) && (keep?.(job as EngineJob) ?? true))
    yield looksInside(filters) ? await foundInside(scope, filters, kept) : kept.map(bare)
    if (next === undefined && searched !== undefined) bounded(searched)
  }
}

/** An engine returns less of a job where nothing but its id and state is needed. */
function sourceOf(scope: ActingScope, { filter, ids, keep }: Search, { cronEntry: entry }: JobFilters): (after?: string) => Promise<JobPage<SelectedJob>> {
  const order = 'oldest'
  const limit = pageOfIds
  if (entry !== undefined) return (after) => listJobsOfCronEntry(scope, { entry, filter, order, after, limit })
  if (ids !== undefined) return (after) => listJobsById(scope, { ids, filter, order, after, limit })
  if (keep !== undefined) return (after) => scope.kit.engine.list(filter, { order, after, limit })
  return (after) => scope.kit.engine.select(filter, { after, limit: pageOfFilter })
}

/** Prefetches the next page while the current one is being processed. */
async function* readAhead(read: (after?: string) => Promise<JobPage<SelectedJob>>): AsyncGenerator<JobPage<SelectedJob>> {
  for (let coming: Promise<JobPage<SelectedJob>> | undefined = read(); coming; ) {
    const page: JobPage<SelectedJob> = await coming
    coming = page.next === undefined ? undefined : read(page.next)
    // Avoids an unhandled rejection if the consumer stops early; a consumer that continues still gets the error.
    coming?.catch(() => {})
    yield page
  }
}

/** For filters on content: only jobs that the actor may see and whose displayed form still matches, or the count would reveal what is hidden. */
async function foundInside(scope: ActingScope, filters: JobFilters, jobs: SelectedJob[]): Promise<Chosen[]> {
  const found: Chosen[] = []
  for (let from = 0; from < jobs.length; from += pageOfIds) {
    const read = await scope.kit.engine.read(jobs.slice(from, from + pageOfIds).map(({ id }) => id))
    const visible = await visibleJobs(scope, read)
    found.push(...visible.filter((job) => showsMatch(filters, showJob(scope.viewer, job))).map(bare))
  }
  return found
}

/** The part of a job that the frozen set stores: no arguments, no errors. */
function bare({ id, queue, version, state, worker, tags, attended }: SelectedJob): Chosen {
  const optional = { ...(worker !== undefined && { worker }), ...(tags?.length && { tags }), ...(attended !== undefined && { attended }) }
  return { id, queue, version, state, ...optional }
}
