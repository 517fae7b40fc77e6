import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const body = { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }
const post = (headers: Record<string, string>) => server.call(null, 'POST', '/previews', body, headers)
const cookie = { cookie: 'theme=dark; who=ops-demo' }

describe('an unsafe request that rides on a cookie', () => {
  test.each([
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a sibling of this site', { 'sec-fetch-site': 'same-site' }],
    ['from an address bar', { 'sec-fetch-site': 'none' }],
    ['with the origin of another host', { origin: 'https://evil.example' }],
    ['with no origin at all', {}],
    ['with an opaque origin', { origin: 'null' }],
  ])('%s is refused', async (_, headers) => {
    const { status, body } = await post({ ...cookie, ...headers })
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'cross_site_refused' })
  })

  test('from our own pages is answered', async () => {
    expect((await post({ ...cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(201)
    expect((await post({ ...cookie, origin: server.url })).status).toBe(201)
  })
})

test('a cookie beside a token is still a cookie', async () => {
  const { body } = await post({ ...cookie, authorization: 'Bearer ops-demo', 'sec-fetch-site': 'cross-site' })
  expect(body.code).toBe('cross_site_refused')
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

  test('an unknown page is not found, a page that may not be seen is refused, and nobody is asked to sign in', async () => {
    expect((await page('/nothing')).status).toBe(404)
    expect((await page('/forensics', { authorization: 'Bearer support-demo' })).status).toBe(403)
    expect((await page('/cron', {})).status).toBe(401)
  })

  test('outside the base everything is left to the host', async () => {
    expect((await fetch(`${server.url}/ops/jobsandmore`)).status).toBe(404)
    expect((await fetch(`${server.url}/`)).headers.get('content-security-policy')).toBeNull()
  })

  test.each(['../package.json', '..%2f..%2fpackage.json', 'nothing.js', ''])('the asset %s is not served', async (name) => {
    expect((await fetch(`${server.url}/ops/jobs/assets/${name}`)).status).toBeGreaterThanOrEqual(400)
  })
})
