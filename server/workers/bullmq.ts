import { publicId } from '../engines/bullmq/queue.ts'
import type { Attendance } from './attendance.ts'
import { Companion } from './companion.ts'
import type { AttendOptions } from './options.ts'

/** The part of a BullMQ 6 worker that is used here; no queue library is loaded. */
export interface BullWorkerLike {
  readonly name: string
  readonly concurrency: number
  on(event: 'closed', listener: () => void): unknown
  cancelJob(jobId: string, reason?: string): boolean
}

interface JobLike {
  id?: string
  name: string
  attemptsMade: number
}

type Process = (job: JobLike, token?: string, signal?: AbortSignal) => unknown

/** By these a processor hands its job back; they are no failures. */
const handedBack: ReadonlySet<string> = new Set(['DelayedError', 'WaitingError', 'WaitingChildrenError', 'RateLimitError'])

/**
 * Attends BullMQ workers: call it as soon as they are made. Then the process reports itself, and cancelling a job aborts the
 * signal that its processor takes as third parameter.
 *
 * @example
 * const worker = new Worker('mail', async (job, token, signal) => send(job.data, { signal }), { connection })
 * attendBullMQ(worker, { database: { url: databaseUrl } })
 */
export function attendBullMQ(workers: BullWorkerLike | readonly BullWorkerLike[], options: AttendOptions): Attendance {
  const all = Array.isArray(workers) ? (workers as readonly BullWorkerLike[]) : [workers as BullWorkerLike]
  const companion = new Companion(options, 'bullmq')
  const open = new Set(all)
  for (const [name, some] of Map.groupBy(all, (worker) => worker.name)) {
    companion.serve({ name, slots: () => some.filter((worker) => open.has(worker)).reduce((sum, { concurrency }) => sum + concurrency, 0) })
  }
  for (const worker of all) {
    attendProcessor(companion, worker)
    worker.on('closed', () => {
      open.delete(worker)
      if (!open.size) void companion.stop()
    })
  }
  return { id: companion.id, stop: () => companion.stop() }
}

/** The processor is protected in BullMQ's types; a worker without one fetches its jobs itself, and reports only its slots. */
function attendProcessor(companion: Companion, worker: BullWorkerLike): void {
  const inside = worker as unknown as { processFn?: Process }
  const process = inside.processFn
  if (typeof process !== 'function') return
  inside.processFn = async (job, token, signal) => {
    let back: unknown
    const answer = await companion.run([{ id: publicId(worker.name, job.id ?? ''), queue: worker.name, worker: job.name, attempt: job.attemptsMade + 1 }], async ([run]) => {
      const stop = run!.controller.signal
      stop.addEventListener('abort', () => worker.cancelJob(job.id ?? '', (stop.reason as Error).message), { once: true })
      try {
        return await process.call(worker, job, token, signal ? AbortSignal.any([signal, stop]) : stop)
      } catch (error) {
        if (stop.aborted) throw unrecoverable(error)
        if (!isHandedBack(error)) throw error
        back = error
        return undefined
      }
    })
    if (back !== undefined) throw back
    return answer
  }
}

function isHandedBack(error: unknown): boolean {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown }
  return handedBack.has(String(name)) || message === 'bullmq:rateLimitExceeded'
}

/** BullMQ knows by its name that a job is not to be tried again. */
function unrecoverable(cause: unknown): Error {
  const message = `Cancelled by an operator while it was running${cause instanceof Error ? `: ${cause.message}` : '.'}`
  return Object.assign(new Error(message, { cause }), { name: 'UnrecoverableError' })
}
