import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import { openKit, type RunningKit } from '../../../server/open.ts'
import { query } from '../../../server/db/database.ts'
import { readNoticeFacts } from '../../../server/incidents/notice-facts.ts'
import { tellHost } from '../../../server/notices/tell.ts'
import { standardWebhooks } from '../../../server/webhooks/index.ts'
import { commandLine } from '../../support/command-line.ts'
import { idleEngine } from '../../support/idle-engine.ts'
import { changeIncident, insertIncident } from '../../support/notices.ts'
import { operate } from '../../support/operate.ts'
import { createDatabase } from '../../support/postgres.ts'
import { type Receiver, startReceiver } from '../../support/receiver.ts'
import { auth, displayPolicy, type Person, startServer, type TestServer } from '../../support/server.ts'
import { runSql } from '../../support/template.ts'

const secret = `whsec_${Buffer.from('CANARY secret of thirty-two bytes').toString('base64')}`
let receiver: Receiver
let server: TestServer
let kit: RunningKit
/** Queues that the host refuses to support-demo. */
const rules: typeof auth = { ...auth, authorize: (person, action, { queue }) => (person.role === 'viewer' ? action.startsWith('view_') : person.role !== 'support' || queue !== 'payroll') }

beforeAll(async () => {
  receiver = await startReceiver()
  const escalation = standardWebhooks({ endpoints: [{ name: 'chat', url: `${receiver.url}/CANARY-path`, secrets: [secret], allowPrivate: true }] })
  server = await startServer({ auth: rules, escalation, loops: true })
  kit = await openKit<Person>({ database: { url: server.database.url }, auth: rules, displayPolicy, engine: pgBoss(server.boss), escalation })
})
afterAll(async () => {
  await kit.settled()
  await kit.db.close()
  await server.stop()
  await receiver.close()
})
beforeEach(async () => {
  receiver.answer = 204
  receiver.received.length = 0
  await runSql(server.database.url, 'delete from ops.webhook_delivery; delete from ops.webhook_endpoint; delete from ops.notice; delete from ops.notice_thread; delete from ops.incident')
})

async function tellOf(queue = 'mail'): Promise<{ incident: string; event: string }> {
  const incident = await insertIncident(kit, new Date(), queue)
  const event = await changeIncident(kit, incident, 'incident.opened', {}, queue)
  // The server's own loop may look at it first and put it off.
  const isTold = async () => {
    await runSql(server.database.url, `update ops.notice set recorded_at = now() - interval '1 minute'; update ops.notice_thread set next_at = now() where id = 'incident:${incident}' and told_at is null`)
    await tellHost(kit, readNoticeFacts)
    return (await query(kit.db.em(), sql`select 1 from ops.notice where id = ${event} and outcome = 'told'`)).length
  }
  await expect.poll(isTold).toBe(1)
  return { incident, event }
}
const list = async (who = 'ops-demo', filters = '') => (await server.call(who, 'GET', `/webhook-deliveries${filters}`)).body.items!
const { once, preview, execute } = operate(() => server)
const about = (id: unknown) => ({ action: 'redeliver_webhook', subject: { type: 'webhook_delivery', id: String(id) } })

describe('the deliveries', () => {
  test('are listed with what became of them, and with neither address nor content', async () => {
    const { incident, event } = await tellOf()
    await expect.poll(async () => (await list())[0]?.state).toBe('delivered')
    const [delivery] = await list()
    expect(delivery).toMatchObject({ messageId: event, endpoint: 'chat', eventType: 'incident.opened', subject: { type: 'incident', id: incident }, attempts: 1, lastStatus: 204, lastFailure: null, nextAttemptAt: null, operations: { redeliver_webhook: { allowed: true } } })
    const { text } = await server.call('ops-demo', 'GET', '/webhook-deliveries')
    expect(text).not.toMatch(/CANARY|whsec|127\.0\.0\.1/)
    expect(Object.keys(delivery!).toSorted()).not.toContain('body')
  })

  test('are filtered, and paged newest first', async () => {
    const told = []
    for (let n = 0; n < 5; n++) told.push(await tellOf())
    const seen: unknown[] = []
    for (let cursor = ''; ; ) {
      const { body } = await server.call('ops-demo', 'GET', `/webhook-deliveries?limit=2${cursor}`)
      seen.push(...body.items!.map(({ messageId }) => messageId))
      if (body.nextCursor === undefined) break
      cursor = `&cursor=${encodeURIComponent(String(body.nextCursor))}`
    }
    expect(seen).toEqual(told.map(({ event }) => event).toReversed())
    expect((await list('ops-demo', `?subjectType=incident&subjectId=${told[2]!.incident}`)).map(({ messageId }) => messageId)).toEqual([told[2]!.event])
    expect(await list('ops-demo', '?endpoint=pager')).toEqual([])
    expect((await server.call('ops-demo', 'GET', '/webhook-deliveries?state=lost')).status).toBe(400)
  })

  test('about what the viewer may not see are as if there were none', async () => {
    for (const queue of ['payroll', 'mail', 'payroll', 'payroll', 'mail']) await tellOf(queue)
    expect(await list()).toHaveLength(5)
    const { body } = await server.call('support-demo', 'GET', '/webhook-deliveries?limit=2')
    expect(body.items).toHaveLength(2)
    expect(body.nextCursor).toBeUndefined()
  })
})

describe('sending a webhook again', () => {
  test('sends the same message with the same id, and is audited', async () => {
    const { event } = await tellOf()
    // A message of the test before may still arrive.
    const received = () => receiver.received.filter(({ headers }) => headers['webhook-id'] === event)
    await expect.poll(() => received().length).toBe(1)
    await expect.poll(async () => (await list())[0]?.state).toBe('delivered')
    const [{ id, messageId } = { id: '', messageId: '' }] = await list()
    const shown = await preview('ops-demo', about(id))
    expect(shown.body.plan).toMatchObject({ title: 'Send again to chat: incident opened', before: { state: 'delivered', attempts: 1 }, cautions: [expect.stringContaining('already accepted') as string] })
    const done = await execute('ops-demo', shown, 'the chat had lost it')
    expect(done).toMatchObject({ status: 200, body: { event: { eventType: 'webhook.redelivered', reason: 'the chat had lost it' }, result: { messageId, endpoint: 'chat' } } })
    await expect.poll(() => received().length).toBe(2)
    const [first, second] = received()
    expect([second!.headers['webhook-id'], second!.body]).toEqual([first!.headers['webhook-id'], first!.body])
    await expect.poll(async () => (await list())[0]).toMatchObject({ state: 'delivered', attempts: 2 })
  })

  test('is refused to a viewer, for what is not there, and for what the actor may not see', async () => {
    await tellOf('payroll')
    const [{ id } = { id: '' }] = await list()
    expect((await once('viewer-demo', about(id))).status).toBe(403)
    expect((await once('ops-demo', about(crypto.randomUUID()))).status).toBe(404)
    const [hidden, none] = [await once('support-demo', about(id)), await once('support-demo', about(crypto.randomUUID()))]
    expect([hidden.status, hidden.body.code]).toEqual([none.status, none.body.code])
  })

  test('is possible while the next try is hours away, and not when it is about to be sent', async () => {
    receiver.answer = 500
    await tellOf()
    await expect.poll(async () => (await list())[0]?.attempts).toBe(1)
    await runSql(server.database.url, `update ops.webhook_delivery set next_at = now() + interval '5 hours'`)
    receiver.answer = 204
    const [{ id } = { id: '' }] = await list()
    expect((await once('ops-demo', about(id))).status).toBe(200)
    await expect.poll(async () => (await list())[0]?.state).toBe('delivered')
    await runSql(server.database.url, `update ops.webhook_delivery set state = 'waiting', attempts = 0, next_at = now() + interval '5 hours'`)
    expect((await once('ops-demo', about(id))).body).toMatchObject({ code: 'illegal_transition', detail: 'It is about to be sent.' })
    await runSql(server.database.url, `update ops.webhook_delivery set endpoint = 'former', attempts = 1`)
    expect((await once('ops-demo', about(id))).body).toMatchObject({ code: 'illegal_transition', detail: 'The receiver former is no longer configured.' })
  })
})

test('the notice of a silence is sent at once, and names the incident, but not the reason', async () => {
  const { incident } = await tellOf()
  await expect.poll(() => receiver.received.length).toBe(1)
  const done = await once('ops-demo', { action: 'silence_incident', subject: { type: 'incident', id: incident }, input: { untilCount: 100_000 }, reason: 'the CANARY sings' })
  expect(done.status).toBe(200)
  await expect.poll(() => receiver.received.length).toBe(2)
  const { type, data } = JSON.parse(receiver.received[1]!.body) as { type: string; data: { metadata: object } }
  expect(type).toBe('incident.silenced')
  expect(data).toMatchObject({ id: (done.body.event as { id: string }).id, actor: { id: 'ops-demo' }, metadata: { class: 'stuck_queue', scope: { queue: 'mail' }, resource: { queue: 'mail' } } })
  expect(receiver.received[1]!.body).not.toContain('CANARY')
})

test('a repair is sent by webhook, without its reason unless showAs names an actor who may see it', async () => {
  await runSql(server.database.url, `insert into ops.cron_slot (entry_id, kind, slot_at, state, decided_at) select id, 'scheduled', clock_timestamp() - interval '1 minute', 'missed_fire', now() from ops.cron_entry`)
  const done = await once('ops-demo', { action: 'run_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, reason: 'the CANARY sings' }, undefined)
  expect(done.status).toBe(200)
  await expect.poll(() => receiver.received.length).toBe(1)
  expect(receiver.received[0]!.body).not.toContain('CANARY')
  const { data } = JSON.parse(receiver.received[0]!.body) as { data: Record<string, unknown> }
  expect(data).toMatchObject({ eventType: 'cron.run_now', subject: { type: 'cron_entry', id: 'nightly_sync' }, actor: { id: 'ops-demo' } })
  expect(data.after).toBeUndefined()
})

test('with an actor to show it as, the display policy decides about reasons and states', async () => {
  const showAs: Person = { id: 'hooks', role: 'support' }
  // A database of its own, where no server tells first.
  const database = await createDatabase()
  const shownAs = await openKit<Person>({ database: { url: database.url }, auth, displayPolicy, engine: idleEngine, escalation: standardWebhooks({ endpoints: [{ name: 'policied', url: receiver.url, secrets: [secret], allowPrivate: true }], showAs }) })
  const incident = await insertIncident(shownAs, new Date())
  await changeIncident(shownAs, incident, 'incident.opened', {}, 'mail', 'the CANARY sings')
  await runSql(database.url, `update ops.notice set recorded_at = now() - interval '1 minute'`)
  await tellHost(shownAs, readNoticeFacts)
  const [row] = await query(shownAs.db.em(), sql<{ body: string }>`select body from ops.webhook_delivery where endpoint = 'policied'`)
  const { data } = JSON.parse(row!.body) as { data: Record<string, unknown> }
  expect(data).toMatchObject({ reason: '[hidden by role]', after: { hidden: 'by role' } })
  expect(row!.body).not.toContain('CANARY')
  await shownAs.db.close()
  await database.drop()
})

test('no secret, address or body appears in a log or in evidence', async () => {
  receiver.answer = 410
  await tellOf()
  await expect.poll(async () => (await list())[0]?.state).toBe('dead')
  const events = await query(kit.db.em(), sql`select * from ops.audit_event`)
  const written = JSON.stringify(events) + server.logged.join('\n')
  expect(written).toContain('webhook.given_up')
  expect(written.replaceAll('the CANARY sings', '')).not.toMatch(/CANARY|whsec|Q0FOQVJZ/)
})

test('the command line lists webhooks and sends one again', async () => {
  receiver.answer = 500
  await tellOf()
  await expect.poll(async () => (await list())[0]?.attempts).toBe(1)
  const ops = await commandLine(server.database.url)
  const { out } = await ops.run(['webhooks', 'list'])
  expect(out).toMatch(/chat +incident\.opened +incident:[\w-]+ +waiting +\d+ .*500 The receiver refused it\./)
  const [{ id } = { id: '' }] = await list()
  expect(await ops.run(['webhooks', 'redeliver', String(id), '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('no longer configured') as string })
})
