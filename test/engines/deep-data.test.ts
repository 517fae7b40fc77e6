import type { Queue } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bullmq } from '../../server/engines/bullmq/index.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { depthOf } from '../../schemas/json-depth.ts'
import { bullBackends } from '../support/bullmq.ts'
import { startGraphileWorker } from '../support/graphile-worker.ts'
import { startOban } from '../support/oban.ts'
import { startPgBoss } from '../support/pg-boss.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { openDatabase } from '../../server/db/database.ts'

/** As JSON text: nested so deep, with a number that JavaScript cannot hold at the bottom and one at the top. */
const nested = (depth: number) => `{"id":12345678901234567890,"in":${'{"a":['.repeat((depth - 1) / 2)}98765432109876543210${']}'.repeat((depth - 1) / 2)}}`

interface Planted {
  engine: Engine
  /** Where our own tables go; a database of their own when left out. */
  url?: string
  queue: string
  /** A discarded job each, and one with plain arguments. */
  deep: string[]
  plain: string
  stop(): Promise<void>
}

const plant: Record<string, () => Promise<Planted>> = {
  async 'pg-boss'() {
    const world = await startPgBoss()
    const queue = await world.queue('deep')
    const deep: string[] = []
    for (const depth of [3_001, 5_001, 9_001]) {
      const [id] = await world.make({ queue, state: 'discarded', args: nested(depth), error: 'it failed' })
      const [done] = await world.make({ queue, state: 'completed', args: nested(depth) })
      await world.pool.query('update pgboss.job set output = $2::jsonb where id = $1', [done, nested(depth)])
      deep.push(id!, done!)
    }
    const [plain] = await world.make({ queue, state: 'discarded', args: '{"order":7}', error: 'it failed' })
    return { ...world, url: world.pool.options.connectionString, queue, deep, plain: plain! }
  },
  async Oban() {
    const world = await startOban(14)
    const deep: string[] = []
    for (const depth of [3_001, 5_001, 9_001]) {
      const id = await world.insert({ queue: 'deep', state: 'discarded', discardedIn: -1, attempt: 1, args: nested(depth) })
      await world.pool.query(
        `update oban_jobs set meta = $2::jsonb, errors = array[jsonb_build_object('attempt', 1, 'at', 'no time at all', 'error', $2::jsonb), $2::jsonb] where id = $1`,
        [id, `{"output":${nested(depth)}}`],
      )
      deep.push(id)
    }
    const plain = await world.insert({ queue: 'deep', state: 'discarded', discardedIn: -1, attempt: 1, args: '{"order":7}' })
    const database = await openDatabase({ url: world.url })
    await database.migrate()
    await database.close()
    return { ...world, queue: 'deep', deep, plain }
  },
  async 'graphile-worker'() {
    const world = await startGraphileWorker()
    const queue = await world.queue('deep')
    const deep: string[] = []
    for (const depth of [3_001, 5_001, 9_001, 12_001]) deep.push(...(await world.make({ queue, state: 'discarded', args: nested(depth) })))
    const [plain] = await world.make({ queue, state: 'discarded', args: '{"order":7}' })
    return { ...world, queue, deep, plain: plain! }
  },
}
for (const { name, skipped, start } of bullBackends) {
  if (skipped) continue
  plant[`BullMQ on ${name}`] = async () => {
    const world = await start()
    const queue = world.queue('deep')
    const hand = world.hand('deep')
    const fail = async (data: object): Promise<string> => {
      const { id } = await queue.add('send', data)
      const job = await hand.getNextJob('by hand', { block: false })
      await job!.moveToFailed(new Error('it failed'), 'by hand', false)
      return id!
    }
    const deep: string[] = []
    for (const depth of name === 'Redis' ? [3_001, 5_001, 100_001] : [3_001, 5_001]) {
      const id = await fail({})
      await overwrite(queue, id, nested(depth))
      deep.push(`deep:${id}`)
    }
    const plain = `deep:${await fail({ order: 7 })}`
    return { engine: bullmq({ queues: [queue] }), queue: 'deep', deep, plain, stop: () => world.close() }
  }
}

async function overwrite(queue: Queue, id: string, text: string): Promise<void> {
  const backend = queue.getBackend() as unknown as {
    client?: Promise<{ hset(key: string, ...pairs: string[]): Promise<unknown> }>
    toKey?(type: string): string
    connection?: { pool: { query(text: string, values: unknown[]): Promise<unknown> }; schema: string }
  }
  const client = await backend.client
  if (client) {
    await client.hset(backend.toKey!(id), 'data', text, 'progress', text, 'returnvalue', text, 'stacktrace', `[${text}]`)
  } else {
    const { pool, schema } = backend.connection!
    await pool.query(`update "${schema}".job set data = $2::jsonb, progress = $2::jsonb, return_value = $2::jsonb where queue = 'deep' and id = $1`, [id, text])
  }
}

describe.each(Object.entries(plant))('on %s, jobs whose data is nested thousands of levels deep', (_name, start) => {
  let planted: Planted
  let server: TestServer
  beforeAll(async () => {
    planted = await start()
    const { engine, url } = planted
    server = await startServer({ engine, queues: [], cron: [], loops: true, ...(url && { database_: { url, drop: async () => {} } }) })
  }, 120_000)
  afterAll(async () => {
    await server?.stop()
    await planted?.stop()
  })

  const reads = () => [
    ...['', '&order=oldest', '&state=discarded', '&args={"order":7}', '&error=failed'].map((more) => `/jobs?queue=${planted.queue}${more}`),
    `/jobs/count?queue=${planted.queue}`,
    `/jobs/count?queue=${planted.queue}&args={"order":7}`,
    ...[...planted.deep, planted.plain].flatMap((id) => [`/jobs/${encodeURIComponent(id)}`, `/forensics/job/${encodeURIComponent(id)}`]),
    ...['csv', 'ndjson'].map((format) => `/jobs/export?format=${format}&queue=${planted.queue}`),
    '/overview',
    '/queues',
  ]

  test('break no page for any role', async () => {
    for (const who of ['ops-demo', 'viewer-demo']) {
      for (const path of reads()) {
        const { status, text } = await server.call(who, 'GET', path)
        expect([who, path, status, status === 200 ? '' : text]).toEqual([who, path, 200, ''])
        if (text.startsWith('{')) expect(depthOf(text), path).toBeLessThan(250)
      }
    }
  })

  test('are listed like any others, with the part of their data that can be shown', async () => {
    const { body } = await server.call('ops-demo', 'GET', `/jobs?queue=${planted.queue}`)
    const shown = new Map(body.items!.map((job) => [job.id, JSON.stringify(job.args)]))
    expect([...shown.keys()].toSorted()).toEqual([...planted.deep, planted.plain].toSorted())
    expect(shown.get(planted.plain)).toBe('{"order":7}')
    for (const id of planted.deep) expect(shown.get(id)).toContain('[too deep to show]')
    const raw = await server.call('ops-demo', 'GET', `/jobs?queue=${planted.queue}`)
    expect(raw.text).toContain('12345678901234567890')
    const csv = await server.call('ops-demo', 'GET', `/jobs/export?format=csv&queue=${planted.queue}`)
    expect(csv.text.trim().split('\r\n')).toHaveLength(planted.deep.length + 2)
  })

  test('can be previewed and retried', async () => {
    const id = planted.deep[0]!
    const one = await server.call('ops-demo', 'POST', '/previews', { action: 'retry_job', subject: { type: 'job', id } })
    expect([one.status, one.body.detail]).toEqual([201, undefined])
    const many = await server.call('ops-demo', 'POST', '/previews', { action: 'retry_job', selection: { filter: { queue: planted.queue, state: 'discarded' } } })
    expect([many.status, many.body.detail]).toEqual([201, undefined])
  })

  test('do not stop the loops behind the overview', async () => {
    await expect
      .poll(async () => {
        const { body } = await server.call('ops-demo', 'GET', '/overview')
        return (body.buckets as { status: string; count: number }[] | undefined)?.find(({ status }) => status === 'needs_review')?.count ?? 0
      }, { timeout: 20_000 })
      .toBeGreaterThan(0)
    expect(server.logged.filter((line) => line.includes('failed, trying again'))).toEqual([])
  })
})
