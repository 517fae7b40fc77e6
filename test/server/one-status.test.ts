import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Bundle, Overview, Queue } from '../../schemas/index.ts'
import { statusOfQueue } from '../../server/queues/status.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** A subject's status as each surface tells it. */
let server: TestServer
let client: Client
beforeAll(async () => {
  server = await startServer({ cron: [], detector: { queues: { 'still for 11 min, which may take 12': { stuckMinutes: 12 }, 'still for 7 min, which may take 5': { stuckMinutes: 5 } } } })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
beforeEach(() => client.query('truncate ops.queue_figure, ops.queue_minute, ops.queue_pause, ops.snapshot'))

interface Measured {
  asOf?: string
  available?: number
  oldest?: string
  executors?: number | null
  paused?: boolean | null
}

const figure = (queue: string, { asOf = '2 seconds', available = 0, oldest, executors = null, paused = null }: Measured) =>
  client.query(
    `insert into ops.queue_figure (queue, as_of, depth, oldest_available_at, paused, executors)
     values ($1, now() - $2::interval, $3, now() - $4::interval, $5, $6)`,
    [queue, asOf, JSON.stringify([{ state: 'available', count: available, how: 'exact' }]), oldest ?? null, paused, executors],
  )
const measured = () =>
  client.query(`insert into ops.snapshot (at, seconds, waiting, executing, finished, wait_p95_seconds, how)
    select now() - n * interval '1 minute', 3, 0, 0, 0, null, 'exact' from generate_series(0, 12) n`)
const moved = (queue: string, minutesAgo = 2) => client.query(`insert into ops.queue_minute values ($1, date_trunc('minute', now()) - make_interval(mins => $2), 1, 0, 1, null)`, [queue, minutesAgo])
const stillFor = async (queue: string, minutes: number) => [await figure(queue, { available: 9, oldest: '2 hours' }), await measured(), await moved(queue, minutes)]
const pause = (queue: string) =>
  client.query(`insert into ops.queue_pause values ($1, now() - interval '1 hour', '{"id":"ops-two","type":"user","label":"Two"}', 'ledger closed', gen_random_uuid())`, [queue])

const states: Record<string, [status: string, diagnosis: string, arrange: (queue: string) => Promise<unknown>]> = {
  empty: ['runnable', 'idle', (queue) => figure(queue, {})],
  busy: ['runnable', 'working', async (queue) => [await figure(queue, { available: 9, oldest: '1 minute', executors: 2 })]],
  'slow, but moving': ['runnable', 'working', async (queue) => [await figure(queue, { available: 9, oldest: '2 hours' }), await measured(), await moved(queue)]],
  stuck: ['blocked', 'stuck', async (queue) => [await figure(queue, { available: 9, oldest: '2 hours' }), await measured()]],
  'still for 11 min': ['blocked', 'stuck', (queue) => stillFor(queue, 11)],
  'still for 11 min, which may take 12': ['runnable', 'working', (queue) => stillFor(queue, 11)],
  'still for 7 min': ['runnable', 'working', (queue) => stillFor(queue, 7)],
  'still for 7 min, which may take 5': ['blocked', 'stuck', (queue) => stillFor(queue, 7)],
  'stuck in a day that nobody measured': ['runnable', 'working', (queue) => figure(queue, { available: 9, oldest: '2 hours' })],
  'without executors': ['blocked', 'no_executor', (queue) => figure(queue, { available: 1, oldest: '3 seconds', executors: 0 })],
  'without executors and without work': ['runnable', 'idle', (queue) => figure(queue, { executors: 0 })],
  'paused here': ['waiting', 'paused', async (queue) => [await figure(queue, { available: 3, oldest: '1 minute', paused: true }), await pause(queue)]],
  'paused in the engine': ['waiting', 'paused', (queue) => figure(queue, { paused: true })],
  'paused before it was measured': ['waiting', 'paused', (queue) => pause(queue)],
  'measured long ago': ['unknown', 'not_looked', (queue) => figure(queue, { asOf: '20 minutes', available: 9, oldest: '2 hours', executors: 0 })],
  'paused, and measured long ago': ['waiting', 'paused', (queue) => figure(queue, { asOf: '20 minutes', paused: true })],
}

describe('a queue', () => {
  test.each(Object.entries(states))('that is %s has the same status on every surface', async (name, [status, diagnosis, arrange]) => {
    await arrange(name)
    const get = async (path: string) => {
      const answer = await server.call('ops-demo', 'GET', path)
      expect(answer.status, answer.text).toBe(200)
      return answer.body as unknown
    }
    const [{ items }, { items: [one] }, bundle, overview] = (await Promise.all([
      get('/queues'),
      get(`/queues?name=${encodeURIComponent(name)}`),
      get(`/forensics/queue/${encodeURIComponent(name)}`),
      get('/overview'),
    ])) as [{ items: Queue[] }, { items: Queue[] }, Bundle, Overview]
    const listed = items.find((queue) => queue.name === name)!
    const holding = overview.buckets.find(({ exemplars }) => exemplars.some(({ label }) => label === name))
    expect({ list: [listed.status, listed.diagnosis], one: [one!.status, one!.diagnosis], forensics: bundle.diagnosis.status, overview: holding?.status }).toEqual({
      list: [status, diagnosis],
      one: [status, diagnosis],
      forensics: status,
      // The overview names queues in which nothing starts and no others.
      overview: status === 'blocked' || status === 'waiting' ? status : undefined,
    })
  })

  test('is stuck only if the minutes of its threshold were measured and nothing moved in them', () => {
    const now = new Date('2026-11-21T12:00:30Z')
    const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
    const stuck = { asOf: ago(0.1), paused: false, pausedAt: null, due: 4, oldestDueAt: ago(30), executing: 0, executors: null, stuckMinutes: 10, movedLately: false, measuredMinutes: 10 }
    const cases = [stuck, { ...stuck, measuredMinutes: 7 }, { ...stuck, measuredMinutes: 8 }, { ...stuck, oldestDueAt: ago(10) }, { ...stuck, oldestDueAt: ago(11) }, { ...stuck, movedLately: true }, { ...stuck, oldestDueAt: null },
      { ...stuck, stuckMinutes: 31 }, { ...stuck, stuckMinutes: 30, measuredMinutes: 28, oldestDueAt: ago(31) }, { ...stuck, stuckMinutes: 2, measuredMinutes: 0, oldestDueAt: ago(3) }]
    expect(cases.map((facts) => statusOfQueue(facts, now).diagnosis)).toEqual(['stuck', 'working', 'stuck', 'working', 'stuck', 'working', 'working', 'working', 'stuck', 'stuck'])
    expect(statusOfQueue(stuck, now)).toEqual({ status: 'blocked', diagnosis: 'stuck', cause: 'nothing started for 30 min', since: stuck.oldestDueAt, failing: false })
  })
})
