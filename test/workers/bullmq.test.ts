import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client } from 'pg'
import type { ExecutorDetail, ExecutorList } from '../../schemas/index.ts'
import { bullmq } from '../../server/engines/bullmq/index.ts'
import { attendBullMQ } from '../../server/workers/index.ts'
import { bullBackends, type BullWorld } from '../support/bullmq.ts'
import { startServer, type TestServer } from '../support/server.ts'

function gate(): { open(): void; passed: Promise<void> } {
  let open = () => {}
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { open, passed }
}

describe.each(bullBackends)('BullMQ on $name', ({ start, skipped }) => {
  let world: BullWorld
  let server: TestServer
  let client: Client
  beforeAll(async () => {
    if (skipped) return
    world = await start()
    server = await startServer({ engine: bullmq({ queues: () => [world.queue('mail')] }) })
    client = new Client({ connectionString: server.database.url })
    await client.connect()
  })
  afterAll(async () => {
    await client?.end()
    await world?.close()
    await server?.stop()
  })
  const list = async (query = '') => (await server.call('ops-demo', 'GET', `/executors?${query}`)).body as unknown as ExecutorList

  test.skipIf(skipped)('workers report queue, slots and jobs in hand, who ran what failed, and sign off when the last is closed', async () => {
    const { open: release, passed } = gate()
    const worker = await world.work('mail', async (job) => {
      if (job.name === 'failing') throw new Error('no route')
      await passed
      return 'sent'
    }, { concurrency: 3 })
    const { id } = attendBullMQ(worker, { database: { url: server.database.url }, version: 'v412' })
    const failing = await world.queue('mail').add('failing', {})
    const job = await world.queue('mail').add('send', {})
    await expect.poll(async () => (await client.query('select executor_id, job_id, outcome from ops.executor_run')).rows).toEqual([{ executor_id: id, job_id: `mail:${failing.id}`, outcome: 'failed' }])
    const detail = async () => (await server.call('ops-demo', 'GET', `/executors/${id}`)).body as unknown as ExecutorDetail
    await expect.poll(detail, { timeout: 15_000 }).toMatchObject({ version: 'v412', slots: 3, queues: [{ name: 'mail', slots: 3, used: 1 }], jobs: [{ id: `mail:${job.id}`, worker: 'send', attempt: 1, state: 'executing' }] })
    release()
    await expect.poll(() => job.getState()).toBe('completed')
    await worker.close()
    await expect.poll(() => list()).toMatchObject({ items: [], summary: { ended: 1 } })
  })

  test.skipIf(skipped)('a running job, which BullMQ cannot cancel, is cancelled by its executor, and is not tried again', async () => {
    let attempts = 0
    const worker = await world.work('mail', (_job, _token, signal) => new Promise((_resolve, reject) => { attempts += 1; signal!.addEventListener('abort', () => reject(signal!.reason as Error)) }))
    attendBullMQ(worker, { database: { url: server.database.url } })
    const job = await world.queue('mail').add('send', {}, { attempts: 5 })
    await expect.poll(() => attempts).toBe(1)
    await expect.poll(async () => (await list()).items.length).toBe(1)
    const answer = await server.call('ops-demo', 'POST', '/operations', { action: 'cancel_job', subject: { type: 'job', id: `mail:${job.id}` }, reason: 'sent to the wrong list' }, { 'idempotency-key': crypto.randomUUID() })
    expect(answer).toMatchObject({ status: 200, body: { event: { after: { state: 'executing', stopRequested: true } } } })
    await expect.poll(() => job.getState(), { timeout: 3_000 }).toBe('failed')
    expect(attempts).toBe(1)
    expect((await client.query('select outcome from ops.executor_stop')).rows.map(({ outcome }) => outcome as string | null)).toHaveLength(1)
    await worker.close()
  })

  test.skipIf(skipped)('workers that nobody attends are listed as far as the store lists its clients', async () => {
    const worker = await world.work('mail', async () => {}, { name: 'printer' })
    const listed = await bullmq({ queues: () => [world.queue('mail')] }).listExecutors!()
    if (listed) expect(listed).toMatchObject([{ name: 'printer', beatAt: null, queues: [{ name: 'mail', slots: null }] }])
    await worker.close()
  })
})
