import { EventEmitter } from 'node:events'
import type { Attendance } from './attendance.ts'
import { Companion, type Wish } from './companion.ts'
import type { AttendOptions } from './options.ts'
import { TaskGate } from './task-gate.ts'

/** The part of graphile-worker's runner options that is used here; no queue library is loaded. */
export interface RunnerOptionsLike {
  taskList?: object
  concurrency?: number
  preset?: unknown
  events?: object
}

interface Helpers {
  job: { id: string; attempts: number }
  abortSignal?: AbortSignal
}

type Task = (payload: unknown, helpers: Helpers) => unknown

/** graphile-worker's events are an EventEmitter with types of its own. */
type Events = Pick<EventEmitter, 'on'>

interface WorkerPool {
  nudge(count: number): void
}

/**
 * Attends the workers that `run` starts with these options, which it returns with its own tasks around the host's. Then the
 * process reports itself, a task can be paused, resumed and scaled, and cancelling a job aborts `helpers.abortSignal`.
 *
 * Waits a second at most, until it is known which tasks are paused.
 *
 * @throws Error when the options have no `taskList`
 * @example
 * const attendance = await attendGraphileWorker({ pgPool, taskList, concurrency: 5 }, { database: { url: databaseUrl } })
 * const runner = await run(attendance.options)
 */
export async function attendGraphileWorker<Options extends RunnerOptionsLike>(options: Options, attend: AttendOptions): Promise<Attendance & { options: Options }> {
  if (typeof options.taskList !== 'object' || options.taskList === null) {
    throw new Error("attendGraphileWorker: 'taskList' is missing; expected the tasks themselves, because those of a taskDirectory cannot be attended.")
  }
  const companion = new Companion(attend, 'graphile-worker')
  companion.slots = slotsOf(options)
  const pools = new Set<WorkerPool>()
  const events = (options.events ?? new EventEmitter()) as Events
  const wake = (): void => {
    for (const pool of pools) pool.nudge(companion.slots ?? 1)
  }
  const taskList = {}
  for (const [name, task] of Object.entries(options.taskList)) attendTask(companion, taskList, name, task as Task, wake)

  let running = 0
  events.on('pool:create', ({ workerPool }: { workerPool: WorkerPool }) => {
    running += 1
    pools.add(workerPool)
  })
  // A pool that shuts down must not be nudged: its workers are gone.
  events.on('pool:gracefulShutdown', ({ workerPool }: { workerPool: WorkerPool }) => pools.delete(workerPool))
  events.on('pool:release', () => {
    running -= 1
    if (!running) void companion.stop()
  })
  events.on('worker:getJob:error', () => moveFirstToEnd(taskList))
  await companion.hear()
  return { id: companion.id, options: { ...options, taskList, events }, stop: () => companion.stop() }
}

/** graphile-worker remembers an error for the same names in the same order, e.g. if its database went away while it looked them up. */
function moveFirstToEnd(taskList: object): void {
  const [name] = Object.keys(taskList)
  if (name === undefined) return
  const property = Object.getOwnPropertyDescriptor(taskList, name)!
  Reflect.deleteProperty(taskList, name)
  Object.defineProperty(taskList, name, property)
}

function slotsOf({ concurrency, preset }: RunnerOptionsLike): number {
  const { worker } = (preset ?? {}) as { worker?: { concurrentJobs?: unknown } }
  const slots = concurrency ?? worker?.concurrentJobs
  return typeof slots === 'number' ? slots : 1
}

/**
 * graphile-worker fetches jobs for the enumerable names of its list, read anew each time: a task that is not enumerable is not
 * fetched, but its jobs that were fetched before still find it.
 */
function attendTask(companion: Companion, taskList: object, name: string, task: Task, wake: () => void): void {
  const gate = new TaskGate()
  let wanted: Wish = { paused: false, limit: null }
  let offered = true
  const attempt = (payload: unknown, helpers: Helpers, stop: { asked: boolean }) =>
    companion.run([{ id: String(helpers.job.id), queue: name, worker: name, attempt: helpers.job.attempts }], async ([entry]) => {
      await gate.enter()
      offer()
      const { signal } = entry!.controller
      helpers.abortSignal = helpers.abortSignal ? AbortSignal.any([helpers.abortSignal, signal]) : signal
      try {
        return await task(payload, helpers)
      } finally {
        stop.asked = signal.aborted
        gate.leave()
        offer()
      }
    })
  const run: Task = async (payload, helpers) => {
    const stop = { asked: false }
    try {
      return await attempt(payload, helpers, stop)
    } catch (error) {
      // A job that an operator cancelled is over. graphile-worker knows no other way to end one without another attempt.
      if (stop.asked) return undefined
      throw error
    }
  }
  const offer = (): void => {
    const offers = !wanted.paused && gate.open
    if (offers === offered) return
    offered = offers
    Object.defineProperty(taskList, name, { value: run, enumerable: offered, configurable: true, writable: true })
    if (offered) wake()
  }
  Object.defineProperty(taskList, name, { value: run, enumerable: true, configurable: true, writable: true })
  companion.serve({
    name,
    slots: () => null,
    obey(wish) {
      wanted = wish
      gate.obey(wish)
      offer()
    },
  })
}
