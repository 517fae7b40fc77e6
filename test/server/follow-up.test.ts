import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditEvent } from '../../schemas/index.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let behave: (event: AuditEvent) => Promise<string> | string = () => 'the shop was told'
const told: AuditEvent[] = []

beforeAll(async () => {
  server = await startServer({
    escalation: {
      handle(event) {
        told.push(event)
        return behave(event)
      },
    },
  })
})
afterAll(() => server.stop())

const subject = { type: 'cron_entry', id: 'nightly_sync' }
const operate = (action: string, who = 'ops-demo') => server.call(who, 'POST', '/operations', { action, subject }, { 'idempotency-key': crypto.randomUUID() })
const followUps = async () => (await server.call('ops-demo', 'GET', '/audit-events?eventType=host.follow_up')).body.items!
const bundle = async () => (await server.call('ops-demo', 'GET', '/forensics/cron_entry/nightly_sync')).body

/** A slot that nobody claimed, so that running the entry by hand repairs something. */
async function missASlot(): Promise<void> {
  const client = new Client({ connectionString: server.database.url })
  await client.connect()
  await client.query(
    `insert into ops.cron_slot (entry_id, kind, slot_at, state, decided_at) select id, 'scheduled', clock_timestamp(), 'missed_fire', now() from ops.cron_entry`,
  )
  await client.end()
}

test('running a healthy entry is not a repair, and neither is a pause', async () => {
  for (const action of ['run_cron_entry', 'pause_cron_entry', 'resume_cron_entry']) expect((await operate(action)).status).toBe(200)
  expect(told).toEqual([])
})

test('the host is notified of a repair after the commit, and its answer is recorded in an event of its own', async () => {
  expect((await bundle()).followUp).toBeUndefined()
  await missASlot()
  const { body } = await operate('run_cron_entry')
  await expect.poll(followUps).toHaveLength(1)
  expect(told.map(({ id }) => id)).toEqual([(body.event as AuditEvent).id])
  expect((await followUps())[0]).toMatchObject({
    actor: { id: 'system' },
    outcome: 'succeeded',
    subject,
    metadata: { status: 'invoked', detail: 'the shop was told', event: (body.event as AuditEvent).id },
  })
  expect((await bundle()).followUp).toMatchObject({ status: 'invoked', detail: 'the shop was told' })
})

test('a handler that fails undoes nothing, and its error text is not recorded', async () => {
  behave = () => Promise.reject(new Error('CANARY pager token'))
  await missASlot()
  expect((await operate('run_cron_entry')).status).toBe(200)
  await expect.poll(followUps).toHaveLength(2)
  expect((await followUps())[0]).toMatchObject({ outcome: 'failed', metadata: { status: 'failed' } })
  expect((await bundle()).followUp).toMatchObject({ status: 'failed' })
  const runs = await server.call('ops-demo', 'GET', '/audit-events?eventType=cron.run_now&outcome=succeeded')
  expect(runs.body.items).toHaveLength(3)
  expect(JSON.stringify(await followUps()) + server.logged.join()).not.toContain('CANARY')
})

test('a flood of refusals is folded into one event with their number', async () => {
  await Promise.all(Array.from({ length: 40 }, () => operate('pause_cron_entry', 'viewer-demo')))
  const client = new Client({ connectionString: server.database.url })
  await client.connect()
  await client.query(`update ops.refusal_tally set minute = minute - interval '2 minutes'`)
  await client.end()
  await server.ops.stop()
  const again = await startServer({ database_: server.database })
  try {
    const read = async () => (await again.call('ops-demo', 'GET', '/audit-events?actor=viewer-demo&limit=200')).body.items!
    await expect.poll(async () => (await read()).filter(({ eventType }) => eventType === 'refusals.folded'), { timeout: 5_000 }).not.toEqual([])
    const all = await read()
    const single = all.filter(({ outcome, eventType }) => outcome === 'denied' && eventType === 'cron.paused').length
    const folded = all.filter(({ eventType }) => eventType === 'refusals.folded').map(({ metadata }) => (metadata as { folded: number }).folded)
    expect(single + folded.reduce((sum, count) => sum + count, 0)).toBe(40)
    expect(single).toBeLessThanOrEqual(20)
  } finally {
    await again.ops.stop()
    await again.boss.stop({ graceful: false })
  }
})
