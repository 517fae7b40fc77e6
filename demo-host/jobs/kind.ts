import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from 'pg'

/** Passed to a running job. */
export interface Work {
  sql: Pool
  startedAt: Date
  /** Starts at 1. */
  attempt: number
  /** Simulates work; throws if the job is cancelled or the shop closes. */
  take(seconds: number): Promise<void>
}

/** One kind of job. Engines that keep a job's output store what `run` returns. */
export interface JobKind {
  queue: string
  /** Default 3. */
  attempts?: number
  /** Seconds between two attempts. Default 10. */
  retryDelaySeconds?: number
  /** Seconds after which a run counts as lost. Default 900. */
  timeLimitSeconds?: number
  /** Jobs that run at once. Default 1. */
  concurrency?: number
  /** False: no worker of the shop takes these jobs. */
  attended?: false
  run(args: Record<string, unknown>, work: Work): Promise<Record<string, unknown>>
}

/** The name of a kind's worker, for engines that require one. */
export function workerOf(queue: string): string {
  return `Shop.${queue.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}`
}

export interface TakeOptions {
  /** Aborted when the shop closes: the job is retried after the next start. */
  closing: AbortSignal
  /** Aborted when the job is cancelled, on engines that signal it. */
  cancelled?: AbortSignal
}

export function takingTime({ closing, cancelled }: TakeOptions): Work['take'] {
  const signal = cancelled ? AbortSignal.any([closing, cancelled]) : closing
  return async (seconds) => {
    for (let left = seconds; left > 0; left -= 2) {
      await wait(Math.min(left, 2) * 1000, undefined, { signal }).catch(() => {})
      if (cancelled?.aborted) throw new Error('The job was cancelled while it ran.')
      if (closing.aborted) throw new Error('The shop is closing; the job will be retried after the next start.')
    }
  }
}
