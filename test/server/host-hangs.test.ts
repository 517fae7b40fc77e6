import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { insertJobs } from '../support/failed-jobs.ts'
import { auth, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
/** Which questions to the host stay without an answer. */
let hangs: 'nothing' | 'login' | 'rules' | 'rules about jobs' = 'nothing'
const never = new Promise<never>(() => {})

beforeAll(async () => {
  server = await startServer({
    queues: ['mail'],
    auth: {
      ...auth,
      currentActor: (request) => (hangs === 'login' ? never : auth.currentActor(request)),
      authorize: (person, action, resource) =>
        hangs === 'rules' || (hangs === 'rules about jobs' && resource.type === 'job') ? never : auth.authorize(person, action, resource),
    },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  await insertJobs(client, 3, { queue: 'mail' })
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
afterEach(() => {
  hangs = 'nothing'
})

const selection = { action: 'retry_job', selection: { filter: { queue: 'mail' } } }
const preview = (who: string) => server.call(who, 'POST', '/previews', selection)

async function expectAway(answer: ReturnType<TestServer['call']>): Promise<void> {
  const began = performance.now()
  const { status, body, headers } = await answer
  expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '2'])
  expect(performance.now() - began).toBeLessThan(5_000)
}

test.each(['login', 'rules'] as const)('a host that does not answer for its %s keeps nobody waiting', async (what) => {
  hangs = what
  const paths = ['/session', '/overview', '/jobs', '/queues', '/cron-entries', '/audit-events', '/jobs/export?format=csv', '/live']
  await Promise.all([...paths.map((path) => expectAway(server.call('ops-demo', 'GET', path))), expectAway(preview('ops-demo'))])
  const page = await fetch(`${server.url}/ops/jobs/cron`, { headers: { authorization: 'Bearer ops-demo' } })
  expect(page.status).toBe(503)
  expect((await server.call(null, 'GET', '/readyz')).status).toBe(200)
}, 15_000)

test('a selection that waited for the rules in vain gives its turn back', async () => {
  hangs = 'rules about jobs'
  await Promise.all([expectAway(preview('ops-demo')), expectAway(preview('ops-two'))])
  hangs = 'nothing'
  expect((await preview('ops-demo')).status).toBe(201)
}, 15_000)

test('a live stream ends when the rules do not answer for a hint, and the process goes on', async () => {
  const stream = await fetch(`${server.api}/live`, { headers: { authorization: 'Bearer ops-demo' } })
  const ended = stream.text()
  hangs = 'rules'
  const hint = JSON.stringify({ topic: 'queues', subject: { type: 'queue', id: 'mail' } })
  await client.query(`select pg_notify('ops_powertools_ops', $1)`, [hint])
  expect(await ended).not.toContain('mail')
  hangs = 'nothing'
  expect((await server.call('ops-demo', 'GET', '/session')).status).toBe(200)
}, 15_000)
