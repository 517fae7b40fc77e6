import type { Queue } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bullmq } from '../../server/engines/bullmq/index.ts'
import { bullBackends, type BullWorld } from '../support/bullmq.ts'
import { startServer, type TestServer } from '../support/server.ts'

describe.each(bullBackends)('a server over BullMQ on $name', ({ skipped, start }) => {
  describe.skipIf(skipped)(skipped ? `skipped: ${skipped}` : 'shows', () => {
    let world: BullWorld
    let server: TestServer
    let nightly: Queue
    beforeAll(async () => {
      world = await start()
      nightly = world.queue('nightly_sync')
      const many = Array.from({ length: 12 }, (_, index) => world.queue(`queue_${index}`))
      for (const queue of many) {
        await queue.addBulk(Array.from({ length: 100 }, (_, n) => ({ name: n % 50 ? 'bulk' : 'rare', data: { n, password: 'canary-secret' } })))
      }
      server = await startServer({ engine: bullmq({ queues: [nightly, ...many] }) })
    })
    afterAll(async () => {
      await server?.stop()
      await world?.close()
    })

    test('every job once, page by page, over many queues, with cursors that fit into an address', async () => {
      const seen = new Set<string>()
      let cursor: string | undefined
      let pages = 0
      do {
        const { status, body, text } = await server.call('ops-demo', 'GET', `/jobs?limit=200${cursor ? `&cursor=${cursor}` : ''}`)
        expect([status, text.includes('canary')]).toEqual([200, false])
        for (const { id } of body.items!) seen.add(String(id))
        cursor = body.nextCursor as string | undefined
        pages++
      } while (cursor)
      expect([seen.size, pages]).toEqual([1200, 6])
    })

    test('no key of its own as a job, and lets nobody remove one', async () => {
      await nightly.pause()
      const own = ['meta', 'id', 'wait', 'paused', 'active', 'events', 'marker', 'pc', 'stalled', 'metrics:completed', '1:logs', '1:dependencies', '1:processed', '']
      for (const word of own) {
        const id = `nightly_sync:${word}`
        const reason = 'the mail server is back'
        for (const [status, answer] of [
          [404, await server.call('ops-demo', 'GET', `/jobs/${encodeURIComponent(id)}`)],
          [404, await server.call('ops-demo', 'POST', '/operations', { action: 'cancel_job', subject: { type: 'job', id }, reason }, { 'idempotency-key': crypto.randomUUID() })],
          [404, await server.call('ops-demo', 'POST', '/previews', { action: 'cancel_job', selection: { filter: { id } } })],
          [409, await server.call('ops-demo', 'POST', '/operations', { action: 'cancel_job', selection: { ids: [id] }, reason }, { 'idempotency-key': crypto.randomUUID() })],
        ] as const) {
          expect([word, answer.status], answer.text).toEqual([word, status])
        }
      }
      expect(await nightly.isPaused()).toBe(true)
      await nightly.resume()
    })

    test('counts and finds by what BullMQ cannot search', async () => {
      expect((await server.call('ops-demo', 'GET', '/jobs/count?state=available')).body).toMatchObject({ count: 1200, how: 'exact' })
      expect((await server.call('ops-demo', 'GET', '/jobs?worker=rare&limit=200')).body.items).toHaveLength(24)
      expect((await server.call('ops-demo', 'GET', `/jobs?queue=queue_3&args=${encodeURIComponent('{"n":7}')}`)).body.items).toMatchObject([{ queue: 'queue_3', args: { n: 7, password: '[hidden]' } }])
    })

    test('a cron entry’s job, with its slot and why it waits', async () => {
      const headers = { 'idempotency-key': 'run once' }
      const body = { action: 'run_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }
      expect((await server.call('ops-demo', 'POST', '/operations', body, headers)).status).toBe(200)
      expect((await server.call('ops-demo', 'POST', '/operations', body, headers)).status).toBe(200)
      const [job, ...others] = (await server.call('ops-demo', 'GET', '/jobs?cronEntry=nightly_sync')).body.items!
      expect(others).toEqual([])
      const { body: detail } = await server.call('ops-demo', 'GET', `/jobs/${encodeURIComponent(String(job!.id))}`)
      expect(detail).toMatchObject({ queue: 'nightly_sync', state: 'available', engineState: 'waiting', origin: { cronEntry: 'nightly_sync' }, waiting: [{ reason: 'no_executor' }] })
      expect(detail.operations).toMatchObject({ cancel_job: { allowed: true }, discard_job: { allowed: false, reason: expect.stringContaining('only the worker') as string } })
    })

    test('a page of the list is refused in words when its cursor is of another list', async () => {
      const first = await server.call('ops-demo', 'GET', '/jobs?limit=10')
      const { status, body } = await server.call('ops-demo', 'GET', `/jobs?limit=10&queue=queue_1&state=completed,available&cursor=${first.body.nextCursor as string}`)
      expect([status, body.code]).toEqual([400, 'invalid_request'])
    })
  })
})
