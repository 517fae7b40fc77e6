import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from 'pg'

/** What a running job is given. */
export interface Work {
  sql: Pool
  startedAt: Date
  /** From 1. */
  attempt: number
  /** Waits like real work does, and throws when the job was cancelled or the shop closes. */
  take(seconds: number): Promise<void>
}

/** One kind of job. What `run` answers is kept by engines that keep a job's output. */
export interface JobKind {
  queue: string
  /** Default 3. */
  attempts?: number
  /** Between two attempts. Default 10. */
  retryDelaySeconds?: number
  /** Longest run that is still believed. Default 900. */
  timeLimitSeconds?: number
  /** At once. Default 1. */
  concurrency?: number
  run(args: Record<string, unknown>, work: Work): Promise<Record<string, unknown>>
}

/** What runs a kind's jobs, as engines name it that want a name for it. */
export function workerOf(queue: string): string {
  return `Shop.${queue.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}`
}

export interface TakeOptions {
  /** Aborted when the shop closes: the job is tried again after the next start. */
  closing: AbortSignal
  /** Aborted when the job was cancelled, by engines that tell so. */
  cancelled?: AbortSignal
  /** Asked every two seconds, for engines that do not. */
  stillWanted?(): Promise<boolean>
}

export function takingTime({ closing, cancelled, stillWanted = () => Promise.resolve(true) }: TakeOptions): Work['take'] {
  const signal = cancelled ? AbortSignal.any([closing, cancelled]) : closing
  return async (seconds) => {
    for (let left = seconds; left > 0; left -= 2) {
      await wait(Math.min(left, 2) * 1000, undefined, { signal }).catch(() => {})
      if (cancelled?.aborted) throw new Error('The job was cancelled while it ran.')
      if (closing.aborted) throw new Error('The shop is closing; the job is tried again after the next start.')
      if (!(await stillWanted())) throw new Error('The job was cancelled while it ran.')
    }
  }
}
