import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ObanListener, noNodesHeard } from '../../server/engines/oban/listener.ts'
import { type JobServer, startJobServer } from '../support/jobs.ts'

/** Simulates nodes: pings on `oban_sonar`, and reports of Oban Met on `oban_gossip`, compressed as Oban compresses them. */
let server: JobServer
beforeAll(async () => {
  server = await startJobServer({ cron: [] })
})
afterAll(() => server?.stop())

const notify = (channel: string, payload: string) => server.oban.pool.query('select pg_notify($1, $2)', [`public.oban_${channel}`, payload])
const compressed = (value: object) => gzipSync(JSON.stringify(value)).toString('base64')
const check = (node: string, queue: string, more: object = {}) => ({
  uuid: `${node}-${queue}`,
  node,
  name: 'Oban',
  queue,
  limit: 10,
  paused: false,
  running: [],
  refresh_interval: 30_000,
  started_at: '2026-11-21T06:00:00Z',
  updated_at: '2026-11-21T06:10:00Z',
  ...more,
})

/** Sends a notification repeatedly while `work` is running. */
async function sounding(send: () => Promise<unknown>, work: () => Promise<unknown>): Promise<void> {
  let sent: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => (sent = send()), 30)
  await work().finally(() => clearInterval(timer))
  // The last notification must not arrive during the next listen.
  await sent
}

let listener: ObanListener
beforeEach(() => {
  listener = new ObanListener(server.oban.pool, 'public', 300)
})

test('nodes are reported as silent only after listening long enough', async () => {
  expect(listener.isSilent).toBe(false)
  await listener.listen(120)
  expect(listener.isSilent).toBe(false)
  await listener.listen(250)
  expect(listener.isSilent).toBe(true)
})

test('one ping is enough, at once, and a node that falls silent is noticed', async () => {
  await listener.listen(400)
  expect(listener.isSilent).toBe(true)
  const began = performance.now()
  await sounding(() => notify('sonar', '{"node":"shop@1","ping":true}'), () => listener.listen(10_000, { untilHeard: true }))
  expect(performance.now() - began).toBeLessThan(5_000)
  expect([listener.isSilent, listener.queues]).toEqual([false, undefined])
  await listener.listen(400)
  expect(listener.isSilent).toBe(true)
})

test('queues are combined from the reports of producers on all nodes', async () => {
  const checks = [
    check('shop@1', 'mail', { limit: 5, running: [1, 2] }),
    check('shop@2', 'mail', { limit: 7, paused: true }),
    check('shop@1', 'reports', { paused: true }),
    check('shop@1', 'smart', { limit: undefined, local_limit: 3 }),
    check('shop@1', 'odd', { limit: 'many' }),
    null,
    { queue: 7 },
  ]
  await sounding(() => notify('gossip', compressed({ checks })), () => listener.listen(300))
  expect(Object.fromEntries(listener.queues!)).toEqual({
    mail: { executors: 2, paused: false, limit: 12 },
    reports: { executors: 1, paused: true, limit: 10 },
    smart: { executors: 1, paused: false, limit: 3 },
    odd: { executors: 1, paused: false, limit: null },
  })
})

test('an application’s messages on the same channel and unreadable messages are ignored', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000)).toString('base64')
  await sounding(
    async () => {
      for (const payload of ['hello', '{"checks":7}', '{"complete":1}', bomb.slice(0, 7_900), compressed({ checks: 'none' })]) await notify('gossip', payload)
    },
    () => listener.listen(200),
  )
  expect([listener.queues, listener.isSilent]).toEqual([undefined, false])
})

test('listening leaves the connection unchanged, and concurrent calls share one connection', async () => {
  await Promise.all([listener.listen(50), listener.listen(50), listener.listen(50)])
  const { rows } = await server.oban.pool.query(`select count(*)::int as n from pg_stat_activity where query like 'listen%' and state = 'active'`)
  expect(rows).toEqual([{ n: 0 }])
  const { rows: channels } = await server.oban.pool.query('select * from pg_listening_channels()')
  expect(channels).toEqual([])
})

test('with Oban Met the engine reports executors, pause and limit, and doctor does not complain of silence', async () => {
  const { engine } = server.oban
  await server.oban.insert({ queue: 'mail' })
  await sounding(
    () => notify('gossip', compressed({ checks: [check('shop@1', 'mail', { paused: true, limit: 4 })] })),
    async () => {
      await expect
        .poll(async () => (await engine.measure(new Date(Date.now() - 1000))).queues.find(({ name }) => name === 'mail'), { timeout: 20_000 })
        .toMatchObject({ executors: 1, paused: true, limit: 4 })
      expect(await engine.readQueue('mail')).toMatchObject({ paused: true, limit: 4 })
      expect([engine.lacks.executors, engine.cautions]).toEqual([undefined, {}])
      expect((await engine.advise!([])).map(({ kind }) => kind)).toEqual([])
    },
  )
})

test('if no node is heard, doctor and the previews say so', { timeout: 60_000 }, async () => {
  const silent = await startJobServer({ cron: [] })
  try {
    const id = await silent.oban.insert({ queue: 'mail', state: 'executing', attempt: 1, attemptedIn: -5 })
    expect(await silent.oban.engine.advise!([])).toEqual([{ kind: 'unheard_nodes', message: noNodesHeard }])
    await expect
      .poll(async () => (await silent.oban.engine.measure(new Date()), silent.oban.engine.cautions), { timeout: 30_000, interval: 500 })
      .toHaveProperty('pause_queue')
    for (const request of [{ action: 'pause_queue', subject: { type: 'queue', id: 'mail' } }, { action: 'cancel_job', subject: { type: 'job', id } }]) {
      const { body } = await silent.call('ops-demo', 'POST', '/previews', request)
      expect((body.plan as { cautions: string[] }).cautions).toContain(noNodesHeard)
    }
  } finally {
    await silent.stop()
  }
})
