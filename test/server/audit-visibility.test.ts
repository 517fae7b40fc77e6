import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

/** `ops-two` sees everything but what is of queue `theirs`, and no reason that is about an entry. */
let server: TestServer
let client: Client
let strict = false
beforeAll(async () => {
  server = await startServer({
    auth: {
      ...auth,
      authorize(person, action, resource) {
        if (person.id !== 'ops-two' || resource.type === 'page') return auth.authorize(person, action, resource)
        return resource.queue === undefined ? !strict : resource.queue !== 'theirs'
      },
    },
    displayPolicy: {
      display: (kind, value, context) =>
        kind === 'reason' && context.actor.id === 'ops-two' && context.subject?.type === 'cron_entry' ? '[not for you]' : displayPolicy.display(kind, value, context),
    },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  strict = false
  await client.query('alter table ops.audit_event disable trigger all; delete from ops.audit_event; alter table ops.audit_event enable trigger all')
})

interface Planted {
  type?: string
  id?: string
  reason?: string
  queue?: string
  actor?: string
  metadata?: object
}

/** One event, newer than all before it. */
async function plant({ type = 'job', id = crypto.randomUUID(), reason, queue, actor = 'ops-demo', metadata = {} }: Planted): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into ops.audit_event (id, action, event_type, outcome, actor_id, actor_type, actor_label, subject_type, subject_id, reason, source, request_id, metadata)
     values (gen_random_uuid(), 'retry_job', 'job.retried', 'succeeded', $1, 'user', $1, $2, $3, $4, 'api', 'r', $5) returning id::text`,
    [actor, type, id, reason ?? null, JSON.stringify({ ...metadata, ...(queue !== undefined && { resource: { type, id, queue } }) })],
  )
  return rows[0]!.id
}

const list = async (who: string, query = '') => (await server.call(who, 'GET', `/audit-events?${query}`)).body as { items: { id: string; metadata: object; reason?: string }[]; nextCursor?: string }
const ids = async (who: string, query = '') => (await list(who, query)).items.map(({ id }) => id)

describe('a page of the audit log', () => {
  test('is filled with visible events, and ends as if there were no others', async () => {
    const mine: string[] = []
    for (let n = 0; n < 60; n++) {
      const queue = n % 6 === 0 ? 'mine' : 'theirs'
      const id = await plant(n % 4 === 0 ? { queue } : { type: 'queue', id: queue, queue })
      if (queue === 'mine') mine.unshift(id)
    }
    for (const limit of [1, 3, 10]) {
      const seen: string[] = []
      const sizes: number[] = []
      for (let cursor = ''; ; ) {
        const { items, nextCursor } = await list('ops-two', `limit=${limit}${cursor && `&cursor=${cursor}`}`)
        seen.push(...items.map(({ id }) => id))
        sizes.push(items.length)
        if (nextCursor === undefined) break
        cursor = nextCursor
      }
      expect(seen).toEqual(mine)
      expect(sizes).toEqual(Array.from({ length: Math.ceil(10 / limit) }, (_, page) => Math.min(limit, 10 - page * limit)))
    }
  })
})

describe('a search for words of a reason', () => {
  test('finds them only in reasons as they are displayed', async () => {
    const open = await plant({ reason: 'the ferry to Zanzibar is late', queue: 'mine' })
    const closed = await plant({ type: 'cron_entry', id: 'nightly_sync', reason: 'zanzibar has paid', queue: 'mine' })
    expect(await ids('ops-demo', 'q=zanzibar')).toEqual([closed, open])
    expect(await ids('ops-two', 'q=zanzibar')).toEqual([open])
    expect((await list('ops-two', 'q=zanzibar&limit=1')).nextCursor).toBeUndefined()
    expect(await ids('ops-two', 'q=paid')).toEqual([])
    expect(await ids('ops-two', 'q=not%20for%20you')).toEqual([])
    expect((await list('ops-two')).items.map(({ reason }) => reason)).toEqual(['[not for you]', 'the ferry to Zanzibar is late'])
    const exported = await server.call('ops-two', 'GET', '/audit-events/export?format=ndjson&q=zanzibar')
    expect(exported.text).toContain(open)
    expect(exported.text).not.toContain(closed)
  })
})

describe('an export in the audit log', () => {
  test('shows its filters only to the actor who exported it', async () => {
    expect((await server.call('ops-demo', 'GET', '/jobs/export?format=csv&queue=theirs')).status).toBe(200)
    expect((await server.call('ops-demo', 'GET', '/audit-events/export?format=csv&q=payroll')).status).toBe(200)
    const own = JSON.stringify((await list('ops-demo')).items)
    expect([own.includes('theirs'), own.includes('payroll')]).toEqual([true, true])
    for (const who of ['ops-two', 'viewer-demo']) {
      const { text } = await server.call(who, 'GET', '/audit-events')
      expect(text).toContain('audit.exported')
      expect(text).not.toMatch(/theirs|payroll/)
      expect((await server.call(who, 'GET', '/audit-events/export?format=ndjson')).text).not.toMatch(/theirs|payroll/)
    }
  })

  test('is hidden from actors to whom the host denies it', async () => {
    await server.call('ops-demo', 'GET', '/jobs/export?format=csv')
    await server.call('ops-two', 'GET', '/jobs/export?format=csv')
    expect(await ids('ops-two')).toHaveLength(2)
    strict = true
    expect((await list('ops-two')).items).toMatchObject([{ actor: { id: 'ops-two' } }])
  })
})
