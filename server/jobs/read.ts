import type { CountMethod, Job, JobFilters } from '../../schemas/index.ts'
import type { JobFilter } from '../engines/engine.ts'
import { keepAllowed } from '../host/visible.ts'
import { listHiddenQueues, listRefusedQueues } from '../queues/known.ts'
import type { Scope } from '../operations/scope.ts'
import { looksInside, mayName, requireFilter } from './filter.ts'
import { listPage } from './pages.ts'
import { visibleJobs } from './resource.ts'
import { showTags } from './show.ts'

/** A count goes no further than this; what is beyond reads as `10,000+`. */
const maxCounted = 10_000
/** A count of jobs that must each be looked at. */
const maxLookedAt = 1_000
const maxHints = 20
/** More than are shown, because some may be kept back. */
const maxAsked = 200

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
 * Jobs that match and that the viewer may see: that there is a job with such a queue or tag is theirs to know only then. A
 * filter that looks inside jobs, or that names what the viewer may not see, counts what they are shown, one by one.
 */
export async function countJobs(scope: Scope, filters: JobFilters): Promise<Counted & { asOf: string }> {
  const filter = { ...requireFilter(scope, filters), notQueues: await listHiddenQueues(scope) }
  const oneByOne = looksInside(filter) || filters.cronEntry !== undefined || !(await mayName(scope, filters))
  return { ...(oneByOne ? await countShown(scope, filters) : await countSeen(scope, filter)), asOf: scope.now.toISOString() }
}

/** The host is asked about the first thousand. Where it keeps none of them back, what is beyond is counted unasked, and that is said. */
async function countSeen(scope: Scope, filter: JobFilter): Promise<Counted> {
  const { engine } = scope.kit
  const [{ count, how, searched }, asked] = await Promise.all([engine.count(filter, maxCounted), engine.select(filter, { limit: maxLookedAt })])
  const seen = (await visibleJobs(scope, asked.jobs)).length
  const counted = seen < asked.jobs.length ? await countOneByOne(scope, filter, seen, asked.next) : { count, how }
  // Said of every long count: that it is said must not tell whether something was kept back.
  return { ...counted, ...(counted.count > maxLookedAt && { mayIncludeWithheld: true }), ...inWindow(searched) }
}

/** Where some are kept back, the others are counted as far as a count goes at all. */
async function countOneByOne(scope: Scope, filter: JobFilter, seen: number, from: string | undefined): Promise<{ count: number; how: CountMethod }> {
  let count = seen
  let next = from
  for (let looked = maxLookedAt; next !== undefined && looked < maxCounted; looked += maxLookedAt) {
    const page = await scope.kit.engine.select(filter, { after: next, limit: maxLookedAt })
    count += (await visibleJobs(scope, page.jobs)).length
    next = page.next
  }
  return { count, how: next === undefined ? 'exact' : 'capped' }
}

async function countShown(scope: Scope, filters: JobFilters): Promise<Searched & { count: number; how: CountMethod }> {
  let count = 0
  let looked = 0
  let cursor: string | undefined
  do {
    const page = await listPage(scope, filters, { order: 'newest', limit: 200, cursor })
    count += page.jobs.length
    looked += 200
    cursor = page.nextCursor
    if (page.searched !== undefined) return { count, how: cursor === undefined ? 'exact' : 'capped', ...inWindow(page.searched) }
  } while (cursor !== undefined && looked < maxLookedAt)
  return { count, how: cursor === undefined ? 'exact' : 'capped' }
}

/** Values to filter by. What a person may not see is not suggested to them either. */
export async function hintJobs(scope: Scope, field: 'queue' | 'worker' | 'tag', prefix: string): Promise<{ values: string[]; asOf: string }> {
  const { engine } = scope.kit
  const asOf = scope.now.toISOString()
  if (field !== 'queue' && engine.lacks[`filter_${field}`] !== undefined) return { values: [], asOf }
  const values = await engine.hints(field, prefix, maxAsked, await listRefusedQueues(scope))
  return { values: (await keepAllowed(values, (value) => maySuggest(scope, field, value))).slice(0, maxHints), asOf }
}

/** A worker or a tag is asked for as some job that has it. */
async function maySuggest({ viewer }: Scope, field: 'queue' | 'worker' | 'tag', value: string): Promise<boolean> {
  if (field === 'queue') return (await viewer.can('view_jobs', { type: 'queue', id: value, queue: value })).allowed
  if (field === 'worker') return (await viewer.can('view_jobs', { type: 'job', id: '*', worker: value })).allowed
  const { allowed } = await viewer.can('view_jobs', { type: 'job', id: '*', tags: [value] })
  return allowed && showTags(viewer, [value], 'view_jobs')[0] === value
}

function inWindow(searched: string | undefined): Searched {
  return searched === undefined ? {} : { searched: { window: searched } }
}
