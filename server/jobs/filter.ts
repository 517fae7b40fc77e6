import { isDeepStrictEqual } from 'node:util'
import type { JobFilters, JobState } from '../../schemas/index.ts'
import { contains } from '../engines/contains.ts'
import type { Engine, EngineFeature, EngineJob, JobFilter } from '../engines/engine.ts'
import { parseExact } from '../engines/exact-json.ts'
import { OpsError } from '../error.ts'
import type { Scope } from '../operations/scope.ts'

/** The words of an address as the engine takes them; the cron entry is not an engine's matter. */
export function parseFilter({ state, queue, worker, id, tag, args, error, time = 'created', from, to }: JobFilters): JobFilter {
  return {
    queue, worker, id, tag, args, error,
    ...(state === undefined ? {} : { states: [...new Set(state.split(','))] as JobState[] }),
    ...(from === undefined && to === undefined
      ? {}
      : { time: { field: time, from: from === undefined ? undefined : new Date(from), to: to === undefined ? undefined : new Date(to) } }),
  }
}

/**
 * Filters that this engine takes and this viewer may use, or a refusal. To find jobs by a value is to learn that it is
 * there, so nobody searches for what the policy would not show them.
 */
export function requireFilter(scope: Scope, filters: JobFilters): JobFilter {
  requireEngine(scope.kit.engine, filters)
  requireShown(scope, filters)
  return parseFilter(filters)
}

const features: Partial<Record<keyof JobFilters, EngineFeature>> = {
  worker: 'filter_worker',
  tag: 'filter_tag',
  args: 'filter_args',
  error: 'filter_error',
}

function requireEngine({ lacks }: Engine, filters: JobFilters): void {
  for (const [field, feature] of Object.entries(features)) {
    const lacking = lacks[feature]
    if (filters[field as keyof JobFilters] !== undefined && lacking !== undefined) throw new OpsError('unsupported_by_engine', lacking)
  }
  if (filters.state === 'completed' && lacks.finished_jobs !== undefined) throw new OpsError('unsupported_by_engine', lacks.finished_jobs)
}

function requireShown({ viewer }: Scope, { args, error, tag }: JobFilters): void {
  const asked = args === undefined ? undefined : parseExact(args)
  const same = [
    isDeepStrictEqual(viewer.show('job_args', asked, 'view_jobs'), asked),
    viewer.show('job_error', error, 'view_jobs') === error,
    tag === undefined || isDeepStrictEqual(viewer.show('job_meta', [tag], 'view_jobs'), [tag]),
  ]
  const hiddenFields = ['args', 'error', 'tag'].filter((_, index) => !same[index])
  if (!hiddenFields.length) return
  throw new OpsError('forbidden', `query.${hiddenFields[0]!}: searches for a value that is hidden from you, and a match would reveal it.`)
}

/** Filters that look inside jobs: what they match must be compared with what the viewer is shown. */
export function looksInside({ args, error }: JobFilter): boolean {
  return args !== undefined || error !== undefined
}

/**
 * May they know that there are jobs with what the filter names? It is asked for as some job that has it; of one job by its id
 * the host is asked when it was found. Where the answer is no, nothing tells of jobs that match and are kept back.
 */
export async function mayName({ viewer }: Scope, { id, queue, worker, tag }: JobFilters): Promise<boolean> {
  if (id !== undefined) return false
  if (queue === undefined && worker === undefined && tag === undefined) return true
  return (await viewer.can('view_jobs', { type: 'job', id: '*', queue, worker, tags: tag === undefined ? undefined : [tag] })).allowed
}

/**
 * Is what was searched for still in the job as it is shown? A policy may hide the whole and not its parts; the search
 * must not tell part by part what the whole would have been.
 */
export function showsMatch({ args, error }: JobFilter, shown: { args?: unknown; error?: string }): boolean {
  return (args === undefined || contains(shown.args, parseExact(args))) && (error === undefined || includes(shown.error, error))
}

/** The filter applied to a job that was read by id. */
export function matches(filter: JobFilter, job: EngineJob): boolean {
  const { states, queue, notQueues, worker, id, tag, args, error, time, createdBefore } = filter
  const at = time && { created: job.createdAt, due: job.dueAt, finished: job.finishedAt }[time.field]
  return (
    (states === undefined || states.includes(job.state)) &&
    (queue === undefined || job.queue === queue) &&
    !notQueues?.includes(job.queue) &&
    (worker === undefined || job.worker === worker) &&
    (id === undefined || job.id === id) &&
    (tag === undefined || (job.tags ?? []).includes(tag)) &&
    (args === undefined || contains(job.args, parseExact(args))) &&
    (error === undefined || includes(job.error, error)) &&
    (!time || (at !== undefined && (!time.from || at >= time.from) && (!time.to || at < time.to))) &&
    (createdBefore === undefined || job.createdAt < createdBefore)
  )
}

function includes(text: string | undefined, part: string): boolean {
  return text !== undefined && text.toLowerCase().includes(part.toLowerCase())
}

