import { makeWorkerUtils, Logger, run, type Runner, type TaskList, type WorkerUtils } from 'graphile-worker'
import { graphileWorker } from 'ops-powertools/engines/graphile-worker'
import { attendGraphileWorker } from 'ops-powertools/workers'
import { takingTime } from '../jobs/kind.ts'
import type { OpenEngineOptions, ShopEngine } from './engine.ts'
import { reportEveryMinute } from './report.ts'

/** graphile-worker in its own schema of the shop's database: one task per kind of job, and one worker pool for all of them. */
export function openGraphileWorker({ url, sql, opsSchema }: OpenEngineOptions): ShopEngine {
  const report = reportEveryMinute('graphile-worker')
  const logger = new Logger(() => (level, message) => level === 'error' && !message.startsWith('Failed task') && report(new Error(message)))
  const attempts = new Map<string, number>()
  let utils: WorkerUtils | undefined
  let runner: Runner | undefined
  return {
    engine: graphileWorker({ pool: sql }),
    bridges: [],
    async prepare() {
      utils = await makeWorkerUtils({ pgPool: sql, logger })
      await utils.migrate()
    },
    async start(kinds, closing) {
      const taskList: TaskList = {}
      for (const { queue, attempts: most = 3, attended, run: work } of kinds) {
        attempts.set(queue, most)
        if (attended === false) continue
        taskList[queue] = async (payload, { job, abortSignal }) => {
          const take = takingTime({ closing, cancelled: abortSignal })
          await work(payload as Record<string, unknown>, { sql, startedAt: new Date(), attempt: job.attempts, take })
        }
      }
      const attendance = await attendGraphileWorker(
        { pgPool: sql, taskList, logger, concurrency: kinds.length, pollInterval: 1000, noHandleSignals: true, crontab: '' },
        { database: { url, schema: opsSchema } },
      )
      runner = await run(attendance.options)
    },
    async send({ queue, args, inSeconds }) {
      const runAt = inSeconds === undefined ? undefined : new Date(Date.now() + inSeconds * 1000)
      await utils!.addJob(queue, args, { maxAttempts: attempts.get(queue), runAt })
    },
    async stop() {
      await runner?.stop()
      await utils?.release()
    },
  }
}
