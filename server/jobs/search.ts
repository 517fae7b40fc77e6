import { type JobFilters, type JobSetName, jobSetNames } from '../../schemas/index.ts'
import type { Engine, EngineFeature, EngineJob, JobFilter } from '../engines/engine.ts'
import { matches } from '../engines/matches.ts'
import type { JobSet } from '../kit.ts'
import type { Scope } from '../operations/scope.ts'
import { requireFilter } from './filter.ts'

/** What an engine is asked for. */
export interface Search {
  filter: JobFilter
  /** Set if only jobs with these ids can match. */
  ids?: readonly string[]
  /** A further test of each job that the engine found. */
  keep?: (job: EngineJob) => boolean
}

/** Combines the filters of a request with the sets of jobs that it names. A set that the viewer may not see has no jobs. */
export async function findSearch(scope: Scope, filters: JobFilters): Promise<Search> {
  const named = jobSetNames.filter((name) => filters[name] !== undefined)
  const search: Search = { filter: requireFilter(scope, filters) }
  const sets = await Promise.all(named.map((name) => findSet(scope, name, filters[name]!)))
  return sets.reduce<Search>((narrowed, set) => narrow(scope.kit.engine, narrowed, set), search)
}

async function findSet(scope: Scope, name: JobSetName, id: string): Promise<JobSet> {
  return (await scope.kit.jobSets[name]?.(scope, id)) ?? noJobs
}

const noJobs: JobSet = { ids: [] }

function narrow(engine: Engine, { filter, ids, keep }: Search, set: JobSet): Search {
  if ('ids' in set) {
    const wanted = new Set(set.ids)
    return { filter, keep, ids: ids === undefined ? [...wanted] : ids.filter((id) => wanted.has(id)) }
  }
  const [together, apart] = merge(engine, filter, set.filter)
  if (together.states?.length === 0 || exclusive.some((name) => apart[name] !== undefined && filter[name] !== undefined)) return { filter, ids: [] }
  const tests = [keep, set.keep, Object.keys(apart).length ? (job: EngineJob) => matches(apart, job) : undefined].filter((test) => test !== undefined)
  return { filter: together, ids, keep: tests.length ? (job) => tests.every((test) => test(job)) : undefined }
}

/** A job has one of each, so that two different values match nothing. */
const exclusive = ['queue', 'worker', 'id'] as const

/** The conditions of both in one filter, and those that do not fit in, because the engine lacks them or another value is there. */
function merge({ lacks }: Engine, filter: JobFilter, more: JobFilter): [together: JobFilter, apart: JobFilter] {
  const { states, notQueues, ...others } = more
  const apart: JobFilter = {}
  const together: JobFilter = { ...filter }
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined || (together as Record<string, unknown>)[name] === value) continue
    const free = (together as Record<string, unknown>)[name] === undefined && lacks[`filter_${name}` as EngineFeature] === undefined
    Object.assign(free ? together : apart, { [name]: value })
  }
  if (states) together.states = filter.states ? filter.states.filter((state) => states.includes(state)) : states
  if (notQueues) together.notQueues = [...(filter.notQueues ?? []), ...notQueues]
  return [together, apart]
}
