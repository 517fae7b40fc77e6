import type { CountMethod, Job, JobFilters } from '../../schemas/index.ts'
import type { JobFilter, JobTime } from '../engines/engine.ts'
import type { Scope } from '../operations/scope.ts'
import { looksInside, mayName, withoutHiddenQueues } from './filter.ts'
import { listPage } from './pages.ts'
import { visibleJobs } from './resource.ts'
import { findSearch } from './search.ts'

/** Counts stop here; more is shown as `10,000+`. */
const maxCounted = 10_000
/** Limit of a count for which each job must be authorized individually. */
const maxChecked = 1_000

export interface Searched {
  searched?: { window: string }
}

export interface JobList extends Searched {
  items: Job[]
  nextCursor?: string
  sortedBy?: JobTime
  asOf: string
}

export interface JobListAsked extends JobFilters {
  sort?: JobTime
  order: 'newest' | 'oldest'
  limit: number
  cursor?: string
}

export async function listJobs(scope: Scope, { sort, order, limit, cursor, ...filters }: JobListAsked): Promise<JobList> {
  const { jobs, searched, sortedBy, ...page } = await listPage(scope, filters, { sort, order, limit, cursor })
  return { items: jobs, ...page, ...(sortedBy === 'created' ? {} : { sortedBy }), ...inWindow(searched), asOf: scope.now.toISOString() }
}

export interface Counted extends Searched {
  count: number
  how: CountMethod
  mayIncludeWithheld?: true
}

/**
 * Counts matching jobs that the viewer may see. A filter on content, or one that names something the viewer may not see, counts
 * the jobs they are shown one by one, so that the count reveals nothing hidden.
 */
export async function countJobs(scope: Scope, filters: JobFilters): Promise<Counted & { asOf: string }> {
  const { filter: found, ids, keep } = await findSearch(scope, filters)
  const filter = await withoutHiddenQueues(scope, found)
  const oneByOne = looksInside(filters) || filters.cronEntry !== undefined || ids !== undefined || keep !== undefined || !(await mayName(scope, filters))
  return { ...(oneByOne ? await countShown(scope, filters) : await countVisible(scope, filter)), asOf: scope.now.toISOString() }
}

/** The first thousand jobs are authorized individually. If none of them is hidden, the rest is counted without asking, and the answer says so. */
async function countVisible(scope: Scope, filter: JobFilter): Promise<Counted> {
  const { engine } = scope.kit
  const [{ count, how, searched }, asked] = await Promise.all([engine.count(filter, maxCounted), engine.select(filter, { limit: maxChecked })])
  const seen = (await visibleJobs(scope, asked.jobs)).length
  const counted = seen < asked.jobs.length ? await countOneByOne(scope, filter, seen, asked.next) : { count, how }
  // Set for every long count, so that the flag does not reveal whether something was hidden.
  return { ...counted, ...(counted.count > maxChecked && { mayIncludeWithheld: true }), ...inWindow(searched) }
}

/** If some jobs are hidden, the others are counted one by one, up to the limit of any count. */
async function countOneByOne(scope: Scope, filter: JobFilter, seen: number, from: string | undefined): Promise<{ count: number; how: CountMethod }> {
  let count = seen
  let next = from
  for (let checked = maxChecked; next !== undefined && checked < maxCounted; checked += maxChecked) {
    const page = await scope.kit.engine.select(filter, { after: next, limit: maxChecked })
    count += (await visibleJobs(scope, page.jobs)).length
    next = page.next
  }
  return { count, how: next === undefined ? 'exact' : 'capped' }
}

async function countShown(scope: Scope, filters: JobFilters): Promise<Searched & { count: number; how: CountMethod }> {
  let count = 0
  let checked = 0
  let cursor: string | undefined
  do {
    const page = await listPage(scope, filters, { order: 'newest', limit: 200, cursor })
    count += page.jobs.length
    checked += 200
    cursor = page.nextCursor
    if (page.searched !== undefined) return { count, how: cursor === undefined ? 'exact' : 'capped', ...inWindow(page.searched) }
  } while (cursor !== undefined && checked < maxChecked)
  return { count, how: cursor === undefined ? 'exact' : 'capped' }
}

function inWindow(searched: string | undefined): Searched {
  return searched === undefined ? {} : { searched: { window: searched } }
}
