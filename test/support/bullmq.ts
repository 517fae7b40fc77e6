import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { createPostgresBackend, createRedisBackend, FlowProducer, Queue, Worker, type Processor } from 'bullmq'
import { createDatabase } from './postgres.ts'

/** BullMQ on one of its two backends, with queues and workers of a test's own. */
export interface BullWorld {
  /** Tells another process where this world is. */
  readonly where: string
  queue(name: string): Queue
  /** Runs until the world closes. */
  work(name: string, run: Processor, options?: Record<string, unknown>): Promise<Worker>
  /** A worker that takes jobs only when it is told to. */
  hand(name: string): Worker
  flow(): FlowProducer
  close(): Promise<void>
}

export interface BullBackendUnderTest {
  name: string
  /** Why it cannot run here. */
  skipped?: string
  start(): Promise<BullWorld>
}

export const redisUrl = process.env.REDIS_URL

export const bullBackends: BullBackendUnderTest[] = [
  { name: 'PostgreSQL', start: startOnPostgres },
  { name: 'Redis', skipped: whyNoRedis(), start: startOnRedis },
]

function whyNoRedis(): string | undefined {
  if (!redisUrl) return 'REDIS_URL is not set'
  try {
    createRequire(import.meta.resolve('bullmq')).resolve('ioredis')
    return undefined
  } catch {
    return 'ioredis, which BullMQ asks for, is not installed'
  }
}

async function startOnPostgres(): Promise<BullWorld> {
  const database = await createDatabase({ empty: true })
  const connection = { connectionString: database.url, migrate: true, max: 4 }
  return world({ options: { connection }, backend: postgresBackend, drop: () => database.drop() })
}

async function startOnRedis(): Promise<BullWorld> {
  const { hostname, port, username, password } = new URL(redisUrl!)
  const connection = { host: hostname, port: Number(port || 6379), username, password }
  return world({ options: { connection, prefix: `test-${randomBytes(6).toString('hex')}` }, backend: createRedisBackend, obliterate: true })
}

/** A queue of a world that another process has made. */
export function queueOf(where: string, name: string): Queue {
  const { options, onPostgres } = JSON.parse(where) as { options: Options; onPostgres: boolean }
  return new Queue(name, options, onPostgres ? postgresBackend : createRedisBackend)
}

interface Options {
  connection: object
  prefix?: string
}
type Backend = typeof createRedisBackend
/** BullMQ's types follow the backend; here both go by those of Redis. */
const postgresBackend = createPostgresBackend as unknown as Backend

interface WorldOptions {
  options: Options
  backend: Backend
  /** Where the store outlives the test, the queues must go. */
  obliterate?: boolean
  drop?(): Promise<void>
}

function world({ options, backend, obliterate, drop }: WorldOptions): BullWorld {
  const queues: Queue[] = []
  const open: { close(force?: boolean): Promise<void> }[] = []
  return {
    where: JSON.stringify({ options, onPostgres: !obliterate }),
    queue(name) {
      const queue = new Queue(name, options, backend)
      queue.on('error', () => {})
      queues.push(queue)
      return queue
    },
    async work(name, run, extra = {}) {
      const worker = new Worker(name, run, { ...options, ...extra }, backend)
      open.push(worker)
      worker.on('error', () => {})
      await worker.waitUntilReady()
      return worker
    },
    hand(name) {
      const worker = new Worker(name, null, { ...options, autorun: false, lockDuration: 600_000 }, backend)
      open.push(worker)
      worker.on('error', () => {})
      return worker
    },
    flow() {
      const flow = new FlowProducer(options, backend)
      open.push(flow)
      return flow
    },
    async close() {
      await Promise.all(open.map((opened) => opened.close(true)))
      if (obliterate) for (const queue of queues) await queue.obliterate({ force: true })
      await Promise.all(queues.map((queue) => queue.close()))
      await drop?.()
    },
  }
}
