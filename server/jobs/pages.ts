import { z } from 'zod'
import type { Job, JobFilters } from '../../schemas/index.ts'
import { cursorCodec } from '../cursor.ts'
import type { EngineJob, JobFilter, JobPage } from '../engines/engine.ts'
import type { DisplayContext } from '../host/display.ts'
import { listHiddenQueues } from '../queues/known.ts'
import type { Scope } from '../operations/scope.ts'
import { looksInside, mayName, requireFilter, showsMatch } from './filter.ts'
import { listJobsOfCronEntry } from './of-cron-entry.ts'
import { visibleJobs } from './resource.ts'
import { showJob } from './show.ts'

export interface PageAsked {
  order: 'newest' | 'oldest'
  limit: number
  cursor?: string
  surface?: DisplayContext['surface']
}

export interface ShownPage {
  jobs: Job[]
  nextCursor?: string
  searched?: string
}

/** One page of jobs that match, as the viewer may see them: the same as if there were no others. */
export async function listPage(scope: Scope, filters: JobFilters, { order, limit, cursor, surface }: PageAsked): Promise<ShownPage> {
  const filter = { ...requireFilter(scope, filters), notQueues: await listHiddenQueues(scope) }
  const { cronEntry } = filters
  const cursors = cronEntry === undefined ? engineCursors : slotCursors
  const read: Read = (after, most) =>
    cronEntry === undefined
      ? scope.kit.engine.list(filter, { order, after, limit: most })
      : listJobsOfCronEntry(scope, { entry: cronEntry, filter, order, after, limit: most })
  const after = await cursors.parse(scope.kit.db, cursor)
  // A search without an index ends with its window, unless that a window was searched would tell of jobs that match and are hidden.
  const maxWindows = looksInside(filter) || !(await mayName(scope, filters)) ? 10 : 1
  const page = await fillPage({ read, show: (jobs) => shownOf(scope, filter, jobs, surface), maxWindows }, after, limit)
  return { jobs: page.jobs, nextCursor: await cursors.write(scope.kit.db, page.next), searched: page.searched }
}

type Read = (after: string | undefined, most: number) => Promise<JobPage<EngineJob>>

/** A job that may be shown, and how many the engine gave before it. */
interface Found {
  place: number
  job: Job
}

async function shownOf(scope: Scope, filter: JobFilter, jobs: EngineJob[], surface: PageAsked['surface']): Promise<Found[]> {
  const seen = new Set(await visibleJobs(scope, jobs))
  const inside = looksInside(filter)
  return jobs
    .flatMap((job, place) => (seen.has(job) ? [{ place, job: showJob(scope.viewer, job, surface) }] : []))
    .filter(({ job }) => !inside || showsMatch(filter, job))
}

interface Filling {
  read: Read
  show(jobs: EngineJob[]): Promise<Found[]>
  /** Searched windows after which the page ends although it is not full. */
  maxWindows: number
}

const chunk = 200
/** Jobs that may not be shown, behind which a page ends although it is not full. */
const maxHidden = 10_000

/**
 * Reads on until one job more is known than fits, or the jobs are at their end: neither a short page nor a cursor tells of jobs
 * that are kept back.
 */
async function fillPage({ read, show, maxWindows }: Filling, after: string | undefined, limit: number): Promise<{ jobs: Job[]; next?: string; searched?: string }> {
  const jobs: Job[] = []
  let searched: string | undefined
  let windows = 0
  let hidden = 0
  for (let from = after, most = limit + 1; ; most = chunk) {
    const page = await read(from, most)
    const found = await show(page.jobs)
    const room = limit - jobs.length
    jobs.push(...found.slice(0, room).map(({ job }) => job))
    searched = page.searched ?? searched
    if (found.length > room) return { jobs, next: await placeBehind(read, page, from, room ? found[room - 1]!.place : -1), searched }
    if (page.next === undefined) return { jobs, searched }
    if (page.searched !== undefined) windows += 1
    hidden += page.jobs.length - found.length
    from = page.next
    if (windows >= maxWindows || hidden >= maxHidden) return { jobs, next: from, searched }
  }
}

/** Where a page behind the job at `place` begins. An engine that knows only the ends of its pages is asked for one that ends there. */
async function placeBehind(read: Read, page: JobPage<EngineJob>, from: string | undefined, place: number): Promise<string | undefined> {
  if (place < 0) return from
  return page.places ? page.places[place] : (await read(from, place + 1)).next
}

/** Around the engine's own cursor, or the place among the slots of a cron entry. */
const engineCursors = cursorCodec('jobs', z.string().min(1))
const slotCursors = cursorCodec('jobs of a cron entry', z.string().regex(/^[^|]+\|\d{1,18}$/))
