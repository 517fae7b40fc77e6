import { PgBoss } from 'pg-boss'
import { afterEach, describe, expect, test } from 'vitest'
import type { Incident } from '../../schemas/index.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { bullBackends } from '../support/bullmq.ts'
import { startBullFixture } from '../support/bullmq-fixture.ts'
import { startGraphileWorker } from '../support/graphile-worker.ts'
import { startObanFixture } from '../support/oban-fixture.ts'
import { startPgBoss } from '../support/pg-boss.ts'
import { startOwnServer } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'
import type { EngineFixture } from '../engines/contract.ts'

const engines: [name: string, start: () => Promise<EngineFixture>, skipped?: string][] = [
  ['pg-boss', () => startPgBoss({ sharesDatabase: false })],
  ['graphile-worker', () => startGraphileWorker({ sharesDatabase: false })],
  ['Oban', () => startObanFixture(14)],
  ...bullBackends.map(({ name, start, skipped }): (typeof engines)[number] => [`BullMQ on ${name}`, () => startBullFixture(start), skipped]),
]

let server: TestServer | undefined
let fixture: EngineFixture | undefined
afterEach(async () => {
  const [running, world] = [server, fixture]
  server = fixture = undefined
  await running?.stop()
  await world?.stop()
})

/** The server's clock is this far ahead, so that what has just happened in the engine has gone on for as long. */
const aheadMs = 15 * 60_000
const poll = { timeout: 60_000, interval: 300 }

async function listOpen(): Promise<Incident[]> {
  return (await server!.call('ops-demo', 'GET', '/incidents')).body.items as unknown as Incident[]
}
const summarize = (incidents: Incident[]) => incidents.map(({ class: name, scope: { queue } }) => `${name} ${queue?.split('-')[0]}`).toSorted()

describe.each(engines)('with %s, all loops running', (_name, start, skipped) => {
  test.skipIf(skipped !== undefined)('a queue in which nothing starts, jobs that failed for good and jobs of a missing executor are incidents, and a healthy queue is none', { timeout: 120_000 }, async () => {
    fixture = await start()
    const { engine } = fixture
    const [stuck, failing, healthy] = [await fixture.queue('stuck'), await fixture.queue('failing'), await fixture.queue('healthy')]
    await fixture.make({ queue: stuck, state: 'available' }, 3)
    await fixture.make({ queue: failing, state: 'discarded', error: 'no such mailbox' })
    if (fixture.states.includes('completed')) await fixture.make({ queue: healthy, state: 'completed' })
    const reportsExecutors = engine.lacks.executors === undefined && engine.lacks.rescue_job === undefined
    const lost = reportsExecutors ? await fixture.queue('lost') : undefined
    if (lost) await fixture.make({ queue: lost, state: 'executing', lost: true })
    server = await startServer({
      engine,
      queues: [],
      cron: [],
      loops: true,
      now: () => new Date(Date.now() + aheadMs),
      detector: { tickSeconds: 0.3, thresholds: { stuckMinutes: 2 } },
    })
    const expected = ['retry_exhausted failing', 'stuck_queue stuck', ...(lost ? ['executor_missing lost'] : [])].toSorted()
    await expect.poll(async () => summarize(await listOpen()), poll).toEqual(expected)
    const open = await listOpen()
    expect(open.find(({ class: name }) => name === 'stuck_queue')).toMatchObject({ title: `${stuck} is stuck`, status: 'blocked', affected: { jobs: { count: 3 } } })
    expect(open.find(({ class: name }) => name === 'retry_exhausted')).toMatchObject({ error: expect.stringContaining('no such mailbox'), affected: { jobs: { count: 1 } } })
  })
})

test('jobs that failed for good are repaired by their incident, which is then resolved', { timeout: 120_000 }, async () => {
  fixture = await startPgBoss({ sharesDatabase: false })
  const queue = await fixture.queue('failing')
  await fixture.make({ queue, state: 'discarded', error: 'no such mailbox' }, 3)
  server = await startServer({ engine: fixture.engine, queues: [], cron: [], loops: true, detector: { tickSeconds: 0.3 } })
  await expect.poll(async () => summarize(await listOpen()), poll).toEqual(['retry_exhausted failing'])
  const [incident] = await listOpen()
  const body = { action: 'retry_job', selection: { filter: { incident: incident!.id } }, reason: 'the mailbox is back' }
  const { status, text } = await server.call('ops-demo', 'POST', '/operations', body, { 'idempotency-key': crypto.randomUUID() })
  expect(status, text).toBe(200)
  await expect.poll(async () => (await server!.call('ops-demo', 'GET', `/incidents/${incident!.id}`)).body.state, poll).toBe('resolved')
  const { items } = (await server.call('ops-demo', 'GET', `/audit-events?subjectType=incident&subjectId=${incident!.id}`)).body
  expect(items!.map(({ eventType }) => String(eventType)).filter((type) => type.startsWith('incident.'))).toEqual(['incident.resolved', 'incident.opened'])
})

test('an engine whose database is away is an incident until it answers again, and what it cannot show meanwhile is left as it was', { timeout: 180_000 }, async () => {
  const store = await startOwnServer()
  const boss = new PgBoss({ connectionString: store.url, supervise: false, schedule: false, max: 2 })
  boss.on('error', () => {})
  try {
    await boss.start()
    await boss.createQueue('failing')
    const id = await boss.send('failing', {}, { retryLimit: 0 })
    await boss.fetch('failing')
    await boss.fail('failing', id!, new Error('no such mailbox'))
    server = await startServer({ engine: pgBoss(boss, { sharesDatabase: false }), queues: [], cron: [], loops: true, detector: { tickSeconds: 0.3 } })
    await expect.poll(async () => summarize(await listOpen()), poll).toEqual(['retry_exhausted failing'])
    await store.stop('immediate')
    await expect.poll(async () => summarize(await listOpen()), poll).toEqual(['engine_unreachable undefined', 'retry_exhausted failing'])
    const [engine, failed] = await listOpen()
    expect([engine!.explains.map(({ id: symptom }) => symptom), failed!.explainedBy?.id]).toEqual([[failed!.id], engine!.id])
    await store.start()
    await expect.poll(async () => summarize(await listOpen()), { ...poll, timeout: 90_000 }).toEqual(['retry_exhausted failing'])
  } finally {
    await server?.stop()
    server = undefined
    await boss.stop({ graceful: false }).catch(() => {})
    await store.remove()
  }
})
