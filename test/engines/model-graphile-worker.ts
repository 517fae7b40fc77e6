import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import { Pool } from 'pg'
import { graphileWorker } from '../../server/engines/graphile-worker/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'
import { attempts, type ModelWorld, pauseSeconds, type Raw, sameAsRunning, type Work } from './model-world.ts'

const logger = new Logger(() => () => {})

const stateOf = `case when locked_by is not null then 'executing' when attempts >= max_attempts then 'discarded'
  when run_at <= now() then 'available' when attempts = 0 then 'scheduled' else 'retryable' end`

/** One queue is a task, whose jobs run side by side; the other is a serial queue of that name. */
export async function startGraphileWorkerModel(): Promise<ModelWorld> {
  const database = await createDatabase()
  const pool = new Pool({ connectionString: database.url, max: 8 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const utils = await makeWorkerUtils({ pgPool: pool, logger })
  await utils.migrate()
  const engine = graphileWorker({ pool })
  const server = await startServer({ engine, cron: [], database_: { url: database.url, drop: async () => {} } })
  const waiting = ['scheduled', 'available', 'retryable'] as const
  let trials = 0
  return {
    server,
    engine,
    possible: { retry: ['retryable', 'discarded'], cancel: waiting, discard: waiting, restore: ['discarded'], rescue: [] },
    tellsWhoRemoved: true,
    keeps: { cancelled: false, completed: false },
    restMilliseconds: 150,
    async begin(perform) {
      trials++
      const queues = [`a${trials}`, `b${trials}`] as const
      const [task, serial] = [queues[0], `serial${trials}`]
      const runner = await run({
        pgPool: pool,
        logger,
        concurrency: 3,
        pollInterval: 50,
        noHandleSignals: true,
        crontab: '',
        taskList: {
          [task]: (work, { job }) => perform({ id: job.id, queue: queues[0], work: work as Work }),
          [queues[1]]: (work, { job }) => perform({ id: job.id, queue: queues[1], work: work as Work }),
          [serial]: (work, { job }) => perform({ id: job.id, queue: queues[1], work: work as Work }),
        },
      })
      const identifiers = [queues[0], queues[1], serial]
      const ours = `graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = any($1)`
      return {
        queues,
        async add(queue, work, later) {
          const runAt = later ? { runAt: new Date(Date.now() + pauseSeconds * 1000) } : {}
          const own = queue === queues[1] ? { queueName: queue } : {}
          const job = await utils.addJob(queue === queues[1] ? serial : task, work, { maxAttempts: attempts, ...own, ...runAt })
          return job.id
        },
        async look() {
          const { rows } = await pool.query<Raw & { id: string }>(
            `select j.id::text, ${stateOf} as state, j::text as mark from ${ours} order by j.id`,
            [identifiers],
          )
          return new Map(rows.map(({ id, ...raw }) => [id, raw]))
        },
        async passTime() {
          await pool.query(
            `update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_by is null and attempts < max_attempts
             and task_id in (select id from graphile_worker._private_tasks where identifier = any($1))`,
            [identifiers],
          )
        },
        isSettled: sameAsRunning,
        end: () => runner.stop(),
      }
    },
    async stop() {
      await server.stop()
      await utils.release()
      await pool.end()
      await database.drop()
    },
  }
}
