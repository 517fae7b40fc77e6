import type { Attendance } from './attendance.ts'
import { Companion, type Wish } from './companion.ts'
import type { JobInHand } from './ledger.ts'
import type { AttendOptions } from './options.ts'

export interface NeutralOptions extends AttendOptions {
  /** What runs the jobs, for people, e.g. `my-queue`. */
  engine: string
  /** The queues this process serves, each with the number of jobs it can run at once; null if they share `slots`. */
  queues: Readonly<Record<string, number | null>>
  /** How many jobs the process can run at once in all, if its queues share them. */
  slots?: number
  /** Told when what is wanted of a queue changes, for a loop that would rather be told than ask `mayTake`. */
  onWish?(queue: string, wish: Wish): Promise<void> | void
}

export interface NeutralAttendance extends Attendance {
  /** May another job of the queue be taken now? False while it is paused, or at its limit. Answers from memory. */
  mayTake(queue: string): boolean
  /**
   * Runs a handler with the job in hand. What it returns or throws is passed on unchanged. `signal` is aborted when an operator
   * cancels the job.
   */
  run<Answer>(job: JobInHand, handler: (signal: AbortSignal) => Promise<Answer> | Answer): Promise<Answer>
}

/**
 * Attends any other worker loop.
 *
 * @example
 * const attendance = attend({ engine: 'my-queue', queues: { mail: 4 }, database: { url: databaseUrl } })
 * if (attendance.mayTake('mail')) await attendance.run(job, (signal) => handle(job, signal))
 */
export function attend({ engine, queues, slots, onWish, ...options }: NeutralOptions): NeutralAttendance {
  const companion = new Companion(options, engine)
  companion.slots = slots ?? null
  for (const [name, own] of Object.entries(queues)) {
    companion.serve({ name, slots: () => companion.limited(name, own), obey: onWish && ((wish) => onWish(name, wish)) })
  }
  return {
    id: companion.id,
    mayTake: (queue) => companion.mayTake(queue),
    run: (job, handler) => companion.run([job], ([run]) => handler(run!.controller.signal)),
    stop: () => companion.stop(),
  }
}
