import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auth, people, startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const signedIn = { authorization: 'Bearer ops-demo' }
const url = (path: string) => `http://admin.example.com/ops/jobs${path}`
const api = (path: string, init?: RequestInit) => server.ops.fetch(new Request(url(`/api/v1${path}`), { ...init, headers: { ...signedIn, ...(init?.headers as Record<string, string>) } }))
const pause = { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }
const run = { ...pause, action: 'run_cron_entry' }
const json = { 'content-type': 'application/json' }

/** A body that comes in pieces, as from a browser. */
function streamed(text: string, size = 7): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, (at += size)))
    },
  })
}

describe('ops.fetch', () => {
  test('does an operator’s session: who is signed in, preview, execute, the event in the audit log', async () => {
    const session = await api('/session')
    expect(session.status).toBe(200)
    expect(await session.json()).toMatchObject({ actor: { id: 'ops-demo' }, base: '/ops/jobs' })
    const preview = await api('/previews', { method: 'POST', headers: json, body: streamed(JSON.stringify(pause)), duplex: 'half' } as RequestInit)
    expect(preview.status).toBe(201)
    const { id, token } = (await preview.json()) as { id: string; token: string }
    const executed = await api(`/previews/${id}/execute`, { method: 'POST', headers: json, body: JSON.stringify({ token }) })
    expect([executed.status, ((await executed.json()) as { event: { eventType: string } }).event.eventType]).toEqual([200, 'cron.paused'])
    const events = (await (await api('/audit-events?eventType=cron.paused')).json()) as { items: unknown[] }
    expect(events.items).toHaveLength(1)
  })

  test('answers as a server on a port does, header for header', async () => {
    const paths = ['/api/v1/session', '/api/v1/nothing', '/api/v1/openapi.json', '/api/v1/healthz', '', '/cron', '/nothing', '/assets/page.css', '/assets/nothing.js']
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) {
        const [here, there] = await Promise.all([
          server.ops.fetch(new Request(server.url + '/ops/jobs' + path, { method, headers: { ...signedIn, accept: 'text/html', 'accept-encoding': 'identity' }, redirect: 'manual' })),
          fetch(server.url + '/ops/jobs' + path, { method, headers: { ...signedIn, accept: 'text/html', 'accept-encoding': 'identity' }, redirect: 'manual' }),
        ])
        expect([method, path, here.status, ...comparable(here)]).toEqual([method, path, there.status, ...comparable(there)])
        expect((await here.text()).replaceAll(varying, '*')).toBe((await there.text()).replaceAll(varying, '*'))
      }
    }
  })

  test('answers HEAD with the headers of GET and no body', async () => {
    const response = await api('/session', { method: 'HEAD' })
    expect([response.status, Number(response.headers.get('content-length')) > 100, response.body]).toEqual([200, true, null])
  })

  test('refuses a body that is too large while it is still being sent, and reads no more of it', async () => {
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(32))
      },
    })
    const response = await api('/previews', { method: 'POST', headers: json, body: endless, duplex: 'half' } as RequestInit)
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([413, 'payload_too_large'])
    await expect.poll(() => sent).toBeLessThan(2_000_000)
  })

  test.each([
    ['text', JSON.stringify(run)],
    ['bytes', new TextEncoder().encode(JSON.stringify(run))],
    ['an object', run],
  ])('takes a body that the host has read, as %s', async (_, body) => {
    const request = new Request(url('/api/v1/previews'), { method: 'POST', headers: { ...signedIn, ...json }, body: JSON.stringify(pause) })
    await request.text()
    expect((await server.ops.fetch(request, { body })).status).toBe(201)
  })

  test('says so if the host has read the body and kept nothing of it', async () => {
    const request = new Request(url('/api/v1/previews'), { method: 'POST', headers: { ...signedIn, ...json }, body: JSON.stringify(pause) })
    await request.text()
    const response = await server.ops.fetch(request)
    expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([400, expect.stringContaining('The host read the body before Ops Powertools got the request')])
  })

  test('streams hints, and ends them with the abort of the request', async () => {
    const left = new AbortController()
    const response = await api('/live', { signal: left.signal })
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([200, 'text/event-stream', 'no-store, no-transform'])
    const reader = response.body!.getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toContain(': welcome')
    left.abort()
    expect((await reader.read()).done).toBe(true)
  })

  test('counts a stream whose reader cancels as closed', async () => {
    for (let turn = 0; turn < 30; turn++) {
      const response = await api('/live')
      expect(response.status).toBe(200)
      await response.body!.cancel()
      await setImmediate()
    }
  })

  test('survives a request that was aborted before it came', async () => {
    expect((await api('/live', { signal: AbortSignal.abort() })).status).toBe(499)
    expect((await api('/session')).status).toBe(200)
  })

  test('exports as fast as it is read, to the last line', async () => {
    const response = await api('/audit-events/export?format=ndjson')
    expect(response.headers.get('content-disposition')).toMatch(/^attachment/)
    const lines = (await response.text()).trim().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('eventType')
  })

  test('answers other paths with a sentence that says where it is', async () => {
    const response = await server.ops.fetch(new Request('http://admin.example.com/elsewhere', { headers: { accept: 'application/json' } }))
    expect([response.status, ((await response.json()) as { detail: string }).detail]).toEqual([404, '/elsewhere is not a path of Ops Powertools, which answers below /ops/jobs.'])
  })

  test('passes the host’s own context and the client’s address to the login', async () => {
    const seen: unknown[] = []
    const host = await startServer({
      auth: {
        ...auth,
        currentActor(request) {
          seen.push(request.socket.remoteAddress, request.fetchRequest?.url)
          return people[(request.context as { user: string }).user] ?? null
        },
      },
    })
    try {
      const response = await host.ops.fetch(new Request(url('/api/v1/session')), { clientAddress: '203.0.113.7', context: { user: 'ops-demo' } })
      expect(((await response.json()) as { actor: { id: string } }).actor.id).toBe('ops-demo')
      expect(seen).toEqual(['203.0.113.7', url('/api/v1/session')])
    } finally {
      await host.stop()
    }
  })
})

/** What differs from request to request. */
const varying = /[0-9a-f]{8}-[0-9a-f-]{27}|"asOf":"[^"]+"|\d{4}-\d\d-\d\dT[\d:.]+Z/g
const perConnection = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'x-request-id'])

function comparable({ headers }: Response): [string, string][] {
  return [...headers].filter(([name]) => !perConnection.has(name)).toSorted(([a], [b]) => a.localeCompare(b))
}
