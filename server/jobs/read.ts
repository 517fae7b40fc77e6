import type { CountMethod, Job, JobFilters } from '../../schemas/index.ts'
import type { JobFilter } from '../engines/engine.ts'
import { keepAllowed } from '../host/visible.ts'
import { listHiddenQueues, listRefusedQueues } from '../queues/known.ts'
import type { Scope } from '../operations/scope.ts'
import { looksInside, mayName } from './filter.ts'
import { listPage } from './pages.ts'
import { visibleJobs } from './resource.ts'
import { findSearch } from './search.ts'
import { showTags } from './show.ts'

/** Counts stop here; more is shown as `10,000+`. */
const maxCounted = 10_000
/** Limit of a count for which each job must be authorized individually. */
const maxChecked = 1_000
const maxHints = 20
/** More than are shown, because some may be hidden. */
const maxFetched = 200

export interface Searched {
  searched?: { window: string }
}

export interface JobList extends Searched {
  items: Job[]
  nextCursor?: string
  asOf: string
}

export interface JobListAsked extends JobFilters {
  order: 'newest' | 'oldest'
  limit: number
  cursor?: string
}

export async function listJobs(scope: Scope, { order, limit, cursor, ...filters }: JobListAsked): Promise<JobList> {
  const { jobs, searched, ...page } = await listPage(scope, filters, { order, limit, cursor })
  return { items: jobs, ...page, ...inWindow(searched), asOf: scope.now.toISOString() }
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
  const filter = { ...found, notQueues: await listHiddenQueues(scope) }
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

/** Suggests values to filter by, except values that the viewer may not see. */
export async function hintJobs(scope: Scope, field: 'queue' | 'worker' | 'tag', prefix: string): Promise<{ values: string[]; asOf: string }> {
  const { engine } = scope.kit
  const asOf = scope.now.toISOString()
  if (field !== 'queue' && engine.lacks[`filter_${field}`] !== undefined) return { values: [], asOf }
  const values = await engine.hints(field, prefix, maxFetched, await listRefusedQueues(scope))
  return { values: (await keepAllowed(values, (value) => maySuggest(scope, field, value))).slice(0, maxHints), asOf }
}

/** A worker or tag is authorized as a hypothetical job that has it. */
async function maySuggest({ viewer }: Scope, field: 'queue' | 'worker' | 'tag', value: string): Promise<boolean> {
  if (field === 'queue') return (await viewer.can('view_jobs', { type: 'queue', id: value, queue: value })).allowed
  if (field === 'worker') return (await viewer.can('view_jobs', { type: 'job', id: '*', worker: value })).allowed
  const { allowed } = await viewer.can('view_jobs', { type: 'job', id: '*', tags: [value] })
  return allowed && showTags(viewer, [value], 'view_jobs')[0] === value
}

function inWindow(searched: string | undefined): Searched {
  return searched === undefined ? {} : { searched: { window: searched } }
}
