import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { listDeploys } from '../../server/deploys/read.ts'
import { openKit } from '../../server/open.ts'
import { systemScope } from '../../server/operations/scope.ts'
import { commandLine } from '../support/command-line.ts'
import { operate } from '../support/operate.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'
import { runSql } from '../support/template.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())
beforeEach(() => runSql(server.database.url, 'delete from ops.deploy'))

const mark = (body: object, who = 'ops-demo', headers: Record<string, string> = {}) => server.call(who, 'POST', '/deploys', body, headers)
const list = async (query = '', who = 'ops-demo') => (await server.call(who, 'GET', `/deploys${query}`)).body.items!
const eventsOf = async (version: string) => (await server.call('ops-demo', 'GET', `/audit-events?subjectType=deploy&subjectId=${version}`)).body.items!
const { preview, execute, once } = operate(() => server)

describe('marking a deploy', () => {
  test('answers with the deploy, lists it, and leaves one audit event with its actor and note', async () => {
    const url = 'https://ci.example.com/builds/412?tab=log'
    const { status, body } = await mark({ version: 'v412', at: '2026-11-21T03:00:00+01:00', url, note: 'faster mails' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ version: 'v412', at: '2026-11-21T02:00:00.000Z', url, note: 'faster mails', by: { id: 'ops-demo', type: 'user' } })
    expect(await list()).toEqual([body])
    const events = await eventsOf('v412')
    expect(events).toMatchObject([{ id: body.eventId, action: 'mark_deploy', eventType: 'deploy.marked', outcome: 'succeeded', reason: 'faster mails', after: { version: 'v412', at: '2026-11-21T02:00:00.000Z', url } }])
  })

  test('takes the time of the request if none is given', async () => {
    const before = Date.now()
    const { body } = await mark({ version: 'v1' })
    expect(Date.parse(String(body.at))).toBeGreaterThanOrEqual(before)
    expect(Date.parse(String(body.at))).toBeLessThanOrEqual(Date.now())
  })

  test('is done once for a version and a time, whoever repeats it and however the time is written', async () => {
    const first = await mark({ version: 'v2', at: '2026-11-21T02:00:00Z', note: 'first' })
    const again = await mark({ version: 'v2', at: '2026-11-21T03:00:00.000+01:00', note: 'second' }, 'ops-two')
    expect([again.status, again.body]).toEqual([201, first.body])
    expect(await eventsOf('v2')).toHaveLength(1)
  })

  test('is done once for an Idempotency-Key, also without a time', async () => {
    const key = { 'idempotency-key': crypto.randomUUID() }
    const first = await mark({ version: 'v3' }, 'ops-demo', key)
    expect((await mark({ version: 'v3' }, 'ops-demo', key)).body).toEqual(first.body)
    expect(await list()).toHaveLength(1)
    expect((await mark({ version: 'v4' }, 'ops-demo', key)).body.code).toBe('idempotency_key_reused')
  })

  test('gives every one of ten simultaneous requests the same deploy', async () => {
    const body = { version: 'v5', at: '2026-11-21T02:00:00Z' }
    const answers = await Promise.all(Array.from({ length: 10 }, () => mark(body)))
    expect(new Set(answers.map(({ status, body }) => `${status} ${String(body.id)}`)).size).toBe(1)
    expect((await eventsOf('v5')).filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
  })

  test('counts a later deploy of the same version as another one', async () => {
    await mark({ version: 'v6', at: '2026-11-21T02:00:00Z' })
    await mark({ version: 'v6', at: '2026-11-21T04:00:00Z' })
    expect((await list()).map(({ at }) => at)).toEqual(['2026-11-21T04:00:00.000Z', '2026-11-21T02:00:00.000Z'])
  })

  test('is refused to a viewer, also where it would be a repeat, and to an actor without a name', async () => {
    const body = { version: 'v7', at: '2026-11-21T02:00:00Z' }
    await mark(body)
    for (const who of ['viewer-demo', 'nameless']) expect((await mark(body, who)).status).toBe(403)
    expect((await eventsOf('v7')).map(({ outcome }) => outcome)).toEqual(['denied', 'denied', 'succeeded'])
  })

  test('works as an operation with a preview, which refuses what is already marked', async () => {
    const request = { action: 'mark_deploy', subject: { type: 'deploy', id: 'v8' }, input: { at: '2026-11-21T02:00:00Z' } }
    const shown = await preview('ops-demo', request)
    expect(shown.body.plan).toMatchObject({ title: 'Mark the deploy of v8', after: { version: 'v8', at: '2026-11-21T02:00:00.000Z' }, risk: 'low' })
    expect((await execute('ops-demo', shown)).status).toBe(200)
    expect((await preview('ops-demo', request)).body.code).toBe('illegal_transition')
    expect((await once('ops-demo', request)).body.code).toBe('illegal_transition')
  })

  test.each([
    ['no version', {}],
    ['an empty version', { version: '' }],
    ['a version with blanks around it', { version: ' v9' }],
    ['a time that is none', { version: 'v9', at: 'yesterday' }],
    ['a time in the future', { version: 'v9', at: '2999-01-01T00:00:00Z' }],
    ['a script for an address', { version: 'v9', url: 'javascript:alert(1)' }],
    ['a file for an address', { version: 'v9', url: 'file:///etc/passwd' }],
    ['an address with credentials', { version: 'v9', url: 'https://me:password@ci.example.com/' }],
    ['no address', { version: 'v9', url: '/builds/412' }],
    ['a field nobody knows', { version: 'v9', host: 'a' }],
  ])('refuses %s', async (_what, body) => {
    expect((await mark(body)).status).toBe(400)
    expect(await list()).toEqual([])
  })
})

describe('the list of deploys', () => {
  const hour = (n: number) => `2026-11-20T${String(n).padStart(2, '0')}:00:00.000Z`

  test('is paged newest first, and keeps its place when deploys are added', async () => {
    for (let n = 0; n < 7; n++) await mark({ version: `v${n}`, at: hour(n) })
    const seen: unknown[] = []
    for (let cursor = ''; ; ) {
      const { body } = await server.call('ops-demo', 'GET', `/deploys?limit=3${cursor}`)
      seen.push(...body.items!.map(({ version }) => version))
      if (seen.length === 3) await mark({ version: 'later', at: hour(23) })
      if (body.nextCursor === undefined) break
      cursor = `&cursor=${encodeURIComponent(String(body.nextCursor))}`
    }
    expect(seen).toEqual(['v6', 'v5', 'v4', 'v3', 'v2', 'v1', 'v0'])
  })

  test('has the deploys of a window, its start included and its end not', async () => {
    for (let n = 0; n < 4; n++) await mark({ version: `v${n}`, at: hour(n) })
    expect((await list(`?from=${hour(1)}&to=${hour(3)}`)).map(({ version }) => version)).toEqual(['v2', 'v1'])
  })

  test('shows notes and addresses as the display policy says', async () => {
    const policied = await startServer({
      displayPolicy: { display: (kind, value) => (kind === 'reason' ? String(value).replace(/canary/g, '***') : undefined) },
    })
    const { body } = await policied.call('ops-demo', 'POST', '/deploys', { version: 'v1', url: 'https://ci.example.com/?key=canary', note: 'the canary sings' })
    expect(body).toMatchObject({ note: 'the *** sings' })
    expect(body.url).toBeUndefined()
    expect((await policied.call('ops-demo', 'GET', '/deploys')).text).not.toContain('canary')
    await policied.stop()
  })

  test('leaves out versions that the host refuses, and its pages are as if there were none', async () => {
    const ruled = await startServer({ auth: { ...auth, authorize: (_person, _action, { id }) => !id.startsWith('secret') } })
    for (let n = 0; n < 6; n++) await ruled.call('ops-demo', 'POST', '/deploys', { version: `v${n}`, at: hour(n) })
    await runSql(ruled.database.url, `update ops.deploy set version = 'secret ' || version where version in ('v1', 'v2', 'v4')`)
    const { body } = await ruled.call('ops-demo', 'GET', '/deploys?limit=3')
    expect(body.items!.map(({ version }) => version)).toEqual(['v5', 'v3', 'v0'])
    expect(body.nextCursor).toBeUndefined()
    await ruled.stop()
  })

  test('and its events are there for a viewer from whom a queue is hidden', async () => {
    const ruled = await startServer({ auth: { ...auth, authorize: ({ id }, _action, { queue }) => id !== 'ops-two' || queue !== 'nightly_sync' } })
    await ruled.call('ops-demo', 'POST', '/deploys', { version: 'v1' })
    expect((await ruled.call('ops-two', 'GET', '/deploys')).body.items).toHaveLength(1)
    expect((await ruled.call('ops-two', 'GET', '/audit-events?subjectType=deploy')).body.items).toHaveLength(1)
    await ruled.stop()
  })

  test('is there for charts and chronologies, oldest first', async () => {
    for (let n = 0; n < 4; n++) await mark({ version: `v${n}`, at: hour(n) })
    const kit = await openKit({ database: { url: server.database.url }, auth, displayPolicy, engine: pgBoss(server.boss) })
    const scope = systemScope(kit, kit.db.em())
    expect((await listDeploys(scope, new Date(hour(1)), new Date(hour(3)))).map(({ version }) => version)).toEqual(['v1', 'v2'])
    const blind = { ...scope, viewer: { ...scope.viewer, can: async () => ({ allowed: false }) } }
    expect(await listDeploys(blind, new Date(hour(1)), new Date(hour(3)))).toEqual([])
    await kit.db.close()
  })
})

test('the command line marks a deploy and lists it', async () => {
  const ops = await commandLine(server.database.url)
  const marked = await ops.run(['deploy', 'mark', 'v412', '--at', '2026-11-21T02:00:00Z', '--note', 'faster mails', '--yes'])
  expect(marked).toMatchObject({ code: 0, out: expect.stringContaining('deploy.marked on deploy:v412') as string })
  expect((await ops.run(['deploy', 'list'])).out).toMatch(/2026-11-21.* v412 +ops-demo +faster mails/)
  expect(await ops.run(['deploy', 'mark', 'v412', '--at', 'yesterday', '--yes'])).toMatchObject({ code: 1 })
  expect((await ops.run(['deploy', 'mark', 'v413', '--dry-run'])).out).toContain('Nothing was changed')
})
