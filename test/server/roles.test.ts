import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Endpoint, endpoints, operationActions } from '../../schemas/index.ts'
import { mayDo, people, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ metrics: { prometheus: () => true } })
})
afterAll(() => server.stop())

const all = Object.values(endpoints) as unknown as Endpoint[]
const subject = { type: 'cron_entry', id: 'nightly_sync' }

/** A plain request to an endpoint, with a valid shape. */
async function ask(endpoint: Endpoint, who: string | null) {
  const id = crypto.randomUUID()
  const path = endpoint.path.replace('{id}', id).replace('{fingerprint}', 'e1:0123456789abcdef').replace('{name}', 'nightly_sync').replace('{subjectType}', 'cron_entry').replace('{subjectId}', 'nightly_sync')
  const queries: Partial<Record<string, string>> = {
    countAuditEvents: '?bounds=2026-11-20T00:00:00Z,2026-11-21T00:00:00Z',
    exportAuditEvents: '?format=ndjson', exportJobs: '?format=ndjson', exportBulkItems: '?format=ndjson', exportForensics: '?format=json', hintJobs: '?field=queue',
  }
  const query = queries[endpoint.name] ?? ''
  if (endpoint.media === 'event-stream') {
    const stopped = new AbortController()
    const response = await fetch(server.api + path, { headers: who ? { authorization: `Bearer ${who}` } : {}, signal: stopped.signal })
    stopped.abort()
    return { status: response.status }
  }
  const bodies: Partial<Record<string, object>> = {
    saveJobView: { filters: { state: 'retryable' } },
    createPreview: { action: 'pause_cron_entry', subject },
    executePreview: { token: 'x' },
    runOperation: { action: 'run_cron_entry', subject },
    markDeploy: { version: 'v412' },
  }
  return server.call(who, endpoint.method, path + query, bodies[endpoint.name], { 'idempotency-key': crypto.randomUUID() })
}

describe.each(all.map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint] as const))('%s', (_, endpoint) => {
  test('without an actor it answers only if it is public', async () => {
    const { status } = await ask(endpoint, null)
    expect(status).toBe(endpoint.access === 'public' ? 200 : 401)
  })

  test.each(Object.values(people))('answers $id as authorize decides', async (person) => {
    const { status } = await ask(endpoint, person.id)
    if (endpoint.access === 'public') return expect(status).toBe(200)
    if (endpoint.access !== 'session') {
      const allowed = mayDo(person, endpoint.access) === true
      // An export is recorded and a saved view belongs to an actor, so one that cannot be named gets neither.
      const nameless = person.role === 'nameless' && ['exportAuditEvents', 'exportJobs', 'exportBulkItems', 'exportForensics', 'saveJobView', 'deleteJobView'].includes(endpoint.name)
      const found = /\{(id|fingerprint)\}/.test(endpoint.path) ? 404 : 200
      return expect(status).toBe(allowed && !nameless ? found : 403)
    }
    const changes: Record<string, string> = { createPreview: 'pause_cron_entry', runOperation: 'run_cron_entry', markDeploy: 'mark_deploy' }
    if (changes[endpoint.name]) {
      const allowed = mayDo(person, changes[endpoint.name]!) === true && person.role !== 'nameless'
      return expect(status).toBe(allowed ? endpoint.status : 403)
    }
    if (endpoint.path.startsWith('/previews/')) return expect(status).toBe(person.role === 'nameless' ? 403 : 404)
    // An unknown run is not found, whatever the actor's permissions; an actor that cannot be named is refused before that.
    if (endpoint.name === 'abortBulkRun') return expect(status).toBe(person.role === 'nameless' ? 403 : 404)
    expect(status).toBe(200)
  })
})

test.each(Object.keys(operationActions))('%s is refused to a viewer before anything about the subject is revealed', async (action) => {
  const input: Record<string, object> = {
    skip_cron_slot: { slotAt: '2030-01-01T02:00:00Z' },
    unskip_cron_slot: { slotAt: '2030-01-01T02:00:00Z' },
    create_cron_entry: { queue: 'q', expression: '* * * * *' },
    scale_queue: { limit: 3 },
    silence_incident: { untilCount: 9 },
    silence_error_group: { untilCount: 9 },
  }
  const { subject: type } = operationActions[action as keyof typeof operationActions]
  const ids: Record<string, string> = { incident: crypto.randomUUID(), webhook_delivery: crypto.randomUUID(), error_group: 'e1:00000000000000aa' }
  for (const id of ids[type] ? [ids[type]] : ['nightly_sync', 'nobody']) {
    const body = { action, subject: { type, id }, input: input[action] ?? {} }
    const { status, body: answer } = await server.call('viewer-demo', 'POST', '/previews', body)
    expect({ status, code: answer.code }).toEqual({ status: 403, code: 'forbidden' })
  }
})

test('the session lists what each user may do, with the host’s reasons', async () => {
  const { body } = await server.call('viewer-demo', 'GET', '/session')
  const permissions = body.permissions as Record<string, { allowed: boolean; reason?: string }>
  expect(permissions.view_cron).toEqual({ allowed: true })
  expect(permissions.pause_cron_entry).toEqual({ allowed: false, reason: 'Your role is viewer.' })
})

test('a user who may see only cron and audit gets no other data through them', async () => {
  expect((await server.call('support-demo', 'GET', '/overview')).status).toBe(403)
  expect((await server.call('support-demo', 'GET', '/forensics/cron_entry/nightly_sync')).status).toBe(403)
})
