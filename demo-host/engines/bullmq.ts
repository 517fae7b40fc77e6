import { createPostgresBackend, createRedisBackend, Queue, runMigrations, Worker } from 'bullmq'
import { bullBoard } from 'ops-powertools/bridges/bull-board'
import { bullmq } from 'ops-powertools/engines/bullmq'
import { attendBullMQ } from 'ops-powertools/workers'
import { Pool } from 'pg'
import { jobKinds } from '../jobs/index.ts'
import { type JobKind, takingTime, workerOf } from '../jobs/kind.ts'
import type { OpenEngineOptions, ShopEngine } from './engine.ts'
import { reportEveryMinute } from './report.ts'

const day = 86_400

/** BullMQ on Redis if `REDIS_URL` is set, otherwise in the schema `bullmq` of the shop's database. */
export function openBullMq({ url, sql, opsSchema }: OpenEngineOptions): ShopEngine {
  const store = process.env.REDIS_URL ? onRedis(process.env.REDIS_URL) : onPostgres(url)
  const report = reportEveryMinute('bullmq')
  let opened: Map<string, Queue> | undefined
  /** Opened on first use, which in a new database is after its tables have been created. */
  const queues = () => (opened ??= new Map(jobKinds.map((kind) => [kind.queue, openQueue(kind, store, report)])))
  const workers: Worker[] = []
  return {
    engine: bullmq({ queues: () => [...queues().values()] }),
    bridges: [bullBoard({ queues: () => [...queues().values()] })],
    dashboard: { name: 'Bull Board bridge', href: '/ops/jobs/bull-board' },
    prepare: () => store.prepare(),
    async start(kinds, closing) {
      for (const { queue, concurrency = 1, run } of kinds.filter(({ attended }) => attended !== false)) {
        const worker = new Worker<Record<string, unknown>>(
          queue,
          (job, _token, cancelled) => run(job.data, { sql, startedAt: new Date(), attempt: job.attemptsMade + 1, take: takingTime({ closing, cancelled }) }),
          { connection: store.workers, concurrency, prefix },
          store.backend,
        )
        worker.on('error', report)
        workers.push(worker)
      }
      attendBullMQ(workers, { database: { url, schema: opsSchema } })
    },
    async send({ queue, args, inSeconds = 0 }) {
      await queues().get(queue)!.add(workerOf(queue), args, inSeconds < 0 ? { timestamp: Date.now() + inSeconds * 1000 } : { delay: inSeconds * 1000 })
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.close()))
      await Promise.all([...(opened?.values() ?? [])].map((queue) => queue.close()))
      await store.close()
    },
  }
}

/** Several shops can share one Redis when each has a prefix of its own. */
const prefix = process.env.DEMO_REDIS_PREFIX ?? 'shop'

function openQueue({ queue, attempts = 3, retryDelaySeconds = 10 }: JobKind, store: Store, report: (error: Error) => void): Queue {
  const defaultJobOptions = {
    attempts,
    backoff: { type: 'fixed', delay: retryDelaySeconds * 1000 },
    removeOnComplete: { age: day, count: 5000 },
    removeOnFail: { age: 7 * day },
  }
  const opened = new Queue(queue, { connection: store.queues, prefix, defaultJobOptions }, store.backend)
  opened.on('error', report)
  return opened
}

/** BullMQ's connection. The types are those of Redis, its default; the PostgreSQL backend uses the pool. */
interface Store {
  backend: typeof createRedisBackend
  queues: object
  workers: object
  prepare(): Promise<void>
  close(): Promise<void>
}

function onRedis(url: string): Store {
  const { hostname, port, username, password, pathname } = new URL(url)
  const connection = { host: hostname, port: Number(port || 6379), username, password, db: Number(pathname.slice(1) || 0) }
  return { backend: createRedisBackend, queues: connection, workers: connection, prepare: async () => {}, close: async () => {} }
}

/** Each worker holds one connection for listening, so the workers have a separate pool. */
function onPostgres(url: string): Store {
  const pools = [6, jobKinds.length + 6].map((max) => {
    const pool = new Pool({ connectionString: url, max, options: '-c search_path=bullmq', allowExitOnIdle: true, keepAlive: true })
    pool.setMaxListeners(100)
    pool.on('error', () => {})
    return pool
  })
  const [queues, workers] = pools as [Pool, Pool]
  return {
    backend: createPostgresBackend as unknown as typeof createRedisBackend,
    queues,
    workers,
    async prepare() {
      const client = await queues.connect()
      try {
        await runMigrations(client)
      } finally {
        client.release()
      }
    },
    close: async () => void (await Promise.all(pools.map((pool) => pool.end()))),
  }
}
