import { OpsError } from '../../error.ts'
import { asEngineJob, matches } from './job.ts'
import type { BullQueue, BullType } from './queue.ts'
import { idsOf, loadJobs } from './store.ts'
import { unknownCursor } from '../cursor.ts'
import type { EngineJob, JobFilter, JobPage } from '../engine.ts'

/** The jobs of one queue in one state. */
export interface JobSet {
  queue: BullQueue
  type: BullType
  size: number
}

export interface ListRequest {
  order: 'newest' | 'oldest'
  after?: string
  limit: number
}

/** A filter that BullMQ cannot answer is asked of this many jobs for one page. */
const searchedUpTo = 20_000

/** A step is held in memory for each set that is read; shorter ones make PostgreSQL count its way to them more often. */
const longestStep = 2_000

/** Reads sets side by side and merges their jobs by creation time as they come. Holds a step of each set and no more. */
export async function listMerged(sets: JobSet[], filter: JobFilter, request: ListRequest): Promise<JobPage<EngineJob>> {
  const { order, after, limit } = request
  const places = after === undefined ? new Map<number, number>() : parsePlaces(after, sets.length)
  const step = Math.min(longestStep, Math.max(10, Math.ceil(limit / sets.length)))
  const readers = sets.map((set, index) => new SetReader(set, order, step, places.get(index)))
  const heads = await Promise.all(readers.map((reader) => reader.head()))
  const jobs: EngineJob[] = []
  let searched = 0
  while (jobs.length < limit && searched < searchedUpTo) {
    const first = firstOf(heads, order)
    if (first < 0) return { jobs }
    const job = heads[first]!
    if (matches(job, filter)) jobs.push(job)
    searched++
    readers[first]!.take()
    heads[first] = await readers[first]!.head()
  }
  if (firstOf(heads, order) < 0) return { jobs }
  const next = writePlaces(readers)
  const searchedAll = `${searchedUpTo.toLocaleString('en')} jobs, the ${order} first`
  return jobs.length < limit ? { jobs, next, searched: searchedAll } : { jobs, next }
}

function firstOf(heads: (EngineJob | undefined)[], order: ListRequest['order']): number {
  const sign = order === 'newest' ? -1 : 1
  let first = -1
  for (const [index, job] of heads.entries()) {
    if (job && (first < 0 || sign * (job.createdAt.getTime() - heads[first]!.createdAt.getTime()) < 0)) first = index
  }
  return first
}

/** One set, read in steps that grow. Its place is counted from the old end, because a state grows at its new one. */
class SetReader {
  /** Of the next job to give: how many are older, or when the oldest come first, how many were given. */
  place: number
  readonly begun: boolean
  private readonly set: JobSet
  private readonly newestFirst: boolean
  private edge: number
  private step: number
  private buffer: { job: EngineJob; placeAfter: number }[] = []

  constructor(set: JobSet, order: ListRequest['order'], step: number, place: number | undefined) {
    this.set = set
    this.newestFirst = order === 'newest'
    this.place = Math.min(set.size, place ?? (this.newestFirst ? set.size : 0))
    this.begun = place !== undefined
    this.edge = this.place
    this.step = step
  }

  async head(): Promise<EngineJob | undefined> {
    while (!this.buffer.length && (this.newestFirst ? this.edge > 0 : this.edge < this.set.size)) await this.readOn()
    return this.buffer[0]?.job
  }

  take(): void {
    const taken = this.buffer.shift()
    if (taken) this.place = taken.placeAfter
  }

  get moved(): boolean {
    return this.begun || this.place !== (this.newestFirst ? this.set.size : 0)
  }

  private async readOn(): Promise<void> {
    const { queue, type, size } = this.set
    const before = this.edge
    this.edge = this.newestFirst ? Math.max(0, before - this.step) : Math.min(size, before + this.step)
    this.step = Math.min(longestStep, this.step * 2)
    const ids = await idsOf(queue, type, Math.min(before, this.edge), Math.max(before, this.edge), size)
    if (this.newestFirst) ids.reverse()
    const placeOf = new Map(ids.map((id, index) => [id, this.newestFirst ? before - index - 1 : before + index + 1]))
    for (const stored of await loadJobs(queue, ids, type)) {
      this.buffer.push({ job: asEngineJob(stored), placeAfter: placeOf.get(stored.record.id) ?? this.edge })
    }
  }
}

/** How many sets there are, and the place in each that was begun; short, because cursors travel in addresses. */
function writePlaces(readers: SetReader[]): string {
  const places = readers.flatMap((reader, index) => (reader.moved ? [`${index.toString(36)}.${reader.place.toString(36)}`] : []))
  return `m${readers.length}~${places.join('~')}`
}

function parsePlaces(cursor: string, sets: number): Map<number, number> {
  if (!/^m\d{1,9}~([0-9a-z]+\.[0-9a-z]+(~|$))*$/.test(cursor)) throw unknownCursor()
  const [count, ...places] = cursor.slice(1).split('~')
  const read = places.filter(Boolean).map((place) => place.split('.').map((number) => Number.parseInt(number, 36)) as [number, number])
  if (Number(count) !== sets) {
    throw new OpsError('invalid_request', 'The set of queues has changed since this list was started; start again from the first page.')
  }
  return new Map(read)
}
