import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditEvent } from '../../schemas/index.ts'
import type { Resource } from '../../server/index.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { operate } from '../support/operate.ts'
import { auth, displayPolicy, startServer, type Answer, type TestServer } from '../support/server.ts'

// What somebody may neither see nor change answers as if it were not there, and what is hidden is confirmed to nobody.

let server: TestServer
let client: Client
let jobId = ''
/** Of `ops-two`: nothing of the secret queue, also where only the job is named. */
let lax = true
const told: AuditEvent[] = []
const asked: Resource[] = []
const { preview, once } = operate(() => server)

beforeAll(async () => {
  server = await startServer({
    queues: ['nightly_sync', 'secret'],
    auth: {
      ...auth,
      authorize(person, action, resource) {
        asked.push(resource)
        if (person.id !== 'ops-two' || resource.type === 'page') return auth.authorize(person, action, resource)
        if (resource.queue === undefined && resource.type !== 'queue') return lax || { allowed: false, reason: 'Name a queue of yours.' }
        return resource.queue !== 'secret' || { allowed: false, reason: 'Not your queue.' }
      },
    },
    displayPolicy,
    escalation: { handle: (event) => void told.push(event) },
    cron: [],
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  ;[jobId = ''] = await insertJobs(client, 1, { queue: 'secret' })
  const entry = { action: 'create_cron_entry', subject: { type: 'cron_entry', id: 'secret_entry' }, input: { queue: 'secret', expression: '0 3 * * *', timezone: 'Etc/UTC' } }
  expect((await once('ops-demo', { ...entry, reason: 'made for this test' })).status).toBe(200)
})
afterAll(async () => {
  await client.end()
  await server.stop()
})

const unknownJob = '00000000-0000-4000-8000-000000000000'

/** Without what tells one request from another. */
function bare({ status, body }: Answer, id: string): unknown {
  return JSON.parse(JSON.stringify({ status, body: { ...body, requestId: '' } }).replaceAll(id, '<id>'))
}

/** Newest first, as `ops-two` reads it. */
async function evidence(id: string): Promise<unknown[]> {
  const { items } = (await server.call('ops-two', 'GET', `/audit-events?actor=ops-two&subjectId=${id}`)).body
  return (items as unknown as AuditEvent[]).map(({ outcome, code, metadata, eventType }) => JSON.parse(JSON.stringify({ outcome, code, metadata, eventType }).replaceAll(id, '<id>')))
}

describe('a subject that an actor may neither see nor change behaves like one that does not exist', () => {
  const actions: [string, string, object][] = [
    ...['retry_job', 'cancel_job', 'discard_job', 'restore_job', 'rescue_job'].map((action): [string, string, object] => [action, 'job', {}]),
    ...['pause_cron_entry', 'resume_cron_entry', 'run_cron_entry', 'delete_cron_entry'].map((action): [string, string, object] => [action, 'cron_entry', {}]),
    ['update_cron_entry', 'cron_entry', { expression: '0 4 * * *' }],
    ['pause_queue', 'queue', {}],
  ]
  describe.each([['a rule that allows resources without a queue', true], ['a rule that allows only resources with a queue', false]])('%s', (_, isLax) => {
    test.each(actions)('%s', async (action, type, input) => {
      lax = isLax
      const hidden = { job: jobId, cron_entry: 'secret_entry', queue: 'secret' }[type]!
      const unknown = type === 'job' ? unknownJob : 'nowhere'
      const ways = [
        (id: string) => preview('ops-two', { action, subject: { type, id }, input }),
        (id: string) => once('ops-two', { action, subject: { type, id }, input, reason: 'a reason of usual length' }),
        (id: string) => once('ops-two', { action, subject: { type, id }, input }),
      ]
      // A queue is its own resource, so the host is told its name either way, and its rule alone decides.
      if (type === 'queue') return expect(bare(await ways[0]!(hidden), hidden)).toMatchObject({ status: 403 })
      for (const way of ways) expect(bare(await way(hidden), hidden)).toEqual(bare(await way(unknown), unknown))
      expect(await evidence(hidden)).toEqual(await evidence(unknown))
    })
  })

  test('an actor who may see it is refused with the reason', async () => {
    expect((await preview('viewer-demo', { action: 'retry_job', subject: { type: 'job', id: jobId } })).body).toMatchObject({ code: 'forbidden', detail: 'Your role is viewer.' })
  })
})

test('guessing a hidden argument does not confirm it', async () => {
  const subject = { type: 'cron_entry', id: 'with_token' }
  const args = { token: 'the right one', scope: 'all' }
  const input = { queue: 'nightly_sync', expression: '0 3 * * *', timezone: 'Etc/UTC', args }
  expect((await once('ops-demo', { action: 'create_cron_entry', subject, input, reason: 'made for this test' })).status).toBe(200)
  const guess = async (token: string) => {
    const answer = await preview('ops-demo', { action: 'update_cron_entry', subject, input: { args: { token, scope: 'all' } } })
    const { status, plan } = answer.body
    return { http: answer.status, status, plan }
  }
  const right = await guess('the right one')
  expect(right).toEqual(await guess('a wrong one'))
  expect(right).toMatchObject({ http: 201, plan: { after: { args: { token: '[hidden]', scope: 'all' } } } })
  // What reads as it was shown is still no change.
  expect(await guess('[hidden]')).toMatchObject({ http: 400 })
})

test('the host is notified of a repair as the system sees it, whoever made it and whatever is hidden from them', async () => {
  const [id] = await insertJobs(client, 1, { queue: 'nightly_sync' })
  const redacting = await startServer({
    database_: server.database,
    displayPolicy: { display: (kind) => (kind === 'actor_label' ? undefined : '[hidden from you]') },
    escalation: { handle: (event) => void told.push(event) },
    cron: [],
  })
  try {
    told.length = 0
    const key = crypto.randomUUID()
    const body = { action: 'retry_job', subject: { type: 'job', id }, reason: 'the mail server is back' }
    expect((await redacting.call('ops-demo', 'POST', '/operations', body, { 'idempotency-key': key })).body.event).toMatchObject({ reason: '[hidden from you]' })
    await expect.poll(() => told).toHaveLength(1)
    expect(told[0]).toMatchObject({ reason: 'the mail server is back', before: { state: 'discarded' }, metadata: { resource: { type: 'job', id, queue: 'nightly_sync' } } })
    const { rows } = await client.query<{ metadata: { resource: unknown } }>(`select metadata from ops.audit_event where event_type = 'host.follow_up' and subject_id = $1`, [id])
    await expect.poll(async () => rows[0] ?? (await client.query(`select metadata from ops.audit_event where event_type = 'host.follow_up' and subject_id = $1`, [id])).rows[0]).toMatchObject({
      metadata: { resource: { queue: 'nightly_sync' } },
    })
  } finally {
    await redacting.ops.stop()
  }
})

test('a rule of the host cannot change the resource it is asked about', () => {
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.every((resource) => Object.isFrozen(resource) && (resource.tags === undefined || Object.isFrozen(resource.tags)))).toBe(true)
})

test('of a hidden entry only the fact that its name is taken is revealed', async () => {
  const entry = { action: 'create_cron_entry', subject: { type: 'cron_entry', id: 'secret_entry' }, input: { queue: 'nightly_sync', expression: '0 3 * * *' } }
  const { status, body } = await preview('ops-two', entry)
  expect([status, body.detail]).toEqual([409, 'The name secret_entry is already taken; expected an unused name.'])
})
