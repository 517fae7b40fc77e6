import { describe, expect, test } from 'vitest'
import { createOps, denyEverything, type Engine, type OpsOptions } from '../../server/index.ts'
import { migrations } from '../../migrations/index.ts'
import { requireNode } from '../../server/node-version.ts'
import { createDatabase } from '../support/postgres.ts'

/** The parts of an engine that startup uses. */
const engine = {
  name: 'none',
  transactional: true,
  capabilities: { enqueue: false, cancelExecuting: false, keepsFinishedJobs: false },
  check: async () => ({ ok: true, detail: 'not asked' }),
  enqueue: () => Promise.reject(new Error('no jobs here')),
  find: async () => [],
  cancel: async () => {},
  measure: async () => ({ waiting: 0, executing: 0, finished: 0, waitP95Seconds: null, how: 'exact', queues: [] }),
} as unknown as Engine
const whole: OpsOptions<never> = {
  database: { url: 'postgres://nobody@127.0.0.1:1/nothing' },
  auth: denyEverything,
  displayPolicy: { display: () => undefined },
  engine,
  log: { info() {}, warn() {}, error() {} },
}
const start = (change: object) => createOps({ ...whole, ...change } as OpsOptions<never>)

describe('createOps refuses', () => {
  test.each([
    ['no database', { database: undefined }, /'database' is missing.*database: \{ url:/s],
    ['a database without a URL', { database: {} }, /'database\.url' is undefined; expected postgres:/],
    ['a URL of another database', { database: { url: 'mysql://x' } }, /'database\.url' is not a PostgreSQL URL/],
    ['an invalid schema name', { database: { ...whole.database, schema: 'Ops; drop' } }, /'database\.schema' is 'Ops; drop'; expected lower-case/],
    ['a schema of PostgreSQL', { database: { ...whole.database, schema: 'pg_ops' } }, /'database\.schema' is 'pg_ops', which is reserved by PostgreSQL/],
    ['the schema of the SQL standard', { database: { ...whole.database, schema: 'information_schema' } }, /is reserved by PostgreSQL; expected another name, e\.g\. 'ops'/],
    ['no auth', { auth: undefined }, /'auth' is missing.*currentActor:/s],
    ['an auth that cannot decide', { auth: { ...denyEverything, authorize: undefined } }, /'auth\.authorize' is undefined; expected a function/],
    ['no display policy', { displayPolicy: null }, /'displayPolicy' is missing.*display:/s],
    ['no engine', { engine: undefined }, /'engine' is missing.*pgBoss\(boss\)/s],
    ['something other than an engine', { engine: { name: 'x' } }, /'engine\.enqueue' is undefined/],
    ['a base that is not a path', { base: 'ops/' }, /'base' is 'ops\/'; expected a path such as \/ops\/jobs/],
    ['a reason for an unknown operation', { reasons: { explode: { required: true } } }, /'reasons\.explode' is not an operation; expected one of pause_cron_entry/],
    ['a runbook for nothing', { runbooks: { stuck: {} } }, /'runbooks\.stuck' is neither a class of incidents nor a type of subject; expected one of engine_unreachable/],
    ['a runbook that is not text', { runbooks: { stuck_queue: { text: 7 } } }, /'runbooks\.stuck_queue\.text' is number; expected Markdown as text/],
    ['a runbook with a link that runs something', { runbooks: { job: { links: [{ label: 'x', href: 'javascript:alert(1)' }] } } }, /'runbooks\.job\.links\[0\]\.href' is "javascript:alert\(1\)"; expected a web address/],
    ['a runbook with a link without words', { runbooks: { job: { links: [{ label: ' ', href: '/x' }] } } }, /'runbooks\.job\.links\[0\]\.label' is missing/],
  ])('%s, naming the key and the lines to add', async (_, change, message) => {
    await expect(start(change)).rejects.toThrow(message)
  })
})

test('a database outage does not stop the process; requests are unavailable', async () => {
  const ops = await start({})
  await expect(ops.start()).rejects.toThrow()
  await ops.stop()
})

test('starting before the migrations fails and says what to do', async () => {
  const database = await createDatabase({ empty: true })
  const ops = await start({ database: { url: database.url } })
  await expect(ops.start()).rejects.toThrow(new RegExp(`schema 'ops' lacks ${migrations.length} migrations.*call ops\\.migrate\\(\\)`, 's'))
  await ops.migrate()
  await ops.start()
  await ops.stop()
  await database.drop()
})

test('the stub denies everything: no one is signed in', async () => {
  expect(denyEverything.currentActor({} as never)).toBeNull()
  expect(denyEverything.authorize({} as never, 'view_cron', { type: 'page', id: 'cron' })).toBe(false)
  expect(denyEverything.auditPrincipal({} as never)).toBeNull()
})

test.each(['20.19.0', '22.17.1', '18.0.0'])('Node %s is refused in one sentence that names the required version', (version) => {
  expect(() => requireNode(version)).toThrow(`ops-powertools: this is Node ${version}; expected 22.18 or newer.`)
})

test.each(['22.18.0', '24.0.0', '26.1.0'])('Node %s is accepted', (version) => {
  expect(() => requireNode(version)).not.toThrow()
})
