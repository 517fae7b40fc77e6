import { asEngineJob, typesOf } from './job.ts'
import { type JobSet, listMerged, type ListRequest, timeOf } from './merge.ts'
import { type BullQueue, parsePublicId } from './queue.ts'
import { idsOf, loadJobs, sizesOf } from './store.ts'
import { unknownCursor } from '../cursor.ts'
import { matches } from '../matches.ts'
import type { EngineJob, JobCount, JobFilter, JobPage } from '../engine.ts'

/**
 * BullMQ does not order jobs by creation time: each state is a list or a set with an order of its own (arrival, due, finished).
 * So there are two strategies. While the requested states hold few jobs, all of them are read and sorted. Beyond that, the
 * states are read in parallel from their new or old end, and their jobs are merged by creation time as they come. The order
 * across pages is then that of the states, and a job that changes its state between two pages may appear twice or not at all.
 */
const maxSorted = 1000

export async function listJobs(queues: BullQueue[], filter: JobFilter, page: ListRequest): Promise<JobPage<EngineJob>> {
  if (page.after !== undefined && !/^[mt]/.test(page.after)) throw unknownCursor()
  if (filter.id !== undefined) return { jobs: page.after ? [] : await findById(queues, filter) }
  const sets = await setsOf(queues, filter)
  const total = sets.reduce((sum, { size }) => sum + size, 0)
  const sorted = page.after === undefined ? total <= maxSorted : page.after.startsWith('t')
  return sorted ? listSorted(sets, filter, page) : listMerged(sets, filter, page)
}

export async function countJobs(queues: BullQueue[], filter: JobFilter, limit: number): Promise<JobCount> {
  if (filter.id !== undefined) return { count: Math.min(limit, (await findById(queues, filter)).length), how: 'exact' }
  const sets = await setsOf(queues, filter)
  const total = sets.reduce((sum, { size }) => sum + size, 0)
  if (!isSelective(filter)) return total > limit ? { count: limit, how: 'capped' } : { count: total, how: 'exact' }
  const { jobs, next, searched } = await listJobs(queues, filter, { order: 'newest', limit })
  const count = jobs.length
  return next === undefined ? { count, how: 'exact' } : { count, how: 'capped', ...(searched && { searched }) }
}

/** Does the filter need more than the sets themselves? Delayed jobs are one set, whether they have been attempted before or not. */
function isSelective({ states, queue: _queue, notQueues: _notQueues, ...tests }: JobFilter): boolean {
  const splitsDelayed = states !== undefined && states.includes('scheduled') !== states.includes('retryable')
  return splitsDelayed || Object.values(tests).some((wanted) => wanted !== undefined)
}

async function findById(queues: BullQueue[], filter: JobFilter): Promise<EngineJob[]> {
  const { queue: name, id } = parsePublicId(filter.id!)
  if ((filter.queue !== undefined && filter.queue !== name) || filter.notQueues?.includes(name)) return []
  const queue = queues.find((candidate) => candidate.name === name)
  const jobs = queue ? await loadJobs(queue, [id]) : []
  return jobs.map(asEngineJob).filter((job) => matches(filter, job))
}

async function setsOf(queues: BullQueue[], filter: JobFilter): Promise<JobSet[]> {
  const types = typesOf(filter.states)
  const selected = queues.filter(({ name }) => (filter.queue === undefined || filter.queue === name) && !filter.notQueues?.includes(name))
  const sets = await Promise.all(
    selected.map(async (queue) => [...(await sizesOf(queue, types))].map(([type, size]) => ({ queue, type, size }))),
  )
  return sets.flat()
}

/** By the time asked for, then id. The cursor holds the keys of the last job, so it stays valid whatever is added, removed or changed. */
async function listSorted(sets: JobSet[], filter: JobFilter, { order, by = 'created', after, limit }: ListRequest): Promise<JobPage<EngineJob>> {
  const loaded = await Promise.all(sets.map(loadSet))
  const jobs = withoutRepeats(loaded.flat())
    .filter((job) => matches(filter, job))
    .map((job) => ({ job, at: timeOf(job, by).getTime(), id: job.id }))
    .toSorted(order === 'newest' ? (a, b) => compare(b, a) : compare)
  const place = after === undefined ? undefined : parsePlace(after)
  const rest = jobs.filter((job) => !place || (order === 'newest' ? compare(job, place) < 0 : compare(job, place) > 0))
  const shown = rest.slice(0, limit)
  const places = shown.map(({ at, id }) => `t${at}.${id}`)
  return { jobs: shown.map(({ job }) => job), by, places, next: rest.length > limit ? places.at(-1) : undefined }
}

interface Place {
  at: number
  id: string
}

/** BullMQ's own ids are increasing numbers: of two jobs with the same time, the one with the longer id is later. */
function compare(a: Place, b: Place): number {
  return a.at - b.at || a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function parsePlace(cursor: string): Place {
  const [, at, id] = /^t(\d{1,15})\.(.+)$/.exec(cursor) ?? []
  if (at === undefined || id === undefined) throw unknownCursor()
  return { at: Number(at), id }
}

/** A job that moved while the sets were being read can be in two of them. */
function withoutRepeats(jobs: EngineJob[]): EngineJob[] {
  return [...new Map(jobs.map((job) => [job.id, job])).values()]
}

async function loadSet({ queue, type, size }: JobSet): Promise<EngineJob[]> {
  const ids = await idsOf(queue, type, Math.max(0, size - maxSorted), size, size)
  return (await loadJobs(queue, ids, type)).map(asEngineJob)
}
