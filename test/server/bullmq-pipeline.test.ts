import { execFile } from 'node:child_process'
import type { Queue } from 'bullmq'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bullmq } from '../../server/engines/bullmq/index.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { bullBackends, type BullWorld } from '../support/bullmq.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'

const reason = 'the mail server is back'

describe.each(bullBackends)('changes in BullMQ on $name', ({ skipped, start }) => {
  describe.skipIf(skipped)(skipped ? `skipped: ${skipped}` : 'leave two events', () => {
    let world: BullWorld
    let database: TestDatabase
    let client: Client
    let server: TestServer
    let mails: Queue
    let engine: Engine
    /** What the engine is made to do instead of a change. */
    let failure: Error | undefined
    beforeAll(async () => {
      world = await start()
      database = await createDatabase()
      client = new Client({ connectionString: database.url })
      await client.connect()
      mails = world.queue('mails')
      const real = bullmq({ queues: [mails] })
      engine = { ...real, act: (...asked) => (failure ? Promise.reject(failure) : real.act(...asked)) }
      server = await startServer({ database_: database, engine, cron: [] })
    })
    afterAll(async () => {
      await client?.end()
      await server?.stop()
      await world?.close()
    })

    /** A job that has failed for good; its public id. */
    async function makeFailed(): Promise<string> {
      const { id } = await mails.add('send', {}, { lifo: true })
      const hand = world.hand('mails')
      const job = (await hand.getNextJob('by hand', { block: false }))!
      await job.moveToFailed(new Error('smtp is down'), 'by hand', false)
      return `mails:${id}`
    }

    const retry = (id: string) => ({ action: 'retry_job', subject: { type: 'job', id }, input: {}, reason })
    const operate = (body: object, key: string = crypto.randomUUID()) => server.call('ops-demo', 'POST', '/operations', body, { 'idempotency-key': key })
    async function eventsOf(type: string, id: string): Promise<Record<string, unknown>[]> {
      return (await server.call('ops-demo', 'GET', `/audit-events?subjectType=${type}&subjectId=${encodeURIComponent(id)}`)).body.items!
    }
    const told = (events: Record<string, unknown>[]) => events.map(({ outcome, code, eventType }) => [eventType, outcome, code])
    const openRequests = async () => (await client.query('select event_id from ops.open_request')).rows.length

    test('requested before BullMQ is called, succeeded when it has answered', async () => {
      const id = await makeFailed()
      const key = crypto.randomUUID()
      const answer = await operate(retry(id), key)
      expect([answer.status, (answer.body.event as { outcome: string }).outcome]).toEqual([200, 'succeeded'])
      const events = await eventsOf('job', id)
      expect(told(events)).toEqual([
        ['job.retried', 'succeeded', undefined],
        ['job.retried', 'requested', undefined],
      ])
      expect(events.map((event) => event.reason)).toEqual([reason, reason])
      expect(await engine.read([id])).toMatchObject([{ state: 'available' }])
      expect((await operate(retry(id), key)).body).toEqual(answer.body)
      expect(await eventsOf('job', id)).toHaveLength(2)
      expect(await openRequests()).toBe(0)
    })

    test('failed when BullMQ fails, without its error text', async () => {
      const id = await makeFailed()
      failure = new Error('canary-url redis://user:password@host')
      const { status, text } = await operate(retry(id)).finally(() => (failure = undefined))
      expect(status).toBeGreaterThanOrEqual(500)
      expect(text).not.toContain('canary')
      const events = await eventsOf('job', id)
      expect(told(events)).toEqual([
        ['job.retried', 'failed', 'unavailable'],
        ['job.retried', 'requested', undefined],
      ])
      expect(JSON.stringify(events)).not.toContain('canary')
      expect(await engine.read([id])).toMatchObject([{ state: 'discarded' }])
      expect(await openRequests()).toBe(0)
    })

    test('a cancel reports before and after that the job is removed', async () => {
      const { id } = await mails.add('unwanted', {})
      const cancel = { action: 'cancel_job', subject: { type: 'job', id: `mails:${id}` }, input: {} }
      const preview = await server.call('ops-demo', 'POST', '/previews', cancel)
      expect(preview.body.plan).toMatchObject({ effect: 'It will not run again.', after: { state: 'removed' }, cautions: [expect.stringContaining('This cannot be undone.')] })
      expect((await operate({ ...cancel, reason })).status).toBe(200)
      const [event] = await eventsOf('job', `mails:${id}`)
      expect(event).toMatchObject({ outcome: 'succeeded', after: { state: 'removed' } })
      expect(await mails.getJob(String(id))).toBeUndefined()
    })

    test('also for a queue', async () => {
      expect((await operate({ action: 'pause_queue', subject: { type: 'queue', id: 'mails' }, input: {}, reason })).status).toBe(200)
      expect(await mails.isPaused()).toBe(true)
      expect((await operate({ action: 'resume_queue', subject: { type: 'queue', id: 'mails' }, input: {}, reason })).status).toBe(200)
      expect(await mails.isPaused()).toBe(false)
      expect(told(await eventsOf('queue', 'mails'))).toEqual([
        ['queue.resumed', 'succeeded', undefined],
        ['queue.resumed', 'requested', undefined],
        ['queue.paused', 'succeeded', undefined],
        ['queue.paused', 'requested', undefined],
      ])
    })

    /** Runs the operation, or the background loops, in a process that is killed while BullMQ is asked. */
    function dieAsking(asked: { OPERATION?: string; DIES: string; CALL?: string }): Promise<void> {
      const env = { ...process.env, DATABASE_URL: database.url, WHERE: world.where, QUEUE: 'mails', ...asked }
      return new Promise((resolve, reject) => {
        execFile(process.execPath, ['test/support/bullmq-crash-child.ts'], { env }, (error, _stdout, stderr) => {
          if ((error as { signal?: string } | null)?.signal === 'SIGKILL') resolve()
          else reject(new Error(`the child did not die as planned: ${stderr}`))
        })
      })
    }

    /** Another process that does the background work, until something holds. */
    async function withLoops(holds: () => Promise<boolean>): Promise<void> {
      const other = await startServer({ database_: { ...database, drop: async () => {} }, engine, cron: [], loops: true })
      try {
        for (const end = Date.now() + 20_000; !(await holds()) && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 50))
      } finally {
        await other.stop()
      }
    }

    test.each([
      { dies: 'before' as const, shows: { state: 'discarded', changedSince: false } },
      { dies: 'after' as const, shows: { state: 'available', changedSince: true } },
    ])('a process killed $dies the change leaves an orphan, which is settled with BullMQ’s state and without a claim', async ({ dies, shows }) => {
      const id = await makeFailed()
      await dieAsking({ OPERATION: JSON.stringify(retry(id)), DIES: dies })
      expect(told(await eventsOf('job', id))).toEqual([['job.retried', 'requested', undefined]])
      expect(await engine.read([id])).toMatchObject([{ state: shows.state }])
      await client.query("update ops.open_request set requested_at = requested_at - interval '2 minutes'")
      await withLoops(async () => (await openRequests()) === 0)
      const events = await eventsOf('job', id)
      expect(told(events)).toEqual([
        ['job.retried', 'failed', 'orphan_request'],
        ['job.retried', 'requested', undefined],
      ])
      expect(events[0]!.metadata).toMatchObject({ requested: events[1]!.id, engineShows: [{ job: id, ...shows }] })
      expect(String((events[0]!.metadata as { note: string }).note)).toContain('is unknown')
    })

    test('a bulk run killed in the middle continues, each job is retried once, and jobs with an unknown outcome are unconfirmed', async () => {
      const failing = await world.work('mails', () => Promise.reject(new Error('smtp is down')), { concurrency: 50 })
      for (let n = 0; n < 3; n++) await mails.addBulk(Array.from({ length: 400 }, () => ({ name: 'bulk', data: {} })))
      const selection = { filter: { queue: 'mails', state: 'discarded', worker: 'bulk' } }
      await expect.poll(async () => (await engine.count({ queue: 'mails', worker: 'bulk', states: ['discarded'] }, 2000)).count, { timeout: 20_000 }).toBe(1200)
      await failing.close()
      const asked = await operate({ action: 'retry_job', selection, input: {}, reason })
      expect(asked.status).toBe(202)
      const { id } = asked.body.bulk as { id: string }

      await dieAsking({ DIES: 'after', CALL: '2' })
      await client.query("update ops.open_request set requested_at = requested_at - interval '2 minutes'")
      await client.query("update ops.bulk_batch set requested_at = requested_at - interval '2 minutes' where requested_at is not null")
      const read = async () => (await server.call('ops-demo', 'GET', `/bulk/${id}`)).body
      await withLoops(async () => (await read()).status === 'finished')

      // One or both of its batches were at hand when the process was killed.
      const { done = 0, unconfirmed = 0 } = (await read()).outcomes as { done?: number; unconfirmed?: number }
      expect([done + unconfirmed, unconfirmed > 0]).toEqual([1200, true])
      expect(await engine.count({ queue: 'mails', worker: 'bulk', states: ['available'] }, 2000)).toMatchObject({ count: 1200 })
      const { jobs } = await engine.list({ queue: 'mails', worker: 'bulk' }, { order: 'newest', limit: 2000 })
      expect(new Set(jobs.map(({ id: job }) => job)).size).toBe(1200)
      expect(told(await eventsOf('bulk', id))).toEqual(expect.arrayContaining([['job.retried', 'requested', undefined], ['job.retried', 'succeeded', undefined]]))
      expect(await openRequests()).toBe(0)
    }, 60_000)
  })
})
