import type { Job, JobFilters } from '../../schemas/index.ts'
import type { EngineJob, JobPage } from '../engines/engine.ts'
import { OpsError } from '../error.ts'
import type { DisplayContext } from '../host/display.ts'
import type { Scope } from '../operations/scope.ts'
import { looksInside, requireFilter, showsMatch } from './filter.ts'
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
export async function readPage(scope: Scope, filters: JobFilters, { order, limit, cursor, surface }: PageAsked): Promise<ShownPage> {
  const filter = requireFilter(scope, filters)
  const { cronEntry } = filters
  const kind = cronEntry === undefined ? 'e' : 'c'
  const after = cursor === undefined ? undefined : readCursor(kind, cursor)
  const page: JobPage<EngineJob> =
    cronEntry === undefined
      ? await scope.kit.engine.list(filter, { order, after, limit })
      : await listJobsOfCronEntry(scope, { entry: cronEntry, filter, order, after, limit })
  const visible = await visibleJobs(scope, page.jobs)
  const inside = looksInside(filter)
  return {
    jobs: visible.map((job) => showJob(scope.viewer, job, surface)).filter((job) => !inside || showsMatch(filter, job)),
    nextCursor: page.next === undefined ? undefined : kind + Buffer.from(page.next).toString('base64url'),
    searched: page.searched,
    // How many jobs have a value inside them is not for somebody who may not see those jobs.
    withheld: inside ? 0 : page.jobs.length - visible.length,
  }
}

/** The engine reads its own part of it. */
function readCursor(kind: 'e' | 'c', cursor: string): string {
  const inner = Buffer.from(cursor.slice(1), 'base64url').toString()
  const wellFormed = kind === 'e' ? inner.length > 0 && !inner.includes('\0') : isSlot(inner)
  if (cursor.startsWith(kind) && wellFormed) return inner
  throw new OpsError('invalid_request', 'query.cursor: not a cursor of this list; expected the nextCursor of an earlier answer.', {
    errors: [{ path: 'query.cursor', message: 'not a cursor of this list' }],
  })
}

function isSlot(inner: string): boolean {
  const [, at] = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?\+00)\|\d{1,18}$/.exec(inner) ?? []
  return at !== undefined && !Number.isNaN(Date.parse(at))
}
