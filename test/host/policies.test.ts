import type { IncomingMessage } from 'node:http'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shopAuth } from '../../demo-host/host/auth.ts'
import { displayPolicy } from '../../demo-host/host/display-policy.ts'
import { findPerson } from '../../demo-host/host/people.ts'
import { Sessions } from '../../demo-host/host/sessions.ts'
import { openShop } from '../../demo-host/shop/stock.ts'
import { operationActions, viewActions, type Action } from '../../schemas/vocabulary.ts'
import type { DisplayKind } from '../../server/host/display.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

const ops = findPerson('ops-demo')!
const viewer = findPerson('viewer-demo')!
const support = findPerson('support-demo')!
const canary = 'sk_demo_canary_provider_91c2'

describe('the display policy', () => {
  const shown = (kind: DisplayKind, value: unknown, actor = ops) =>
    JSON.stringify(displayPolicy.display(kind, value, { actor, surface: 'view_audit' }))

  test('removes the provider’s keys from texts, at any depth, for everyone', () => {
    for (const actor of [ops, viewer, support]) {
      expect(shown('job_error', `402 for key ${canary}`, actor)).not.toContain(canary)
      expect(shown('job_error', { name: 'Error', inner: [{ stack: `at ${canary}` }] }, actor)).not.toContain(canary)
    }
    expect(shown('job_error', `402 for key ${canary}`)).toBe('"402 for key [key removed]"')
  })

  test('keeps the default: values under keys that look secret are hidden', () => {
    expect(shown('cron_args', { supplier: 'linen-house', apiKey: 'k' })).toBe('{"supplier":"linen-house","apiKey":"[hidden]"}')
  })

  test.each(['reason', 'cron_args', 'job_args', 'job_meta', 'job_output', 'job_error', 'incident_evidence'] as const)('hides %s from support', (kind) => {
    expect(shown(kind, { note: 'confidential' }, support)).not.toContain('confidential')
    expect(shown(kind, { note: 'confidential' }, viewer)).toContain('confidential')
  })

  test('shows support when an entry was paused, not why or with which arguments', () => {
    const state = { paused: true, pausedAt: '2026-11-21T02:00:00Z', pauseReason: 'confidential', args: { scope: 'confidential' } }
    expect(JSON.parse(shown('audit_state', state, support))).toEqual({
      paused: true,
      pausedAt: '2026-11-21T02:00:00Z',
      pauseReason: '[hidden for support]',
      args: '[hidden for support]',
    })
  })
})

describe('the auth seam', () => {
  let database: TestDatabase
  let sql: Pool
  let sessions: Sessions

  beforeAll(async () => {
    database = await createDatabase({ empty: true })
    sql = new Pool({ connectionString: database.url, max: 2 })
    sessions = new Sessions(sql)
    await openShop(sql)
  })
  afterAll(async () => {
    await sql?.end()
    await database?.drop()
  })

  test('each role may do what its summary says, and every denial has a reason', async () => {
    const auth = shopAuth(sessions)
    const actions = [...Object.keys(viewActions), ...Object.keys(operationActions)] as Action[]
    const allowed = async (actor: typeof ops) => {
      const answers = await Promise.all(actions.map((action) => auth.authorize(actor, action, { type: 'page', id: 'cron' })))
      for (const answer of answers) if (answer !== true) expect(answer).toEqual({ allowed: false, reason: expect.stringContaining('role ops') })
      return actions.filter((_, index) => answers[index] === true)
    }
    expect(await allowed(ops)).toEqual(actions)
    expect(await allowed(viewer)).toEqual(Object.keys(viewActions))
    expect(await allowed(support)).toEqual(['view_cron', 'view_jobs', 'view_audit'])
  })

  test('support sees customers’ jobs and no others', async () => {
    const { authorize } = shopAuth(sessions)
    expect(await authorize(support, 'view_jobs', { type: 'job', id: '1', queue: 'order_mail' })).toBe(true)
    expect(await authorize(support, 'view_jobs', { type: 'job', id: '1', queue: 'price_feed' })).toMatchObject({ allowed: false })
    expect(await authorize(support, 'retry_job', { type: 'job', id: '1', queue: 'order_mail' })).toMatchObject({ allowed: false })
  })

  test('a session is found by its cookie until it expires, and its id is not stored in the database', async () => {
    const id = await sessions.open(viewer)
    expect(await sessions.find(withHeaders({ cookie: `theme=dark; shop_session=${id}` }))).toEqual(viewer)
    expect(await sessions.find(withHeaders({ cookie: `shop_session=${id.slice(1)}` }))).toBeNull()
    const { rows } = await sql.query<{ row: string }>('select session::text as row from shop.session')
    expect(rows.map(({ row }) => row).join()).not.toContain(id)

    await sql.query('update shop.session set expires_at = now()')
    expect(await sessions.find(withHeaders({ cookie: `shop_session=${id}` }))).toBeNull()
  })

  test('the command line acts as OPS_USER, and is read-only without it', () => {
    const auth = shopAuth(sessions)
    expect(auth.commandLineActor!({ OPS_USER: 'ops-demo' })).toEqual(ops)
    expect(auth.commandLineActor!({ OPS_USER: 'root' })).toBeNull()
    expect(auth.commandLineActor!({})).toBeNull()
  })
})

function withHeaders(headers: Record<string, string>): IncomingMessage {
  return { headers } as IncomingMessage
}
