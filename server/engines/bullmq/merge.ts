import { OpsError } from '../../error.ts'
import { asEngineJob } from './job.ts'
import type { BullQueue, BullType } from './queue.ts'
import { idsOf, loadJobs } from './store.ts'
import { unknownCursor } from '../cursor.ts'
import { matches } from '../matches.ts'
import type { EngineJob, JobFilter, JobPage, JobTime } from '../engine.ts'

/** The jobs of one queue in one state. */
export interface JobSet {
  queue: BullQueue
  type: BullType
  size: number
}

export interface ListRequest {
  order: 'newest' | 'oldest'
  by?: JobTime
  after?: string
  limit: number
}

/** For a filter that BullMQ cannot evaluate, this many jobs are tested per page. */
const maxSearched = 20_000

/** One step per set is held in memory; with shorter steps PostgreSQL has to skip over the earlier rows more often. */
const maxStep = 2_000

/** Reads sets in parallel and merges their jobs by creation time as they come. Holds no more than one step per set. */
export async function listMerged(sets: JobSet[], filter: JobFilter, request: ListRequest): Promise<JobPage<EngineJob>> {
  const { order, by = 'created', after, limit } = request
  const places = after === undefined ? new Map<number, number>() : parsePlaces(after, sets.length)
  const step = Math.min(maxStep, Math.max(10, Math.ceil(limit / sets.length)))
  const readers = sets.map((set, index) => new SetReader(set, order, step, places.get(index)))
  const heads = await Promise.all(readers.map((reader) => reader.head()))
  const jobs: EngineJob[] = []
  let searched = 0
  while (jobs.length < limit && searched < maxSearched) {
    const first = firstOf(heads, order, by)
    if (first < 0) return { jobs, by }
    const job = heads[first]!
    if (matches(filter, job)) jobs.push(job)
    searched++
    readers[first]!.take()
    heads[first] = await readers[first]!.head()
  }
  if (firstOf(heads, order, by) < 0) return { jobs, by }
  const next = writePlaces(readers)
  const searchedAll = `${maxSearched.toLocaleString('en')} jobs, ${order} first`
  return jobs.length < limit ? { jobs, by, next, searched: searchedAll } : { jobs, by, next }
}

function firstOf(heads: (EngineJob | undefined)[], order: ListRequest['order'], by: JobTime): number {
  const sign = order === 'newest' ? -1 : 1
  let first = -1
  for (const [index, job] of heads.entries()) {
    if (job && (first < 0 || sign * (timeOf(job, by).getTime() - timeOf(heads[first]!, by).getTime()) < 0)) first = index
  }
  return first
}

/** BullMQ's own sets are in this order: finished ones by their end, delayed ones by when they are due. */
export function timeOf({ createdAt, dueAt, finishedAt }: EngineJob, by: JobTime): Date {
  return { created: createdAt, due: dueAt, finished: finishedAt }[by] ?? createdAt
}

/** Reads one set in growing steps. Positions are counted from the old end, because a set grows at its new end. */
class SetReader {
  /** Position of the next job: how many jobs are older or, with the oldest first, how many have been returned. */
  place: number
  readonly started: boolean
  private readonly set: JobSet
  private readonly newestFirst: boolean
  private edge: number
  private step: number
  private buffer: { job: EngineJob; placeAfter: number }[] = []

  constructor(set: JobSet, order: ListRequest['order'], step: number, place: number | undefined) {
    this.set = set
    this.newestFirst = order === 'newest'
    this.place = Math.min(set.size, place ?? (this.newestFirst ? set.size : 0))
    this.started = place !== undefined
    this.edge = this.place
    this.step = step
  }

  async head(): Promise<EngineJob | undefined> {
    while (!this.buffer.length && (this.newestFirst ? this.edge > 0 : this.edge < this.set.size)) await this.readStep()
    return this.buffer[0]?.job
  }

  take(): void {
    const taken = this.buffer.shift()
    if (taken) this.place = taken.placeAfter
  }

  get moved(): boolean {
    return this.started || this.place !== (this.newestFirst ? this.set.size : 0)
  }

  private async readStep(): Promise<void> {
    const { queue, type, size } = this.set
    const before = this.edge
    this.edge = this.newestFirst ? Math.max(0, before - this.step) : Math.min(size, before + this.step)
    this.step = Math.min(maxStep, this.step * 2)
    const ids = await idsOf(queue, type, Math.min(before, this.edge), Math.max(before, this.edge), size)
    if (this.newestFirst) ids.reverse()
    const placeOf = new Map(ids.map((id, index) => [id, this.newestFirst ? before - index - 1 : before + index + 1]))
    for (const stored of await loadJobs(queue, ids, type)) {
      this.buffer.push({ job: asEngineJob(stored), placeAfter: placeOf.get(stored.record.id) ?? this.edge })
    }
  }
}

/** The number of sets, and the position in each one that has been started; short, because cursors travel in URLs. */
function writePlaces(readers: SetReader[]): string {
  const places = readers.flatMap((reader, index) => (reader.moved ? [`${index.toString(36)}.${reader.place.toString(36)}`] : []))
  return `m${readers.length}~${places.join('~')}`
}

function parsePlaces(cursor: string, sets: number): Map<number, number> {
  if (!/^m\d{1,9}~([0-9a-z]+\.[0-9a-z]+(~|$))*$/.test(cursor)) throw unknownCursor()
  const [count, ...places] = cursor.slice(1).split('~')
  const parsed = places.filter(Boolean).map((place) => place.split('.').map((number) => Number.parseInt(number, 36)) as [number, number])
  if (Number(count) !== sets) {
    throw new OpsError('invalid_request', 'The set of queues has changed since this list was started; start again from the first page.')
  }
  return new Map(parsed)
}
