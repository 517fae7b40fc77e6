import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auth, people, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const body = { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }
const post = (headers: Record<string, string>) => server.call(null, 'POST', '/previews', body, headers)
type Headers = Record<string, string>
const cookie = { cookie: 'theme=dark; who=ops-demo' }

describe('an unsafe request authenticated by a cookie', () => {
  test.each([
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a sibling of this site', { 'sec-fetch-site': 'same-site' }],
    ['from an address bar', { 'sec-fetch-site': 'none' }],
    ['with the origin of another host', { origin: 'https://evil.example' }],
    ['with no origin at all', {}],
    ['with an opaque origin', { origin: 'null' }],
    ['with this host under another scheme', { origin: 'ftp://{host}' }],
    ['with this host on another port', { origin: 'http://127.0.0.1:1' }],
  ])('%s is refused', async (_, given) => {
    const headers = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value.replace('{host}', new URL(server.url).host)]))
    const { status, body } = await post({ ...cookie, ...headers })
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'cross_site_refused' })
  })

  test('from our own pages is accepted', async () => {
    expect((await post({ ...cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(201)
    expect((await post({ ...cookie, origin: server.url })).status).toBe(201)
  })
})

test('a cookie beside a token is still a cookie', async () => {
  const { body } = await post({ ...cookie, authorization: 'Bearer ops-demo', 'sec-fetch-site': 'cross-site' })
  expect(body.code).toBe('cross_site_refused')
})

test('HTTP authentication is sent with requests from any site, as a cookie is', async () => {
  const basic = { authorization: 'Basic ops-demo' }
  const host = await startServer({ auth: { ...auth, currentActor: ({ headers }) => people[headers.authorization?.split(' ')[1] ?? ''] ?? null } })
  try {
    const ask = (headers: Headers) => host.call(null, 'POST', '/previews', body, headers)
    const elsewhere: Headers[] = [{}, { origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]
    for (const from of elsewhere) {
      expect((await ask({ ...basic, ...from })).body.code).toBe('cross_site_refused')
    }
    expect((await ask({ ...basic, 'sec-fetch-site': 'same-origin' })).status).toBe(201)
    // Only a script can send a scheme that browsers do not support themselves.
    expect((await ask({ authorization: 'ApiKey ops-demo' })).status).toBe(201)
  } finally {
    await host.stop()
  }
})

describe('an export, which writes evidence in the actor’s name,', () => {
  const path = '/audit-events/export?format=ndjson'
  const count = async () => (await server.call('ops-demo', 'GET', '/audit-events?eventType=audit.exported&limit=200')).body.items!.length
  const get = (headers: Record<string, string>, method = 'GET') => server.call(null, method, path, undefined, headers)

  test.each([
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a sibling of this site', { 'sec-fetch-site': 'same-site' }],
    ['from a page that does not identify itself', {}],
    ['from a page of another site', { referer: 'https://evil.example/' }],
  ])('is refused with a cookie %s, and writes nothing', async (_, headers) => {
    const before = await count()
    expect((await get({ ...cookie, ...headers })).body.code).toBe('cross_site_refused')
    expect(await count()).toBe(before)
  })

  test('is accepted from our own page, from the address bar, and with a token alone', async () => {
    const before = await count()
    const ways: Headers[] = [{ ...cookie, 'sec-fetch-site': 'same-origin' }, { ...cookie, 'sec-fetch-site': 'none' }, { ...cookie, referer: `${server.url}/ops/jobs/audit` }, { authorization: 'Bearer ops-demo' }]
    for (const headers of ways) expect((await get(headers)).status).toBe(200)
    expect(await count()).toBe(before + ways.length)
  })

  test('writes nothing for HEAD', async () => {
    const before = await count()
    for (let asked = 0; asked < 5; asked++) {
      const { status, headers } = await get({ authorization: 'Bearer ops-demo' }, 'HEAD')
      expect({ status, type: headers.get('content-type'), disposition: headers.get('content-disposition') }).toEqual({ status: 200, type: 'application/x-ndjson', disposition: 'attachment' })
    }
    expect(await count()).toBe(before)
  })
})

test('a script with a token alone needs no origin', async () => {
  expect((await post({ authorization: 'Bearer ops-demo' })).status).toBe(201)
})

describe('pages', () => {
  const page = (path: string, headers: Record<string, string> = { authorization: 'Bearer ops-demo' }) =>
    fetch(`${server.url}/ops/jobs${path}`, { headers, redirect: 'manual' })

  test.each(['', '/', '/list', '/job/mail%3A7f3c', '/queues', '/cron', '/audit', '/forensics', '/forensics/cron_entry/nightly_sync'])('%s runs under a strict policy', async (path) => {
    const answer = await page(path)
    expect(answer.status).toBe(200)
    const policy = answer.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    const html = await answer.text()
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|onload=/)
  })

  test('an unknown page is not found, a forbidden page is refused, and without a sign-in a page asks for one', async () => {
    expect((await page('/nothing')).status).toBe(404)
    expect((await page('/forensics', { authorization: 'Bearer support-demo' })).status).toBe(403)
    expect((await page('/cron', {})).status).toBe(401)
  })

  test('paths outside the base are left to the host', async () => {
    expect((await fetch(`${server.url}/ops/jobsandmore`)).status).toBe(404)
    expect((await fetch(`${server.url}/`)).headers.get('content-security-policy')).toBeNull()
  })

  test.each(['../package.json', '..%2f..%2fpackage.json', 'nothing.js', ''])('the asset %s is not served', async (name) => {
    expect((await fetch(`${server.url}/ops/jobs/assets/${name}`)).status).toBeGreaterThanOrEqual(400)
  })
})
