import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkEscalation } from '../../../server/cli/doctor/escalation.ts'
import { query } from '../../../server/db/database.ts'
import { readNoticeFacts } from '../../../server/incidents/notice-facts.ts'
import { tellHost } from '../../../server/notices/tell.ts'
import type { RunningKit } from '../../../server/open.ts'
import { deliverDue } from '../../../server/webhooks/deliver.ts'
import { standardWebhooks, type StandardWebhooksOptions } from '../../../server/webhooks/index.ts'
import { sweepDeliveries } from '../../../server/webhooks/rows.ts'
import { changeIncident, insertIncident, openNoticeKit } from '../../support/notices.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { type Receiver, startReceiver, verify } from '../../support/receiver.ts'
import { runSql } from '../../support/template.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const start = new Date('2026-11-21T03:00:00Z')
const clock = { now: start }
const pass = (seconds: number) => (clock.now = new Date(clock.now.getTime() + seconds * 1000))
const hours = 3600

let database: TestDatabase
let receiver: Receiver
const kits: RunningKit[] = []
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  clock.now = start
  receiver = await startReceiver()
  await runSql(database.url, 'delete from ops.notice; delete from ops.notice_thread; delete from ops.incident; delete from ops.webhook_delivery; delete from ops.webhook_endpoint')
})
afterEach(async () => {
  await Promise.all(kits.splice(0).map(({ db }) => db.close()))
  await receiver.close()
})

async function open(options: Partial<StandardWebhooksOptions> = {}, name = 'chat'): Promise<RunningKit> {
  const kit = await openNoticeKit(database.url, clock, standardWebhooks({ endpoints: [{ name, url: receiver.url, secrets: [secret], allowPrivate: true }], ...options }))
  kits.push(kit)
  return kit
}
const deliver = async (kit: RunningKit) => {
  for (const endpoint of kit.escalation!.webhooks!.endpoints) await deliverDue(kit, endpoint)
}
/** An incident opens, and its webhooks are queued. */
async function openIncident(kit: RunningKit): Promise<{ incident: string; event: string }> {
  const incident = await insertIncident(kit, clock.now)
  const event = await changeIncident(kit, incident, 'incident.opened')
  pass(31)
  await tellHost(kit, readNoticeFacts)
  return { incident, event }
}
const deliveries = (kit: RunningKit) =>
  query(kit.db.em(), sql<{ id: string; endpoint: string; state: string; attempts: number; last_status: number | null; last_error: string | null; next_at: string | null }>`
    select id, endpoint, state, attempts, last_status, last_error, next_at::text from ops.webhook_delivery order by created_at, endpoint`)
const eventsOf = async (kit: RunningKit, type: string) => query(kit.db.em(), sql<{ subject_id: string; outcome: string; metadata: Record<string, unknown> }>`select subject_id, outcome, metadata from ops.audit_event where event_type = ${type} order by occurred_at`)
const redeliver = (id: string) => runSql(database.url, `update ops.webhook_delivery set state = 'waiting', started_at = now() + interval '10 years', tries = 0, next_at = '2026-01-01', claims = claims + 1 where id = '${id}'`)

describe('a webhook', () => {
  test('is signed, has the id of the audit event, and says what happened to what', async () => {
    const kit = await open({ base: 'https://admin.example/ops/jobs' })
    const { incident, event } = await openIncident(kit)
    await deliver(kit)
    const [received] = receiver.received
    expect(received!.headers['webhook-id']).toBe(event)
    expect(await verify(secret, received!, clock.now.getTime() / 1000)).toBe(true)
    const body = JSON.parse(received!.body) as { type: string; timestamp: string; data: Record<string, unknown> }
    expect(body).toMatchObject({
      type: 'incident.opened',
      data: { id: event, eventType: 'incident.opened', outcome: 'succeeded', subject: { type: 'incident', id: incident }, links: { evidence: `https://admin.example/ops/jobs/forensics/incident/${incident}` } },
    })
    expect(body.timestamp).toBe(body.data.occurredAt)
    expect(await deliveries(kit)).toMatchObject([{ state: 'delivered', attempts: 1, last_status: 204, last_error: null, next_at: null }])
    expect(await eventsOf(kit, 'host.follow_up')).toMatchObject([{ metadata: { status: 'invoked', detail: 'Webhooks for chat.', event } }])
  })

  test('is sent once for each endpoint that receives its type, and the host’s own handler is called as well', async () => {
    const told: string[] = []
    const endpoint = (name: string, events?: string[]) => ({ name, url: `${receiver.url}/${name}`, secrets: [secret], allowPrivate: true, events })
    const kit = await open({
      endpoints: [endpoint('all'), endpoint('incidents', ['incident.']), endpoint('ends', ['incident.resolved']), endpoint('repairs', ['job.retried', 'incident'])],
      also: { handle: ({ id }) => (told.push(id), 'thanks') },
    })
    const { event } = await openIncident(kit)
    for (let n = 0; n < 2; n++) await deliver(kit)
    expect(receiver.received.map(({ path }) => path).toSorted()).toEqual(['/all', '/incidents'])
    expect(told).toEqual([event])
    expect((await eventsOf(kit, 'host.follow_up')).at(-1)!.metadata.detail).toBe('thanks Webhooks for all, incidents.')
  })

  test('is not queued again when the host’s own handler fails and is called again', async () => {
    const kit = await open({ also: { handle: () => Promise.reject(new Error('no')) } })
    await openIncident(kit)
    for (let n = 0; n < 6; n++) {
      pass(1_900)
      await tellHost(kit, readNoticeFacts)
    }
    await deliver(kit)
    expect(receiver.received).toHaveLength(1)
  })

  test('uses the format of its receiver if there is one, and a format that throws does not affect other receivers', async () => {
    const endpoint = (name: string, format: (event: { eventType: string }) => unknown) => ({ name, url: `${receiver.url}/${name}`, secrets: [], allowPrivate: true, format })
    const kit = await open({ endpoints: [endpoint('own', ({ eventType }) => ({ said: eventType })), endpoint('broken', () => { throw new Error('CANARY') }), endpoint('none', () => undefined)] })
    await openIncident(kit)
    await deliver(kit)
    expect(receiver.received.map(({ path, body }) => [path, body])).toEqual([['/own', '{"said":"incident.opened"}']])
    expect(receiver.received[0]!.headers['webhook-signature']).toBeUndefined()
  })
})

describe('a receiver that fails', () => {
  test('gets the same message ten times in a day, later and later, and then it is given up, which is evidence', async () => {
    receiver.answer = 503
    const kit = await open()
    const { event } = await openIncident(kit)
    const began = clock.now.getTime()
    const tries: number[] = []
    for (let n = 0; n < 20; n++) {
      await deliver(kit)
      tries.push((clock.now.getTime() - began) / 1000)
      const [{ next_at: next } = { next_at: null }] = await deliveries(kit)
      if (next === null) break
      clock.now = new Date(next)
    }
    expect(receiver.received).toHaveLength(10)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([event]))
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    for (const received of receiver.received) expect(await verify(secret, received, Number(received.headers['webhook-timestamp']))).toBe(true)
    expect(tries.at(-1)).toBeGreaterThan(21 * hours)
    expect(tries.at(-1)).toBeLessThan(27 * hours)
    const gaps = tries.slice(1).map((at, place) => at - tries[place]!)
    expect(gaps[0]).toBeLessThan(6)
    expect(gaps.slice(0, 5)).toEqual(gaps.slice(0, 5).toSorted((a, b) => a - b))
    const [{ id } = { id: '' }] = await deliveries(kit)
    expect(await deliveries(kit)).toMatchObject([{ state: 'dead', attempts: 10, last_status: 503, last_error: 'refused' }])
    expect(await eventsOf(kit, 'webhook.given_up')).toMatchObject([{ subject_id: id, outcome: 'failed', metadata: { endpoint: 'chat', event, attempts: 10, status: 503, failure: 'refused', resource: { queue: 'mail' } } }])
  })

  test('that is back gets what waited', async () => {
    receiver.answer = 500
    const kit = await open()
    await openIncident(kit)
    await deliver(kit)
    receiver.answer = 200
    pass(7)
    await deliver(kit)
    expect(await deliveries(kit)).toMatchObject([{ state: 'delivered', attempts: 2, last_status: 200, last_error: null }])
  })

  test('is left alone for as long as it asks, up to an hour', async () => {
    const kit = await open()
    receiver.answer = (response) => response.writeHead(429, { 'retry-after': '600' }).end()
    await openIncident(kit)
    await deliver(kit)
    expect(Date.parse((await deliveries(kit))[0]!.next_at!) - clock.now.getTime()).toBe(600_000)
  })

  test('by 410 gets nothing more, until a redelivery is accepted', async () => {
    receiver.answer = 410
    const kit = await open()
    await openIncident(kit)
    await deliver(kit)
    expect((await eventsOf(kit, 'webhook.given_up')).at(-1)).toMatchObject({ metadata: { status: 410, failure: 'gone' } })
    receiver.answer = 204
    await openIncident(kit)
    await deliver(kit)
    expect(receiver.received).toHaveLength(1)
    const [first, second] = await deliveries(kit)
    expect([first!.state, second!.state, second!.last_error]).toEqual(['dead', 'dead', 'disabled'])
    await redeliver(first!.id)
    await deliver(kit)
    await openIncident(kit)
    await deliver(kit)
    expect((await deliveries(kit)).map(({ state }) => state)).toEqual(['delivered', 'dead', 'delivered'])
  })

  test('by 410 gets messages again when its address is changed', async () => {
    receiver.answer = 410
    const kit = await open()
    await openIncident(kit)
    await deliver(kit)
    receiver.answer = 204
    const moved = await open({ endpoints: [{ name: 'chat', url: `${receiver.url}/new`, secrets: [secret], allowPrivate: true }] })
    await openIncident(moved)
    await deliver(moved)
    expect(receiver.received.at(-1)!.path).toBe('/new')
  })

  test('that hangs delays no other', async () => {
    const hanging = await startReceiver()
    hanging.answer = () => {}
    const kit = await open({ endpoints: [{ name: 'hanging', url: hanging.url, secrets: [secret], allowPrivate: true, timeoutMs: 2_000 }, { name: 'chat', url: receiver.url, secrets: [secret], allowPrivate: true }] })
    await openIncident(kit)
    const [slow, quick] = kit.escalation!.webhooks!.endpoints.map((endpoint) => deliverDue(kit, endpoint))
    await quick
    expect(receiver.received).toHaveLength(1)
    await slow
    expect((await deliveries(kit)).map(({ endpoint, state, last_error }) => [endpoint, state, last_error])).toEqual([['chat', 'delivered', null], ['hanging', 'waiting', 'timeout']])
    await hanging.close()
  })
})

test('many processes send each message once', async () => {
  const all = await Promise.all(Array.from({ length: 4 }, () => open()))
  const events: string[] = []
  for (let n = 0; n < 12; n++) events.push((await openIncident(all[0]!)).event)
  await Promise.all(all.map(deliver))
  expect(receiver.received.map(({ headers }) => headers['webhook-id']).toSorted()).toEqual(events.toSorted())
})

test('a message that is no longer sent is given up after a day, and deleted after a month', async () => {
  const kit = await open()
  await openIncident(kit)
  pass(28 * hours)
  await sweepDeliveries(kit)
  expect(await deliveries(kit)).toMatchObject([{ state: 'dead', last_error: 'not_configured' }])
  pass(30 * 24 * hours)
  await sweepDeliveries(kit)
  expect(await deliveries(kit)).toEqual([])
})

describe('doctor', () => {
  const said = async (kit: RunningKit) => (await checkEscalation(kit)).map(({ status, check, message }) => `${status} ${check}: ${message}`)
  // What it reads is by the database's clock.
  beforeEach(() => {
    clock.now = new Date()
  })

  test('reports no problem while all notices are sent', async () => {
    const kit = await open()
    await openIncident(kit)
    await deliver(kit)
    expect(await said(kit)).toEqual(['ok escalation: everything that was due has been told'])
  })

  test('warns about notices that are not sent', async () => {
    const kit = await open()
    pass(-3_600)
    await changeIncident(kit, await insertIncident(kit, clock.now), 'incident.opened')
    expect(await said(kit)).toEqual([expect.stringMatching(/^warning escalation: 1 message due since .* has not been told$/)])
  })

  test('warns of receivers that get nothing, without their addresses', async () => {
    const kit = await open()
    receiver.answer = 500
    await openIncident(kit)
    await deliver(kit)
    expect(await said(kit)).toEqual(['warning webhooks: chat: 1 webhook failing'])
    receiver.answer = 410
    pass(10)
    await deliver(kit)
    expect(await said(kit)).toEqual(['warning webhooks: chat: 1 webhook given up within a day, it answered 410, so nothing is sent to it'])
  })
})
