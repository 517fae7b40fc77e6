import { randomBytes } from 'node:crypto'
import type { Job, Queue, Worker } from 'bullmq'
import { bullmq } from '../../server/engines/bullmq/index.ts'
import type { SqlExecutor } from '../../server/engines/engine.ts'
import { parseExact } from '../../server/engines/exact-json.ts'
import type { EngineFixture, MadeJob } from '../engines/contract.ts'
import type { BullWorld } from './bullmq.ts'

const later = 600_000
const token = 'by hand'

/** BullMQ knows no transaction of ours, so there is none to begin. */
const noTransaction: SqlExecutor = { executeSql: () => Promise.reject(new Error('BullMQ joins no transaction')) }

/** What the engines' contract asks of a world of BullMQ. */
export async function startBullFixture(start: () => Promise<BullWorld>): Promise<EngineFixture> {
  const world = await start()
  const queues = new Map<string, Queue>()
  const hands = new Map<string, Worker>()
  const handOf = (queue: string): Worker => {
    const hand = hands.get(queue) ?? world.hand(queue)
    hands.set(queue, hand)
    return hand
  }
  return {
    engine: bullmq({ queues: () => [...queues.values()] }),
    states: ['scheduled', 'available', 'executing', 'retryable', 'completed', 'discarded'],
    missingId: `${queueName('missing')}:1`,
    async queue(word) {
      const name = queueName(word)
      queues.set(name, world.queue(name))
      return name
    },
    async make(job, count = 1) {
      const { queue, state } = job
      const added = await queues.get(queue)!.addBulk(Array.from({ length: count }, () => newJob(job)))
      if (state !== 'available' && state !== 'scheduled') for (const _job of added) await take(handOf(queue), job)
      return added.map(({ id }) => `${queue}:${id}`)
    },
    transact: (work) => work(noTransaction),
    async work(queue, run) {
      await world.work(queue, ({ id, data }) => run({ id: `${queue}:${id}`, args: data as unknown }))
    },
    stop: () => world.close(),
  }
}

const queueName = (word: string) => `${word}-${randomBytes(4).toString('hex')}`

/** What is to be taken goes to the front, so that it is taken before what else waits. */
function newJob({ queue, state, args = '{}', worker = queue }: MadeJob): Parameters<Queue['addBulk']>[0][number] {
  const opts = {
    scheduled: { delay: later },
    retryable: { lifo: true, attempts: 3, backoff: later },
    available: {},
  }[String(state)] ?? { lifo: true }
  return { name: worker, data: parseExact(args), opts }
}

async function take(hand: Worker, { state, error = 'it failed' }: MadeJob): Promise<void> {
  const job = (await hand.getNextJob(token, { block: false })) as Job | undefined
  if (!job) throw new Error('There was nothing to take')
  if (state === 'completed') await job.moveToCompleted(null, token, false)
  else if (state !== 'executing') await job.moveToFailed(new Error(error), token, false)
}
