import { isDeepStrictEqual } from 'node:util'
import type { JobFilterName, JobFilters, JobState } from '../../schemas/index.ts'
import { contains } from '../engines/contains.ts'
import type { Engine, JobFilter } from '../engines/engine.ts'
import { parseExact } from '../engines/exact-json.ts'
import { includes, writeArgs } from '../engines/matches.ts'
import { OpsError } from '../error.ts'
import { listHiddenQueues } from '../queues/known.ts'
import type { Scope } from '../operations/scope.ts'

/** Converts query parameters to an engine filter; engines know nothing of cron entries and of named sets. */
export function parseFilter({ state, notQueue, cronEntry: _ours, incident: _named, errorGroup: _grouped, failedAgain: _failed, time = 'created', from, to, ...plain }: JobFilters): JobFilter {
  return {
    ...plain,
    ...(state === undefined ? {} : { states: [...new Set(state.split(','))] as JobState[] }),
    ...(notQueue === undefined ? {} : { notQueues: [notQueue] }),
    ...(from === undefined && to === undefined
      ? {}
      : { time: { field: time, from: from === undefined ? undefined : new Date(from), to: to === undefined ? undefined : new Date(to) } }),
  }
}

/**
 * Throws if this engine lacks a filter or this viewer may not use it. Finding jobs by a value reveals that the value exists, so
 * a viewer cannot search for what the display policy hides from them.
 */
export function requireFilter(scope: Scope, filters: JobFilters): JobFilter {
  requireEngine(scope.kit.engine, filters)
  requireShown(scope, filters)
  return parseFilter(filters)
}

function requireEngine({ lacks }: Engine, filters: JobFilters): void {
  for (const name of Object.keys(filters) as JobFilterName[]) {
    const lacking = lacks[`filter_${name}`]
    if (filters[name] !== undefined && lacking !== undefined) throw new OpsError('unsupported_by_engine', lacking)
  }
  if (filters.state === 'completed' && lacks.finished_jobs !== undefined) throw new OpsError('unsupported_by_engine', lacks.finished_jobs)
}

function requireShown({ viewer }: Scope, { args, error, tag, words }: JobFilters): void {
  const parsedArgs = args === undefined ? undefined : parseExact(args)
  const same = [
    isDeepStrictEqual(viewer.show('job_args', parsedArgs, 'view_jobs'), parsedArgs),
    viewer.show('job_error', error, 'view_jobs') === error,
    words === undefined || (viewer.show('job_error', words, 'view_jobs') === words && viewer.show('job_args', words, 'view_jobs') === words),
    tag === undefined || isDeepStrictEqual(viewer.show('job_meta', [tag], 'view_jobs'), [tag]),
  ]
  const hiddenFields = ['args', 'error', 'words', 'tag'].filter((_, index) => !same[index])
  if (!hiddenFields.length) return
  throw new OpsError('forbidden', `query.${hiddenFields[0]!}: searches for a value that is hidden from you, and a match would reveal it.`)
}

/** The queues that a search leaves out: those it says, and those that are hidden from the viewer. */
export async function withoutHiddenQueues(scope: Scope, filter: JobFilter): Promise<JobFilter> {
  return { ...filter, notQueues: [...(filter.notQueues ?? []), ...(await listHiddenQueues(scope))] }
}

/** Whether the filter matches on content, in which case matches must be checked against what the viewer is shown. */
export function looksInside({ args, error, words }: Pick<JobFilters, 'args' | 'error' | 'words'>): boolean {
  return args !== undefined || error !== undefined || words !== undefined
}

/**
 * Whether the viewer may know that jobs with this queue, worker or tag exist: the host is asked about a hypothetical job that
 * has them. A single job, filtered by id, is authorized once it has been found. If false, nothing may reveal hidden matches.
 */
export async function mayName({ viewer }: Scope, { id, queue, worker, tag }: JobFilters): Promise<boolean> {
  if (id !== undefined) return false
  if (queue === undefined && worker === undefined && tag === undefined) return true
  return (await viewer.can('view_jobs', { type: 'job', id: '*', queue, worker, tags: tag === undefined ? undefined : [tag] })).allowed
}

/**
 * Whether the job still matches as it is shown. A policy may hide a whole value but not its parts; otherwise a search could
 * reveal the whole part by part.
 */
export function showsMatch({ args, error, words }: Pick<JobFilters, 'args' | 'error' | 'words'>, shown: { args?: unknown; error?: string }): boolean {
  const hasWords = words === undefined || includes(shown.error, words) || includes(writeArgs(shown.args), words)
  return hasWords && (args === undefined || contains(shown.args, parseExact(args))) && (error === undefined || includes(shown.error, error))
}
