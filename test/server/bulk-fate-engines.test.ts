import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BulkRun } from '../../schemas/index.ts'
import { openDatabase } from '../../server/db/database.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { followRuns } from '../../server/operations/bulk/follow.ts'
import type { EngineFixture } from '../engines/contract.ts'
import { startBullFixture } from '../support/bullmq-fixture.ts'
import { bullBackends } from '../support/bullmq.ts'
import { startGraphileWorker } from '../support/graphile-worker.ts'
import { startObanFixture } from '../support/oban-fixture.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

type World = EngineFixture & { url?: string }
interface Case {
  name: string
  skipped?: string
  start: () => Promise<World>
  /** What becomes of a job that completes. */
  done: 'completed' | 'gone'
}

const cases: Case[] = [
  { name: 'Oban', start: () => startObanFixture(15), done: 'completed' },
  // It deletes what has completed, so that how those jobs ended is not known.
  { name: 'graphile-worker', start: () => startGraphileWorker(), done: 'gone' },
  ...bullBackends.map(({ name, skipped, start }): Case => ({ name: `BullMQ on ${name}`, skipped, start: () => startBullFixture(start), done: 'completed' })),
]

describe.each(cases)('with $name, what became of the jobs of a run', ({ skipped, start, done }) => {
  describe.skipIf(skipped)(skipped ? `skipped: ${skipped}` : 'that real workers took', () => {
    let world: World
    let server: TestServer
    let follower: RunningKit
    let client: Client
    beforeAll(async () => {
      world = await start()
      if (world.url) {
        const database = await openDatabase({ url: world.url })
        await database.migrate()
        await database.close()
      }
      const options = { engine: world.engine, auth, displayPolicy }
      server = await startServer({ ...options, cron: [], ...(world.url && { database_: { url: world.url, drop: async () => {} } }) })
      follower = (await openKit({ ...options, database: { url: server.database.url }, log: { info() {}, warn() {}, error() {} } })) as RunningKit
      client = new Client({ connectionString: server.database.url })
      await client.connect()
    }, 60_000)
    afterAll(async () => {
      await client?.end()
      await follower?.settled()
      await follower?.db.close()
      await server?.stop()
      await world?.stop()
    }, 60_000)

    const get = async (path: string) => {
      const { body, status, text } = await server.call('ops-demo', 'GET', path)
      expect(status, text).toBe(200)
      return body
    }
    const follow = async () => {
      await client.query(`update ops.bulk_run set fate_due_at = now() - interval '1 minute' where fate_due_at is not null`)
      await followRuns(follower)
    }
    const listed = async (query: string) => (await get(`/jobs?${query}`)).items as { id: string; error?: string }[]

    test('is counted once they have ended: which completed, and which failed again', async () => {
      const queue = await world.queue('mails')
      const ids = await world.make({ queue, state: 'discarded', error: 'connect ETIMEDOUT' }, 9)
      const failing = new Set(ids.slice(0, 2))
      const { body, status, text } = await server.call('ops-demo', 'POST', '/operations', { action: 'retry_job', selection: { ids }, reason: 'the mail server is back' }, { 'idempotency-key': crypto.randomUUID() })
      expect(status, text).toBe(200)
      const bulkId = (body.result as { bulkId: string }).bulkId
      const read = async () => (await get(`/bulk/${bulkId}`)) as unknown as BulkRun
      expect((await read()).outcomes).toEqual({ done: 9 })

      await follow()
      expect((await read()).fate).toMatchObject({ counts: { waiting: 9 } })

      await world.work(queue, async ({ id }) => {
        if (failing.has(id)) throw new Error('550 no such mailbox')
      })
      await expect
        .poll(
          async () => {
            await follow()
            return (await read()).fate?.settledAt !== undefined
          },
          { timeout: 20_000, interval: 200 },
        )
        .toBe(true)
      const { fate } = await read()
      expect(fate!.counts).toEqual({ [done]: 7, failed: 2 })
      // An engine that keeps no completed job says so, instead of letting them pass for lost.
      expect(fate!.gone !== undefined).toBe(done === 'gone')

      const again = await listed(`failedAgain=${bulkId}&state=discarded`)
      expect(again.map(({ id }) => id).toSorted()).toEqual([...failing].toSorted())
      for (const { error } of again) expect(error).toContain('550 no such mailbox')
      const preview = await server.call('ops-demo', 'POST', '/previews', { action: 'retry_job', selection: { filter: { failedAgain: bulkId, state: 'discarded' } } })
      expect(preview.body.plan).toMatchObject({ title: 'Retry 2 jobs' })
    }, 40_000)
  })
})
