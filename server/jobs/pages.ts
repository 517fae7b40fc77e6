import { z } from 'zod'
import type { Job, JobFilters } from '../../schemas/index.ts'
import { cursorCodec } from '../cursor.ts'
import type { EngineJob, JobFilter, JobPage } from '../engines/engine.ts'
import type { DisplayContext } from '../host/display.ts'
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
  withheld: number
}

/** One page of jobs that match, as the viewer may see them. */
export async function listPage(scope: Scope, filters: JobFilters, { order, limit, cursor, surface }: PageAsked): Promise<ShownPage> {
  const filter = requireFilter(scope, filters)
  const { cronEntry } = filters
  const cursors = cronEntry === undefined ? engineCursors : slotCursors
  const read: Read = (after, most) =>
    cronEntry === undefined
      ? scope.kit.engine.list(filter, { order, after, limit: most })
      : listJobsOfCronEntry(scope, { entry: cronEntry, filter, order, after, limit: most })
  const after = await cursors.parse(scope.kit.db, cursor)
  // How many jobs have a value inside them, or one that is named, is not for somebody who may not see those jobs.
  const silent = looksInside(filter) || !(await mayName(scope, filters))
  const { found, next, searched, withheld } = silent
    ? await fillPage((from, most) => look(scope, filter, read, from, most, surface), after, limit)
    : await look(scope, filter, read, after, limit, surface)
  return {
    jobs: found.map(({ job }) => job),
    nextCursor: await cursors.write(scope.kit.db, next),
    searched,
    withheld: silent ? 0 : withheld,
  }
}

type Read = (after: string | undefined, most: number) => Promise<JobPage<EngineJob>>

interface Looked {
  /** `place`: how many jobs the engine gave before this one. */
  found: { place: number; job: Job }[]
  next?: string
  searched?: string
  withheld: number
}

async function look(
  scope: Scope,
  filter: JobFilter,
  read: Read,
  after: string | undefined,
  most: number,
  surface: PageAsked['surface'],
): Promise<Looked> {
  const { jobs, next, searched } = await read(after, most)
  const visible = new Set(await visibleJobs(scope, jobs))
  const inside = looksInside(filter)
  const found = jobs
    .flatMap((job, place) => (visible.has(job) ? [{ place, job: showJob(scope.viewer, job, surface) }] : []))
    .filter(({ job }) => !inside || showsMatch(filter, job))
  return { found, next, searched, withheld: jobs.length - visible.size }
}

const atOnce = 200
/** Jobs behind which it is no longer looked for one that may be shown. */
const maxHidden = 2_000

/**
 * Found by what is inside them: a short page with a cursor to more would tell that jobs match which the viewer may not see. So
 * it is gone on until the page is full or the jobs are at their end.
 */
async function fillPage(lookFrom: (after: string | undefined, most: number) => Promise<Looked>, after: string | undefined, limit: number): Promise<Looked> {
  const page = await lookFrom(after, limit)
  for (let looked = 0; page.next !== undefined && page.found.length < limit && looked < maxHidden; looked += atOnce) {
    const room = limit - page.found.length
    const wide = await lookFrom(page.next, atOnce)
    // Whoever reads on begins behind the last job of the page, so the engine is asked to end there.
    const more = wide.found.length > room ? await lookFrom(page.next, wide.found[room - 1]!.place + 1) : wide
    page.found.push(...more.found.slice(0, room))
    page.next = more.next
    page.searched = more.searched ?? page.searched
  }
  return page
}

/** Around the engine's own cursor, or the place among the slots of a cron entry. */
const engineCursors = cursorCodec('jobs', z.string().min(1))
const slotCursors = cursorCodec('jobs of a cron entry', z.string().regex(/^[^|]+\|\d{1,18}$/))
