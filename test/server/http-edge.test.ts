import { createServer, request as httpRequest, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { apiMiddleware } from '../../server/http/api.ts'
import type { Kit } from '../../server/kit.ts'
import { Hub } from '../../server/live/hub.ts'
import { csvLine } from '../../server/operations/export-lines.ts'
import { auth, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ auth: { ...auth, signInUrl: (returnTo) => `/sign-in?to=${encodeURIComponent(returnTo)}` } })
})
afterAll(() => server.stop())

const get = (path: string, headers: Record<string, string> = {}) => fetch(server.url + path, { headers: { authorization: 'Bearer ops-demo', ...headers }, redirect: 'manual' })

/** A request with exactly this request line; `fetch` would normalise it. */
async function rawGet(target: string): Promise<string> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => socket.write(`GET ${target} HTTP/1.1\r\nhost: ${hostname}:${port}\r\naccept: text/html\r\nconnection: close\r\n\r\n`))
    socket.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text)).on('error', reject)
  })
}

async function serve(app: Koa): Promise<{ url: string; server: Server }> {
  const listening = createServer(app.callback())
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, server: listening }
}

describe('paths', () => {
  test.each(['/CRON-entries', '/cron-entries/', '/Session', '/healthz/'])('%s is not the described path', async (path) => {
    expect((await get(`/ops/jobs/api/v1${path}`)).status).toBe(404)
  })

  test.each(['https://evil.example/ops/jobs', '//evil.example/ops/jobs', '/ops/jobs?x=//evil.example'])('after signing in the user returns to this site, also when the request target was %s', async (target) => {
    const answer = await rawGet(target)
    const location = /^location: (.*)$/im.exec(answer)?.[1]?.trim()
    if (location === undefined) return expect(answer).toMatch(/^HTTP\/1\.1 404/)
    const to = new URLSearchParams(location.split('?')[1]).get('to')!
    expect(to).toMatch(/^\/ops\/jobs/)
  })
})

describe('headers', () => {
  test('an API response may not be framed and loads nothing', async () => {
    for (const path of ['/session', '/healthz', '/nothing', '/openapi.json']) {
      const { headers } = await get(`/ops/jobs/api/v1${path}`)
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  })

  test('a page is isolated from other windows and sites', async () => {
    const { headers } = await get('/ops/jobs/cron')
    expect([headers.get('cross-origin-opener-policy'), headers.get('cross-origin-resource-policy')]).toEqual(['same-origin', 'same-origin'])
  })

  test('the request id is unique, with the client’s as a prefix', async () => {
    const ids = await Promise.all(['trace-7', 'trace-7', 'no spaces allowed', ''].map(async (id) => (await get('/ops/jobs/api/v1/session', id ? { 'x-request-id': id } : {})).headers.get('x-request-id')!))
    expect(ids[0]).toMatch(/^trace-7\.[0-9a-f]{12}$/)
    expect(ids[1]).toMatch(/^trace-7\.[0-9a-f]{12}$/)
    expect(ids[2]).toMatch(/^[0-9a-f-]{36}$/)
    expect(new Set(ids).size).toBe(4)
  })
})

test('the OpenAPI document is not sent again to a client that has it', async () => {
  const first = await get('/ops/jobs/api/v1/openapi.json')
  const text = await first.text()
  expect(Object.keys((JSON.parse(text) as { paths: object }).paths).length).toBeGreaterThan(20)
  const etag = first.headers.get('etag')!
  expect((await get('/ops/jobs/api/v1/openapi.json', { 'if-none-match': etag, 'cache-control': 'max-age=0' })).status).toBe(304)
  const again = await get('/ops/jobs/api/v1/openapi.json')
  expect([again.headers.get('etag'), await again.text()]).toEqual([etag, text])
})

test('a client that hangs up in the middle of its body does not count as an outage', async () => {
  const before = server.logged.length
  await new Promise<void>((resolve) => {
    const request = httpRequest(`${server.api}/operations`, { method: 'POST', headers: { authorization: 'Bearer ops-demo', 'content-type': 'application/json', 'idempotency-key': 'k', 'content-length': '1000' } })
    request.on('error', () => resolve())
    request.write('{"action"')
    setTimeout(() => request.destroy(new Error('hung up')), 100)
  })
  // Once a later request is answered, the earlier one has passed the same code.
  await get('/ops/jobs/api/v1/session')
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(server.logged.slice(before).filter((line) => line.includes('"error"'))).toEqual([])
})

describe('an internal error', () => {
  test("reaches the host's app.on('error') with its stack frames and request id, and without values from the statement", async () => {
    const told: Error[] = []
    let broken = false
    const failing = await startServer({
      now: () => {
        if (broken) throw Object.assign(new Error("canary-value in (id)=('canary')"), { code: 'XX000' })
        return new Date()
      },
    })
    broken = true
    const app = new Koa()
    app.on('error', (error: Error) => void told.push(error))
    app.use(failing.ops.middleware())
    const { url, server: listening } = await serve(app)
    try {
      const answer = await fetch(`${url}/ops/jobs/api/v1/session`, { headers: { authorization: 'Bearer ops-demo' } })
      expect(answer.status).toBe(500)
      expect(told).toHaveLength(1)
      expect(told[0]).toMatchObject({ name: 'OpsError', code: 'internal', status: 500, requestId: answer.headers.get('x-request-id') })
      expect(told[0]!.stack).toMatch(/\n {4}at .*scope\.ts/)
      expect(JSON.stringify(told[0]) + told[0]!.stack).not.toContain('canary')
    } finally {
      broken = false
      listening.close()
      await failing.stop()
    }
  })


  test('caused by an answer that JSON cannot represent is a problem like any other', async () => {
    const odd = await startServer({ displayPolicy: { display: (kind) => (kind === 'cron_args' ? { amount: 1n } : undefined) } })
    try {
      const { status, body, headers } = await odd.call('ops-demo', 'GET', '/cron-entries/nightly_sync')
      expect({ status, code: body.code, type: headers.get('content-type') }).toMatchObject({ status: 500, code: 'internal', type: expect.stringContaining('application/problem+json') })
      expect(odd.logged.filter((line) => line.includes('"level":"error"'))).toHaveLength(1)
    } finally {
      await odd.stop()
    }
  })

  test('that is temporary says when to retry, to programs and to users', async () => {
    const away = await startServer({ auth: { ...auth, currentActor: () => Promise.reject(new Error('the login is away')) } })
    try {
      for (const [path, accept] of [['/ops/jobs/api/v1/session', 'application/json'], ['/ops/jobs/cron', 'text/html']] as const) {
        const { status, headers } = await fetch(away.url + path, { headers: { accept } })
        expect([status, Number(headers.get('retry-after')) > 0]).toEqual([503, true])
      }
    } finally {
      await away.stop()
    }
  })

  test('is only logged, not printed, by the plain handler', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    const listening = createServer(server.ops.handler)
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/ops/jobs/api/v1`
    try {
      const stopped = new AbortController()
      const live = await fetch(`${url}/live`, { headers: { authorization: 'Bearer ops-demo' }, signal: stopped.signal })
      expect(live.status).toBe(200)
      stopped.abort()
      await new Promise<void>((resolve) => {
        const request = httpRequest(`${url}/operations`, { method: 'POST', headers: { authorization: 'Bearer ops-demo', 'content-type': 'application/json', 'idempotency-key': 'k', 'content-length': '1000' } })
        request.on('error', () => resolve())
        request.write('{"action"')
        setTimeout(() => request.destroy(new Error('hung up')), 100)
      })
      expect((await fetch(`${url}/healthz`)).status).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, 200))
      expect(printed.mock.calls).toEqual([])
    } finally {
      printed.mockRestore()
      listening.closeAllConnections()
      listening.close()
    }
  })
})

test('startup fails for an endpoint without a handler, and names it', () => {
  expect(() => apiMiddleware({ base: '/ops/jobs' } as Kit, [], new Hub())).toThrow('The endpoint getSession has no handler')
})

test.each([
  ['=1+1', `'=1+1`],
  [' =1+1', `' =1+1`],
  ['\u00a0@SUM(1)', `'\u00a0@SUM(1)`],
  ['x;=1+1', `"x;'=1+1"`],
  ['x; -1', `"x;' -1"`],
  ['a\n=1', `"a\n'=1"`],
  ['a\t=1', `"a\t'=1"`],
  ['plain; text', `"plain; text"`],
  ['a-b', 'a-b'],
])('the CSV cell %j runs nothing in a spreadsheet', (cell, written) => {
  expect(csvLine([cell])).toBe(`${written}\r\n`)
})
