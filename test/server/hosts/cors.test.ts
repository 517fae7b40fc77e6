import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllowedOrigins } from '../../../server/host/allowed-origins.ts'
import { startServer, type TestServer } from '../../support/server.ts'

const admin = 'https://admin.example.com'
let closed: TestServer
let open: TestServer
beforeAll(async () => {
  ;[closed, open] = await Promise.all([startServer(), startServer({ allowedOrigins: [admin, 'http://localhost:5173'] })])
})
afterAll(() => Promise.all([closed.stop(), open.stop()]))

const preflight = ({ api }: TestServer, origin: string) =>
  fetch(`${api}/previews`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type, x-tenant' } })
const change = ({ api }: TestServer, headers: Record<string, string>) =>
  fetch(`${api}/previews`, { method: 'POST', headers: { cookie: 'who=ops-demo', 'content-type': 'application/json', ...headers }, body: JSON.stringify({ action: 'run_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }) })
const corsOf = ({ headers }: Response) => [headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')]

describe('a page of another origin', () => {
  test('may do nothing by default', async () => {
    expect(corsOf(await preflight(closed, admin))).toEqual([null, null])
    expect((await preflight(closed, admin)).status).toBe(405)
    expect(corsOf(await fetch(`${closed.api}/session`, { headers: { origin: admin, cookie: 'who=ops-demo' } }))).toEqual([null, null])
    expect((await change(closed, { origin: admin, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  })

  test('may read and change with its users’ cookies if it is named', async () => {
    const asked = await preflight(open, admin)
    expect([asked.status, ...corsOf(asked)]).toEqual([204, admin, 'true'])
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST')
    expect(asked.headers.get('access-control-allow-headers')).toBe('content-type, x-tenant')
    const read = await fetch(`${open.api}/session`, { headers: { origin: admin, cookie: 'who=ops-demo' } })
    expect([read.status, ...corsOf(read), read.headers.get('access-control-expose-headers')]).toEqual([200, admin, 'true', expect.stringContaining('x-request-id')])
    const changed = await change(open, { origin: admin, 'sec-fetch-site': 'cross-site' })
    expect([changed.status, ...corsOf(changed)]).toEqual([201, admin, 'true'])
  })

  test('reads refusals and live hints as well, and loads the elements', async () => {
    const refused = await fetch(`${open.api}/nothing`, { headers: { origin: admin, cookie: 'who=ops-demo' } })
    expect([refused.status, ...corsOf(refused)]).toEqual([404, admin, 'true'])
    const left = new AbortController()
    const live = await fetch(`${open.api}/live`, { headers: { origin: admin, cookie: 'who=ops-demo' }, signal: left.signal })
    expect([live.status, ...corsOf(live)]).toEqual([200, admin, 'true'])
    left.abort()
    const asset = await fetch(`${open.url}/ops/jobs/assets/page.css`, { headers: { origin: admin } })
    expect([asset.status, ...corsOf(asset)]).toEqual([200, admin, 'true'])
  })

  test('may do nothing if it is not among those that are named, under whatever name it comes', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://admin.example.com', 'https://admin.example.com.evil.example', 'https://admin.example.com:8443', 'https://ADMIN.example.com']) {
      expect([origin, ...corsOf(await preflight(open, origin))]).toEqual([origin, null, null])
      expect([origin, (await change(open, { origin, 'sec-fetch-site': 'cross-site' })).status]).toEqual([origin, 403])
    }
  })

  test('gets no answer from a cache that was made for another one', async () => {
    for (const path of ['/api/v1/session', '/assets/page.css', '/api/v1/openapi.json']) {
      for (const headers of [{ origin: admin }, { origin: 'https://evil.example' }, {}] as Record<string, string>[]) {
        expect((await fetch(`${open.url}/ops/jobs${path}`, { headers })).headers.get('vary')?.toLowerCase()).toContain('origin')
      }
    }
  })

  test('may frame no page and gets none: only the API and the files of the elements are opened', async () => {
    const page = await fetch(`${open.url}/ops/jobs/cron`, { headers: { origin: admin, cookie: 'who=ops-demo' } })
    expect(corsOf(page)).toEqual([null, null])
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'self'")
  })

  test('may offer a download, which its users navigate to', async () => {
    const get = (headers: Record<string, string>) => fetch(`${open.api}/audit-events/export?format=ndjson`, { headers: { cookie: 'who=ops-demo', 'sec-fetch-site': 'cross-site', ...headers } })
    expect((await get({ referer: `${admin}/` })).status).toBe(200)
    expect((await get({ origin: admin })).status).toBe(200)
    expect((await get({ referer: 'https://evil.example/' })).status).toBe(403)
    expect((await get({})).status).toBe(403)
  })
})

test.each([
  ['*', /contains "\*"; expected scheme, host and port.*Every page on the web/],
  ['null', /contains "null"/],
  ['https://admin.example.com/', /contains "https:\/\/admin.example.com\/".*No path and no trailing slash/],
  ['https://*.example.com', /contains "https:\/\/\*.example.com"/],
  ['admin.example.com', /contains "admin.example.com"/],
  [7, /contains 7/],
])('the allowed origin %j is refused at start', (origin, message) => {
  expect(() => parseAllowedOrigins([origin as string])).toThrow(message)
})
