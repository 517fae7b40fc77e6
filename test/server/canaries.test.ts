import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Endpoint, endpoints } from '../../schemas/index.ts'
import { displayPolicy, nightlySync, startServer, type TestServer } from '../support/server.ts'

/** Planted where secrets end up; none may be seen by whom the policy hides them from. */
const canary = {
  secretKey: 'CANARY-secret-key-1f2e',
  plainArg: 'CANARY-plain-arg-3c4d',
  reason: 'CANARY-reason-5a6b words',
  failing: 'CANARY-failing-args-7f8e',
}

let server: TestServer
let policyFails = false

beforeAll(async () => {
  server = await startServer({
    cron: [{ ...nightlySync, args: { scope: canary.plainArg, nested: [{ apiKey: canary.secretKey }], Authorization: canary.secretKey } }],
    displayPolicy: {
      display(kind, value, context) {
        if (policyFails) throw new Error(`cannot decide about ${JSON.stringify(value)}`)
        return displayPolicy.display(kind, value, context)
      },
    },
  })
  for (const action of ['pause_cron_entry', 'resume_cron_entry']) {
    const body = { action, subject: { type: 'cron_entry', id: 'nightly_sync' }, reason: canary.reason }
    expect((await server.call('ops-demo', 'POST', '/operations', body, { 'idempotency-key': action })).status).toBe(200)
  }
  const create = {
    action: 'create_cron_entry',
    subject: { type: 'cron_entry', id: 'runtime_one' },
    input: { queue: 'nightly_sync', expression: '0 3 * * *', args: { scope: canary.plainArg, password: canary.secretKey } },
    reason: canary.reason,
  }
  expect((await server.call('ops-demo', 'POST', '/operations', create, { 'idempotency-key': 'create' })).status).toBe(200)
  // A refused attempt with everything in it, and an entry that stays paused with its reason.
  await server.call('ops-demo', 'POST', '/operations', create, { 'idempotency-key': 'again' })
  const pause = { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'runtime_one' }, reason: canary.reason }
  await server.call('ops-demo', 'POST', '/operations', pause, { 'idempotency-key': 'pause' })
})
afterAll(() => server.stop())

/** Everything that can be read, as one text. */
async function readEverything(who: string): Promise<string> {
  const { body } = await server.call('ops-demo', 'GET', '/audit-events?limit=200')
  const ids = body.items!.map(({ id }) => String(id))
  const reads = (Object.values(endpoints) as unknown as Endpoint[])
    .filter(({ method, media }) => method === 'GET' && media !== 'event-stream')
    .flatMap(({ name, path }) => {
      if (name === 'exportAuditEvents') return [`${path}?format=csv`, `${path}?format=ndjson`]
      if (name === 'getAuditEvent') return ids.map((id) => path.replace('{id}', id))
      if (name === 'getForensics') return [...ids.map((id) => `/forensics/audit_event/${id}`), '/forensics/cron_entry/nightly_sync', '/forensics/cron_entry/runtime_one']
      return ['nightly_sync', 'runtime_one'].map((entry) => path.replace('{name}', entry).replace('{id}', crypto.randomUUID()))
    })
  const answers = await Promise.all(reads.map((path) => server.call(who, 'GET', path)))
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(8)
  return answers.map(({ text, headers }) => text + JSON.stringify([...headers])).join('\n')
}

describe('canaries', () => {
  test('are there to be found: an operator reads args and reasons', async () => {
    const all = await readEverything('ops-demo')
    expect(all).toContain(canary.plainArg)
    expect(all).toContain(canary.reason)
  })

  test('under keys that look secret are hidden from everybody by default', async () => {
    expect(await readEverything('ops-demo')).not.toContain(canary.secretKey)
  })

  test('are not seen by an actor whose policy hides them, in any read or export', async () => {
    const all = await readEverything('support-demo')
    for (const planted of Object.values(canary)) expect(all).not.toContain(planted)
  })

  test('are not in a preview, an answer or a refusal either', async () => {
    const update = {
      action: 'update_cron_entry',
      subject: { type: 'cron_entry', id: 'runtime_one' },
      input: { args: { scope: 'new', token: canary.secretKey } },
    }
    const shown = await server.call('ops-demo', 'POST', '/previews', update)
    expect(shown.status).toBe(201)
    expect(shown.text).not.toContain(canary.secretKey)
    const read = await server.call('ops-demo', 'GET', `/previews/${String(shown.body.id)}`)
    expect(read.text).not.toContain(canary.secretKey)
    const broken = await server.call('ops-demo', 'POST', '/previews', { ...update, input: { args: canary.secretKey, [canary.failing]: 1 } })
    expect(broken.status).toBe(400)
    expect(broken.text).not.toContain(canary.secretKey)
  })

  test('stay hidden when the policy itself fails', async () => {
    policyFails = true
    try {
      const all = await readEverything('ops-demo')
      for (const planted of Object.values(canary)) expect(all).not.toContain(planted)
      expect(all).toContain('[redacted]')
    } finally {
      policyFails = false
    }
  })

  test('never reach the log', async () => {
    const log = server.logged.join('\n')
    for (const planted of Object.values(canary)) expect(log).not.toContain(planted)
  })
})
