import { randomBytes } from 'node:crypto'
import { Logger, makeWorkerUtils, run, type Runner } from 'graphile-worker'
import { Pool } from 'pg'
import { graphileWorker } from '../../server/engines/graphile-worker/index.ts'
import type { EngineFixture, MadeJob } from '../engines/contract.ts'
import { createDatabase } from './postgres.ts'

export interface GraphileWorld extends EngineFixture {
  pool: Pool
  url: string
}

const logger = new Logger(() => () => {})

/** The real graphile-worker in a database of its own, with real runners. */
export async function startGraphileWorker({ sharesDatabase = true }: { sharesDatabase?: boolean } = {}): Promise<GraphileWorld> {
  const database = await createDatabase()
  const pool = new Pool({ connectionString: database.url, max: 12 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const utils = await makeWorkerUtils({ pgPool: pool, logger })
  await utils.migrate()
  await utils.release()
  const runners: Runner[] = []
  return {
    pool,
    url: database.url,
    engine: graphileWorker({ pool, sharesDatabase }),
    states: ['scheduled', 'available', 'executing', 'retryable', 'discarded'],
    missingId: '987654321',
    queue: async (word) => `${word}-${randomBytes(4).toString('hex')}`,
    make: (job, count = 1) => makeJobs(pool, job, count),
    async transact(work) {
      const client = await pool.connect()
      try {
        await client.query('begin')
        const answer = await work({ executeSql: (text, values) => client.query(text, values) })
        await client.query('commit')
        return answer
      } catch (error) {
        await client.query('rollback')
        throw error
      } finally {
        client.release()
      }
    },
    async work(queue, perform) {
      const taskList = { [queue]: (args: unknown, { job }: { job: { id: string } }) => perform({ id: job.id, args }) }
      runners.push(await run({ pgPool: pool, taskList, logger, concurrency: 1, pollInterval: 50, noHandleSignals: true, crontab: '' }))
    },
    async stop() {
      await Promise.all(runners.map((runner) => runner.stop().catch(() => {})))
      await pool.end()
      await database.drop()
    },
  }
}

/** With a worker of its own a job stands in a serial queue, else its task is its queue. */
async function makeJobs(pool: Pool, { queue, state, args = '{}', worker, error = 'it failed' }: MadeJob, count: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select (graphile_worker.add_job($2, $3::json, queue_name => $4, max_attempts => 3)).id::text as id from generate_series(1, $1)`,
    [count, worker ?? queue, args, worker === undefined ? null : queue],
  )
  const ids = rows.map(({ id }) => id)
  const changes: Partial<Record<MadeJob['state'], string>> = {
    scheduled: `run_at = now() + interval '10 minutes'`,
    executing: `locked_at = now(), locked_by = 'worker-elsewhere', attempts = 1`,
    retryable: `run_at = now() + interval '10 minutes', attempts = 1, last_error = $2`,
    discarded: `attempts = max_attempts, last_error = $2`,
  }
  const change = changes[state]
  if (change) await pool.query(`update graphile_worker._private_jobs set ${change} where id = any($1::bigint[])`, change.includes('$2') ? [ids, error] : [ids])
  return ids
}
