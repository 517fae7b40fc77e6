import type { Queue } from 'bullmq'
import { bullmq } from '../../server/engines/bullmq/index.ts'
import type { BullWorld } from '../support/bullmq.ts'
import { createDatabase } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'
import { bullRows } from './model-bullmq-rows.ts'
import { attempts, type ModelWorld, pauseSeconds, sameAsRunning, type Work } from './model-world.ts'

export async function startBullModel(startWorld: () => Promise<BullWorld>): Promise<ModelWorld> {
  const world = await startWorld()
  let queues: Queue[] = []
  const engine = bullmq({ queues: () => queues })
  const rows = bullRows(world)
  const database = await createDatabase()
  const server = await startServer({ engine, cron: [], database_: database })
  let trials = 0
  return {
    server,
    engine,
    possible: {
      retry: ['retryable', 'completed', 'discarded'],
      cancel: ['scheduled', 'available', 'retryable'],
      discard: [],
      restore: [],
      rescue: [],
    },
    tellsWhoRemoved: (JSON.parse(world.where) as { onPostgres: boolean }).onPostgres,
    keeps: { cancelled: false, completed: true },
    restMilliseconds: 150,
    async begin(perform) {
      trials++
      const names = [`a${trials}`, `b${trials}`] as const
      queues = names.map((name) => world.queue(name))
      const workers = await Promise.all(
        names.map((queue) =>
          world.work(queue, ({ id, data }) => perform({ id: `${queue}:${id}`, queue, work: data as Work }), { concurrency: 2 }),
        ),
      )
      const named = (name: string) => queues.find((queue) => queue.name === name)!
      return {
        queues: names,
        async add(queue, work, later) {
          const delay = later ? { delay: pauseSeconds * 1000 } : {}
          const { id } = await named(queue).add('work', work, { attempts, backoff: pauseSeconds * 1000, ...delay })
          return `${queue}:${id}`
        },
        look: () => rows.look(queues),
        async passTime() {
          for (const queue of queues) for (const job of await queue.getDelayed()) await job.promote().catch(ignoreGone)
        },
        isPaused: (queue) => rows.isPaused(named(queue)),
        isSettled: sameAsRunning,
        async end() {
          await Promise.all(workers.map((worker) => worker.close()))
        },
      }
    },
    async stop() {
      await server.stop()
      await rows.close()
      await world.close()
    },
  }
}

/** An operator was faster. */
function ignoreGone(error: { code?: unknown }): void {
  if (error.code !== -1 && error.code !== -3) throw error
}
