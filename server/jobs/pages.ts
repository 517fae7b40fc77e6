import { z } from 'zod'
import type { Job, JobFilters } from '../../schemas/index.ts'
import { type CursorCodec, cursorCodec } from '../cursor.ts'
import type { EngineJob, JobPage, JobTime } from '../engines/engine.ts'
import type { DisplayContext } from '../host/display.ts'
import type { Scope } from '../operations/scope.ts'
import { looksInside, mayName, showsMatch, withoutHiddenQueues } from './filter.ts'
import { listJobsOfCronEntry } from './of-cron-entry.ts'
import { listJobsById } from './of-ids.ts'
import { visibleJobs } from './resource.ts'
import { findSearch, type Search } from './search.ts'
import { showJob } from './show.ts'

export interface PageAsked {
  order: 'newest' | 'oldest'
  /** By creation unless given; an engine that cannot sort by another time at a bounded cost sorts by creation anyway. */
  sort?: JobTime
  limit: number
  cursor?: string
  surface?: DisplayContext['surface']
}

export interface ShownPage {
  jobs: Job[]
  nextCursor?: string
  searched?: string
  sortedBy: JobTime
}

/** One page of matching jobs that the viewer may see; the same page as if no other jobs existed. */
export async function listPage(scope: Scope, filters: JobFilters, { order, sort = 'created', limit, cursor, surface }: PageAsked): Promise<ShownPage> {
  const found = await findSearch(scope, filters)
  const search = { ...found, filter: await withoutHiddenQueues(scope, found.filter) }
  const { cursors, read } = sourceOf(scope, search, filters, { order, sort })
  const after = await cursors.parse(scope.kit.db, cursor)
  // A search without an index ends with its window, unless the end of the window would reveal matching jobs that are hidden.
  const maxWindows = looksInside(filters) || !(await mayName(scope, filters)) ? 10 : 1
  const page = await fillPage({ read, show: (jobs) => shownOf(scope, filters, search, jobs, surface), maxWindows }, after, limit)
  return { jobs: page.jobs, nextCursor: await cursors.write(scope.kit.db, page.next), searched: page.searched, sortedBy: page.by }
}

type Read = (after: string | undefined, limit: number) => Promise<JobPage<EngineJob>>

/** A job that may be shown, and its index in the engine's page. */
interface PlacedJob {
  place: number
  job: Job
}

interface Source {
  cursors: CursorCodec<string>
  read: Read
}

/** Where matching jobs come from: the engine, the slots of a cron entry, or a list of ids. */
function sourceOf(scope: Scope, { filter, ids }: Search, { cronEntry: entry }: JobFilters, { order, sort }: Required<Pick<PageAsked, 'order' | 'sort'>>): Source {
  if (entry !== undefined) return { cursors: slotCursors, read: (after, limit) => listJobsOfCronEntry(scope, { entry, filter, order, after, limit }) }
  if (ids !== undefined) return { cursors: idCursors, read: (after, limit) => listJobsById(scope, { ids, filter, order, by: sort, after, limit }) }
  return { cursors: sort === 'created' ? engineCursors : sortedCursors, read: (after, limit) => scope.kit.engine.list(filter, { order, by: sort, after, limit }) }
}

async function shownOf(scope: Scope, filters: JobFilters, { ids, keep }: Search, jobs: EngineJob[], surface: PageAsked['surface']): Promise<PlacedJob[]> {
  const seen = new Set(await visibleJobs(scope, jobs))
  const inside = looksInside(filters)
  const wanted = ids && new Set(ids)
  return jobs
    .flatMap((job, place) => (seen.has(job) && (wanted?.has(job.id) ?? true) && (keep?.(job) ?? true) ? [{ place, job: showJob(scope.viewer, job, surface) }] : []))
    .filter(({ job }) => !inside || showsMatch(filters, job))
}

interface Filling {
  read: Read
  show(jobs: EngineJob[]): Promise<PlacedJob[]>
  /** The page ends after this many searched windows even if it is not full. */
  maxWindows: number
}

const chunk = 200
/** A page ends after this many hidden jobs even if it is not full. */
const maxHidden = 10_000

/**
 * Reads until there is one more job than fits, or no more jobs: neither a short page nor a cursor reveals hidden jobs.
 */
async function fillPage({ read, show, maxWindows }: Filling, after: string | undefined, limit: number): Promise<{ jobs: Job[]; next?: string; searched?: string; by: JobTime }> {
  const jobs: Job[] = []
  let searched: string | undefined
  let windows = 0
  let hidden = 0
  for (let from = after, size = limit + 1; ; size = chunk) {
    const page = await read(from, size)
    const found = await show(page.jobs)
    const room = limit - jobs.length
    jobs.push(...found.slice(0, room).map(({ job }) => job))
    searched = page.searched ?? searched
    const by = page.by ?? 'created'
    if (found.length > room) return { jobs, next: await cursorAfter(read, page, from, room ? found[room - 1]!.place : -1), searched, by }
    if (page.next === undefined) return { jobs, searched, by }
    if (page.searched !== undefined) windows += 1
    hidden += page.jobs.length - found.length
    from = page.next
    if (windows >= maxWindows || hidden >= maxHidden) return { jobs, next: from, searched, by }
  }
}

/** The cursor after the job at `place`. An engine that knows only the ends of its pages is queried for a page that ends there. */
async function cursorAfter(read: Read, page: JobPage<EngineJob>, from: string | undefined, place: number): Promise<string | undefined> {
  if (place < 0) return from
  return page.places ? page.places[place] : (await read(from, place + 1)).next
}

/** The cursors wrap the engine's own cursor, or a position among the slots of a cron entry or among the jobs of a list. */
const engineCursors = cursorCodec('jobs', z.string().min(1))
const sortedCursors = cursorCodec('sorted jobs', z.string().min(1))
const idCursors = cursorCodec('jobs of a list', z.string().regex(/^[^|]+\|./s))
const slotCursors = cursorCodec('jobs of a cron entry', z.string().regex(/^[^|]+\|\d{1,18}$/))
