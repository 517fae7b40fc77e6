import { createHash } from 'node:crypto'
import { actOnJobs, lacks, refuses, removes } from './act.ts'
import { findDetail } from './detail.ts'
import { asEngineJob, asFoundJob, type StoredJob } from './job.ts'
import { countJobs, listJobs } from './list.ts'
import { listFailures } from './failures.ts'
import { type EndedBefore, measureQueues } from './measure.ts'
import { type BullQueue, bullTypes, parsePublicId, publicId } from './queue.ts'
import { readWithTimeout, requireReachable, timeoutMs } from './reach.ts'
import { longestRunning } from './running.ts'
import { listWorkers } from './workers.ts'
import { idsOf, loadJobs, sizesOf } from './store.ts'
import { OpsError } from '../../error.ts'
import type { Engine, EngineAdvice, EngineJob, JobPage, NewJob, SelectedJob } from '../engine.ts'

export interface BullMqOptions {
  /** The queues to operate, on Redis or on PostgreSQL; a function if they come and go. The host remains responsible for closing them. */
  queues: readonly BullQueue[] | (() => readonly BullQueue[])
}

/**
 * The BullMQ engine. With neither of BullMQ's backends can a call join our transaction: the PostgreSQL one takes a pool, and
 * each call commits on its own. The engine is therefore not transactional, and each change records two events.
 *
 * @example
 * const emails = new Queue('emails', { connection })
 * const ops = await createOps({ engine: bullmq({ queues: [emails] }), … })
 */
export function bullmq({ queues }: BullMqOptions): Engine {
  const all = () => [...(typeof queues === 'function' ? queues() : queues)].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const findQueue = (name: string) => all().find((queue) => queue.name === name)
  /** For changes: refused while the store is unavailable, because BullMQ's client would queue them. */
  const getQueue = async (name: string) => {
    const queue = findQueue(name) ?? unknownQueue(name)
    await requireReachable([queue])
    return queue
  }
  const read = <T>(from: (queues: BullQueue[]) => Promise<T>) => readWithTimeout(all(), () => from(all()))
  const endedBefore: EndedBefore = new Map()
  return {
    name: 'bullmq',
    transactional: false,
    capabilities: { enqueue: true, cancelExecuting: false, keepsFinishedJobs: true },
    lacks,
    removes,
    // Of earlier attempts it keeps only the errors, up to `stackTraceLimit` and, on PostgreSQL, until a manual retry.
    attemptHistory: 'last',

    check: () => check(all()),

    async enqueue(job) {
      const { queue, worker, args, trace } = job
      const { id } = await (await getQueue(queue)).add(worker ?? queue, args, { jobId: idFor(job), ...(trace !== undefined && { telemetry: { metadata: JSON.stringify({ traceparent: trace }) } }) })
      return { queue, id: publicId(queue, id ?? idFor(job)) }
    },

    find: (refs) => read(async (queues) => (await load(queues, refs.map(({ id }) => id))).map(asFoundJob)),

    async cancel(refs) {
      await requireReachable(all())
      const jobs = (await load(all(), refs.map(({ id }) => id))).map(asEngineJob)
      const unfinished = jobs.filter(({ state }) => ['scheduled', 'available', 'retryable'].includes(state))
      await actOnJobs(all(), 'cancel', unfinished)
    },

    list: (filter, page) => read(async (queues) => asPage(await listJobs(queues, filter, page))),

    async select(filter, page) {
      const { jobs, ...rest } = await read((queues) => listJobs(queues, filter, { ...page, order: 'oldest' }))
      return { ...rest, jobs: jobs.map(asSelected) }
    },

    count: (filter, limit) => read((queues) => countJobs(queues, filter, limit)),

    async hints(field, prefix, limit, notQueues = []) {
      const shown = (queues: BullQueue[]) => queues.filter(({ name }) => !notQueues.includes(name))
      const values = field === 'queue' ? shown(all()).map(({ name }) => name) : field === 'worker' ? await read((queues) => recentWorkers(shown(queues))) : []
      const wanted = prefix.toLowerCase()
      return [...new Set(values)].filter((value) => value.toLowerCase().startsWith(wanted)).toSorted().slice(0, limit)
    },

    read: (ids) => read(async (queues) => (await load(queues, ids)).map(asEngineJob)),

    detail: (id) => read((queues) => findDetail(queues, id)),

    refuses,

    async act(action, jobs) {
      await requireReachable(all())
      return actOnJobs(all(), action, jobs)
    },

    async readQueue(name) {
      const queue = findQueue(name)
      if (!queue) return null
      await requireReachable([queue])
      return { name, paused: await queue.isPaused(), limit: await queue.getGlobalConcurrency() }
    },

    pauseQueue: async (name) => (await getQueue(name)).pause(),
    resumeQueue: async (name) => (await getQueue(name)).resume(),
    async scaleQueue(name, limit) {
      await (await getQueue(name)).setGlobalConcurrency(limit)
    },

    failures: (since, page) => read((queues) => listFailures(queues, since, page)),
    hostLines: (queue) => ({ stop: 'await worker.pause()', attend: `new Worker(${JSON.stringify(queue)}, processor, { connection })` }),

    measure: (since) => read((queues) => measureQueues(queues, since, endedBefore)),

    listExecutors: () => read(listWorkers),
    longestRunning: (limits) => read((queues) => longestRunning(queues, limits)),

    missingQueues: async (wanted) => [...new Set(wanted)].filter((name) => !findQueue(name)),

    advise: async (wanted) => [...new Set(wanted)].filter((name) => !findQueue(name)).map(adviseQueue),
  }
}

/** Cursors travel in URLs. One with positions in more than about seventy sets is too long for that. */
const maxCursorLength = 370

function asPage({ jobs, places, next, searched, by }: JobPage<EngineJob>): JobPage<EngineJob> {
  if (next === undefined || next.length <= maxCursorLength) return { jobs, places, next, searched, by }
  return { jobs, by, searched: 'as far as all queues can be read in parallel; filter by one queue to see more' }
}

function asSelected({ id, queue, version, state, worker, tags }: EngineJob): SelectedJob {
  return { id, queue, version, state, worker, tags }
}

function adviseQueue(name: string): EngineAdvice {
  const message = `The queue '${name}', which a cron entry names, is not among those passed to bullmq({ queues }).`
  return { kind: 'missing_queue', message }
}

function unknownQueue(name: string): never {
  throw new Error(`There is no BullMQ queue '${name}'; expected one of those passed to bullmq({ queues }).`)
}

/** The same id for the same slot, so that a repeat returns the existing job. BullMQ's custom ids must not be numbers or contain a colon. */
function idFor({ origin: { cronEntry, slotAt } }: NewJob): string {
  return `ops-${createHash('sha256').update(`${cronEntry}\n${slotAt}`).digest('hex').slice(0, 40)}`
}

async function check(queues: BullQueue[]): ReturnType<Engine['check']> {
  try {
    const version = await readWithTimeout(queues, () => versionOf(queues), timeoutMs)
    return { ok: true, version, detail: `BullMQ answers for ${queues.length} ${queues.length === 1 ? 'queue' : 'queues'}` }
  } catch (error) {
    if (error instanceof OpsError) return { ok: false, detail: 'BullMQ does not answer within three seconds.' }
    return { ok: false, detail: `BullMQ does not answer: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** BullMQ stores the version that last opened a queue, e.g. `bullmq:6.7.0`. */
async function versionOf([queue]: BullQueue[]): Promise<string> {
  return (await queue?.getVersion())?.split(':').at(-1) ?? '6'
}

/** In the order of `ids`; missing jobs are left out. */
async function load(queues: BullQueue[], ids: string[]): Promise<StoredJob[]> {
  const idsByQueue = new Map<string, string[]>()
  for (const { queue, id } of ids.map(parsePublicId)) idsByQueue.set(queue, [...(idsByQueue.get(queue) ?? []), id])
  const loaded = await Promise.all(queues.map((queue) => loadJobs(queue, idsByQueue.get(queue.name) ?? [])))
  const byId = new Map(loaded.flat().map((job) => [publicId(job.queue, job.record.id), job]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** Job names among the newest jobs of each state; BullMQ keeps no list of all names. */
async function recentWorkers(queues: BullQueue[]): Promise<string[]> {
  const newest = 25
  const names = queues.map(async (queue) => {
    const sizes = await sizesOf(queue, [...bullTypes])
    const jobs = bullTypes.map(async (type) => {
      const size = sizes.get(type) ?? 0
      return loadJobs(queue, await idsOf(queue, type, Math.max(0, size - newest), size, size), type)
    })
    return (await Promise.all(jobs)).flat().map(({ record }) => record.name)
  })
  return (await Promise.all(names)).flat()
}
