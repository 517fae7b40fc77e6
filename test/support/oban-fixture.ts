import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { type ObanWorker, startObanWorker } from '../../demo-host/engines/oban-worker.ts'
import type { EngineFixture, MadeJob } from '../engines/contract.ts'
import { type ObanJob, startOban } from './oban.ts'

/** An Oban to hold to the contract, with the stand-in for its node that the demo runs. */
export async function startObanFixture(version: number): Promise<EngineFixture & { url: string }> {
  const world = await startOban(version, { workerOf: () => 'Contract.Worker' })
  const workers = new Map<string, ObanWorker>()
  const signals = await hearSignals(world.url)
  return {
    url: world.url,
    engine: world.engine,
    states: ['scheduled', 'available', 'executing', 'retryable', 'completed', 'cancelled', 'discarded'],
    missingId: '987654321',
    queue: async (word) => `${word}-${randomBytes(4).toString('hex')}`,
    make: (job, count = 1) => world.insertMany(rowOf(job), count),
    async transact(work) {
      const answer = await world.transact(work)
      // What a signal asks is so a moment after the transaction, as with every Oban.
      for (const { action, queue = '', job_id: id } of await signals.upToNow()) {
        const worker = workers.get(queue)
        if (worker && action === 'pause') await until(() => worker.isPaused(queue))
        if (action === 'pkill') await until(() => [...workers.values()].every((each) => !each.isRunning(String(id))))
      }
      return answer
    },
    async work(queue, run) {
      const worker = await startObanWorker({
        sql: world.pool,
        url: world.url,
        node: `node-${workers.size + 1}`,
        queues: { [queue]: 1 },
        pollMilliseconds: 50,
        perform: async ({ id, args }) => {
          await run({ id, args })
          return {}
        },
      })
      workers.set(queue, worker)
    },
    async stop() {
      await Promise.all([...workers.values()].map((worker) => worker.stop()))
      await signals.close()
      await world.stop()
    },
  }
}

function rowOf({ queue, state, args, error = 'it failed', worker, tags, lost }: MadeJob): ObanJob {
  const began = lost ? -7200 : -5
  const failed = [{ attempt: 1, at: new Date().toISOString(), error }]
  const byState: Record<MadeJob['state'], ObanJob> = {
    scheduled: { scheduledIn: 600 },
    available: {},
    executing: { attempt: 1, attemptedIn: began, attemptedBy: ['elsewhere', 'a5f0'] },
    retryable: { attempt: 1, attemptedIn: began, scheduledIn: 600, errors: failed },
    completed: { attempt: 1, attemptedIn: began, completedIn: -1 },
    cancelled: { cancelledIn: -1 },
    discarded: { attempt: 3, maxAttempts: 3, attemptedIn: began, discardedIn: -1, errors: [{ ...failed[0], attempt: 3 }] },
  }
  return { queue, state, args, worker, tags, ...byState[state] }
}

interface HeardSignal {
  action?: string
  queue?: string
  job_id?: number
}

async function hearSignals(url: string): Promise<{ upToNow(): Promise<HeardSignal[]>; close(): Promise<void> }> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('listen "public.oban_signal"; listen now')
  let heard: HeardSignal[] = []
  let reached = () => {}
  client.on('notification', ({ channel, payload = '{}' }) => (channel === 'now' ? reached() : heard.push(JSON.parse(payload) as HeardSignal)))
  return {
    async upToNow() {
      const now = new Promise<void>((resolve) => (reached = resolve))
      await client.query('notify now')
      await now
      const signals = heard
      heard = []
      return signals
    },
    close: () => client.end(),
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
