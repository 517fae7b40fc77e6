import { setTimeout as wait } from 'node:timers/promises'
import type { PgBoss, Queue } from 'pg-boss'
import type { Pool } from 'pg'

/** What a running job is given. */
export interface Work {
  sql: Pool
  startedAt: Date
  /** Waits like real work does, and throws when the job was cancelled or the shop closes. */
  take(seconds: number): Promise<void>
}

/** One kind of job. What `run` answers is kept by the engine as the job's output. */
export interface JobKind {
  queue: string
  options?: Omit<Queue, 'name'>
  run(args: Record<string, unknown>, work: Work): Promise<Record<string, unknown>>
}

export interface WorkersOptions {
  boss: PgBoss
  sql: Pool
  kinds: readonly JobKind[]
  /** Aborted when the shop closes: running jobs end and are tried again at the next start. */
  closing: AbortSignal
}

/** Makes each kind's queue and a worker that takes from it. */
export async function startWorkers({ boss, sql, kinds, closing }: WorkersOptions): Promise<void> {
  for (const { queue, options, run } of kinds) {
    await boss.createQueue(queue, options)
    await boss.work<Record<string, unknown>>(queue, { pollingIntervalSeconds: 1 }, async ([job]) => {
      const stillWanted = async () => (await boss.findJobs(queue, { id: job!.id }))[0]?.state === 'active'
      return run(job!.data ?? {}, { sql, startedAt: new Date(), take: (seconds) => take(seconds, closing, stillWanted) })
    })
  }
}

async function take(seconds: number, closing: AbortSignal, stillWanted: () => Promise<boolean>): Promise<void> {
  for (let left = seconds; left > 0; left -= 2) {
    await wait(Math.min(left, 2) * 1000, undefined, { signal: closing }).catch(() => {
      throw new Error('The shop is closing; the job is tried again after the next start.')
    })
    if (!(await stillWanted())) throw new Error('The job was cancelled while it ran.')
  }
}
