import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Principal } from '../../schemas/index.ts'
import { ActorIdentity } from '../../migrations/0012-actor-identity.ts'
import { openDatabase } from '../../server/db/database.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { people, startServer, type TestServer } from '../support/server.ts'

/** Who the host names for each token; they all may do everything. */
const named: Record<string, Principal> = {
  'ops-demo': { id: 'sam', type: 'user', label: 'Sam' },
  'ops-two': { id: 'sam', type: 'service', label: 'a service called sam' },
}
let server: TestServer
let client: Client

beforeAll(async () => {
  server = await startServer({
    queues: ['nightly_sync', 'mail'],
    auth: {
      currentActor: (request) => people[request.headers.authorization?.replace(/^Bearer /, '') ?? ''] ?? null,
      authorize: (_person, action, resource) => !(action.endsWith('_job') && resource.type === 'bulk'),
      auditPrincipal: (person) => named[person.id] ?? null,
    },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
beforeEach(() => {
  delete named['viewer-demo']
})

const pause = { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, input: {} }
const run = { action: 'run_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, input: {} }

test('a preview belongs to the type of its actor too', async () => {
  const { body: mine } = await server.call('ops-demo', 'POST', '/previews', pause)
  const { body: other } = await server.call('ops-two', 'POST', '/previews', pause)
  expect(other.id).not.toBe(mine.id)
  expect(other.token).not.toBe(mine.token)
  expect(await server.call('ops-two', 'GET', `/previews/${String(mine.id)}`)).toMatchObject({ status: 404 })
  expect(await server.call('ops-two', 'POST', `/previews/${String(mine.id)}/execute`, { token: mine.token })).toMatchObject({ status: 404 })
  expect(await server.call('ops-demo', 'GET', `/previews/${String(mine.id)}`)).toMatchObject({ status: 200 })
})

test('an idempotency key belongs to the type of its actor too', async () => {
  const headers = { 'idempotency-key': crypto.randomUUID() }
  const first = await server.call('ops-demo', 'POST', '/operations', run, headers)
  const other = await server.call('ops-two', 'POST', '/operations', run, headers)
  expect([first.status, other.status]).toEqual([200, 200])
  expect((other.body.event as { id: string }).id).not.toBe((first.body.event as { id: string }).id)
  expect(other.body.event).toMatchObject({ actor: { id: 'sam', type: 'service' } })
})

test('refusals are folded for each type of actor apart', async () => {
  await client.query('delete from ops.refusal_tally')
  const wrong = { ...pause, subject: { type: 'cron_entry', id: 'no-such-entry' } }
  for (let n = 0; n < 12; n++) await server.call('ops-demo', 'POST', '/previews', wrong)
  await server.call('ops-two', 'POST', '/previews', wrong)
  const { rows } = await client.query(`select actor_type, count(*)::int as events from ops.audit_event where subject_id = 'no-such-entry' group by 1 order by 1`)
  expect(rows).toEqual([{ actor_type: 'service', events: 1 }, { actor_type: 'user', events: 10 }])
})

test('a bulk run of another type is not one’s own', async () => {
  const [id] = await insertJobs(client, 1, { queue: 'mail' })
  const request = { action: 'retry_job', selection: { ids: [id] }, reason: 'the mail server is back' }
  const { body } = await server.call('ops-demo', 'POST', '/operations', request, { 'idempotency-key': crypto.randomUUID() })
  const bulkId = (body.event as { bulkId: string }).bulkId
  await client.query(`update ops.bulk_run set status = 'running' where id = $1`, [bulkId])
  expect(await server.call('ops-two', 'POST', `/bulk/${bulkId}/abort`)).toMatchObject({ status: 403 })
  expect(await server.call('ops-demo', 'POST', `/bulk/${bulkId}/abort`)).toMatchObject({ status: 200 })
})

test('saved views belong to the type of their actor too', async () => {
  await server.call('ops-demo', 'PUT', '/job-views/mine', { filters: { queue: 'mail' } })
  expect((await server.call('ops-demo', 'GET', '/job-views')).body.items).toHaveLength(1)
  expect((await server.call('ops-two', 'GET', '/job-views')).body.items).toEqual([])
})

test('the audit log is searched by the type of an actor', async () => {
  const of = async (query: string) => (await server.call('ops-demo', 'GET', `/audit-events?actor=sam${query}`)).body.items!.map(({ actor }) => (actor as Principal).type)
  expect(new Set(await of(''))).toEqual(new Set(['user', 'service']))
  expect(new Set(await of('&actorType=service'))).toEqual(new Set(['service']))
})

test.each([
  { id: 'root', type: 'system', label: 'root' },
  { id: 'root', type: 'System', label: 'root' },
  { id: 'system', type: 'user', label: 'system' },
  { id: 'unattributable', type: 'user', label: 'nobody' },
])('a host that names $type:$id takes a name that is ours, and the actor may only look', async (principal) => {
  named['viewer-demo'] = principal
  server.logged.length = 0
  expect(await server.call('viewer-demo', 'POST', '/previews', pause)).toMatchObject({ status: 403, body: { code: 'unattributable_actor' } })
  expect(await server.call('viewer-demo', 'GET', '/cron-entries')).toMatchObject({ status: 200 })
  expect(server.logged.join('\n')).toContain(`auditPrincipal returned ${principal.type}:${principal.id}`)
  const { rows } = await client.query(`select actor_id, actor_type from ops.audit_event where outcome = 'denied' order by occurred_at desc limit 1`)
  expect(rows).toEqual([{ actor_id: 'unattributable', actor_type: 'unknown' }])
})

test.each([
  { id: 'root', type: ' ' },
  { id: 'root', type: 'system ' },
  { id: 'root', type: 'sys\u200btem' },
  { id: 'root\n', type: 'user' },
])('a host that names $type:$id gives no name that evidence can hold, and the actor may only look', async (principal) => {
  named['viewer-demo'] = { ...principal, label: 'root' }
  expect(await server.call('viewer-demo', 'POST', '/previews', pause)).toMatchObject({ status: 403, body: { code: 'unattributable_actor' } })
  expect(await server.call('viewer-demo', 'GET', '/cron-entries')).toMatchObject({ status: 200 })
})

test('no token stands in the database, and two tabs of one actor hold the same one', async () => {
  const request = { ...run, action: 'pause_cron_entry' }
  const { body: first } = await server.call('ops-demo', 'POST', '/previews', request)
  const { body: second } = await server.call('ops-demo', 'POST', '/previews', request)
  expect(second).toMatchObject({ id: first.id, token: first.token })
  const { rows } = await client.query<{ row: string }>('select to_jsonb(preview)::text as row from ops.preview')
  expect(rows.length).toBeGreaterThan(0)
  for (const { row } of rows) expect(row).not.toContain(String(first.token))
  expect(await server.call('ops-demo', 'POST', `/previews/${String(first.id)}/execute`, { token: `${String(first.token)}x` })).toMatchObject({ status: 403 })
  expect(await server.call('ops-demo', 'POST', `/previews/${String(first.id)}/execute`, { token: first.token })).toMatchObject({ status: 200 })
})

test('the migration gives each row the type of its actor, and goes both ways', async () => {
  const database = await openDatabase({ url: server.database.url, schema: 'elsewhere' })
  try {
    await client.query('create schema elsewhere')
    await database.migrate()
    const run = crypto.randomUUID()
    await client.query(
      `insert into elsewhere.bulk_run (id, action, status, actor_id, actor_type, actor, selection, set_hash, source, request_id, total, eligible)
       values ($1, 'retry_job', 'finished', 'sam', 'service', '{"id":"sam","type":"service","label":"s"}', '{}', '', 'api', 'r', 3, 2)`,
      [run],
    )
    const jobs = [
      { id: '1', queue: 'mail', version: 'v', state: 'discarded', worker: 'Mailer', tags: ['a'] },
      { id: '2', queue: 'mail', version: 'v', state: 'discarded', notEligible: 'no' },
      { id: '3', queue: 'books', version: 'v', state: 'discarded' },
    ]
    await client.query(`insert into elsewhere.bulk_batch (bulk_id, number, jobs, eligible) values ($1, 0, $2, 2)`, [run, JSON.stringify(jobs)])
    await client.query('set search_path to elsewhere')
    for (const way of ['down', 'up'] as const) {
      const migration = new ActorIdentity(undefined as never, undefined as never)
      migration[way]()
      for (const statement of migration.getQueries()) await client.query(String(statement))
    }
    await client.query('reset search_path')
    const { rows } = await client.query(`select actor_type, queues from elsewhere.bulk_run`)
    expect(rows).toEqual([
      {
        actor_type: 'service',
        queues: { mail: { total: 2, eligible: 1, sample: { id: '1', worker: 'Mailer', tags: ['a'] } }, books: { total: 1, eligible: 1, sample: { id: '3' } } },
      },
    ])
  } finally {
    await database.close()
  }
})
