import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Queue } from 'bullmq'
import { bullmq } from '../../server/engines/bullmq.ts'
import type { Engine, SqlExecutor } from '../../server/engines/engine.ts'
import { bullBackends, type BullWorld } from '../support/bullmq.ts'

const tx: SqlExecutor = { executeSql: () => Promise.reject(new Error('BullMQ cannot join a transaction')) }

describe.each(bullBackends)('BullMQ on $name', ({ skipped, start }) => {
  describe.skipIf(skipped)(skipped ? `skipped: ${skipped}` : 'jobs and queues', () => {
    let world: BullWorld
    let mails: Queue
    let engine: Engine
    beforeAll(async () => {
      world = await start()
      mails = world.queue('mails')
      engine = bullmq({ queues: [mails] })
    })
    afterAll(() => world?.close())

    test('answers for its queues', async () => {
      expect(await engine.check()).toMatchObject({ ok: true, detail: 'BullMQ answers for 1 queue' })
    })

    test('a job of one slot is made once', async () => {
      const job = { queue: 'mails', worker: 'digest', args: { to: 'all' }, origin: { cronEntry: 'digest', slotAt: '2031-01-01T00:00:00.000Z' } }
      const first = await engine.enqueue(job, tx)
      expect(await engine.enqueue(job, tx)).toEqual(first)
      expect(first.id).toMatch(/^mails:ops-/)
      expect(await engine.count({ queue: 'mails' }, 100)).toEqual({ count: 1, how: 'exact' })
      expect(await engine.list({}, { order: 'newest', limit: 10 })).toMatchObject({ jobs: [{ id: first.id, worker: 'digest', state: 'available', args: { to: 'all' } }] })
    })
  })
})
