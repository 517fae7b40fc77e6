import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa, { type Middleware } from 'koa'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parsePlace } from '../../../server/host/place.ts'
import { describeMisplacement, locate } from '../../../server/http/locate.ts'
import { auth, startServer, type TestServer, type TestServerOptions } from '../../support/server.ts'

describe('a request is found below the mount', () => {
  const plain = parsePlace('/ops/jobs')
  const proxied = parsePlace('/ops/jobs', '/tools/ops/jobs')
  test.each([
    ['as it came', plain, '/ops/jobs/cron', '/ops/jobs/cron', '/cron', undefined],
    ['at the mount itself', plain, '/ops/jobs', '/ops/jobs', '', undefined],
    ['after a router cut the whole mount off', plain, '/cron', '/ops/jobs/cron', '/cron', undefined],
    ['after a router left only a slash', plain, '/', '/ops/jobs', '', undefined],
    ['after a router cut off a part of it', plain, '/jobs/cron', '/ops/jobs/cron', '/cron', undefined],
    ['not beside it', plain, '/ops/jobsandmore', '/ops/jobsandmore', undefined, undefined],
    ['not elsewhere', plain, '/shop', '/shop', undefined, undefined],
    ['not elsewhere below a router that leads to it', plain, '/shop', '/ops/shop', undefined, undefined],
    ['with the public base, from a proxy that strips nothing', proxied, '/tools/ops/jobs/cron', '/tools/ops/jobs/cron', '/cron', undefined],
    ['with the public base, from a router that strips it', proxied, '/ops/jobs/cron', '/tools/ops/jobs/cron', '/cron', undefined],
    ['and not below another path, which is explained', plain, '/cron', '/admin/jobs/cron', undefined, "This server is mounted at /admin/jobs, but its base is /ops/jobs: set base: '/admin/jobs' in createOps, or mount it at /ops/jobs."],
    ['below a router in front of the whole mount, which is explained', plain, '/ops/jobs/cron', '/admin/ops/jobs/cron', '/cron', "This server is mounted at /admin, and its own base is /ops/jobs: set base: '/admin/ops/jobs' in createOps, so that its links lead to /admin/ops/jobs."],
  ])('%s', (_, place, path, original, below, misplacement) => {
    const located = locate(place, path, original)
    expect([located.below, describeMisplacement(place, located)]).toEqual([below, misplacement])
  })
})

test.each([
  ['ops/jobs', undefined, "'base' is 'ops/jobs'; expected a path such as /ops/jobs"],
  ['/ops/jobs/', undefined, "'base' is '/ops/jobs/'"],
  ['/ops/jobs', 'tools', "'publicBase' is 'tools'; expected the path that browsers use"],
  ['/ops/jobs', 'https://admin.example.com/', "'publicBase' is 'https://admin.example.com/'"],
  ['/ops/jobs', 'https://a:b@admin.example.com/ops', "'publicBase' is"],
  ['/ops/jobs', 'ftp://admin.example.com/ops', "'publicBase' is"],
  ['/ops/jobs', 'https://admin.example.com/ops?x=1', "'publicBase' is"],
])('base %j with publicBase %j is refused', (base, publicBase, message) => {
  expect(() => parsePlace(base, publicBase)).toThrow(message)
})

let listening: Server | undefined
let server: TestServer | undefined
afterEach(async () => {
  listening?.closeAllConnections()
  listening?.close()
  await server?.stop()
  server = undefined
})

async function open(host: (server: TestServer) => RequestListener, options: TestServerOptions = {}): Promise<string> {
  server = await startServer(options)
  listening = createServer(host(server))
  await new Promise<void>((resolve) => listening!.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
}

/** What Express does for `app.use(prefix, handler)`, and koa-mount for `mount(prefix, middleware)`. */
const asExpressMounts = (prefix: string, handler: TestServer['ops']['handler']): RequestListener => (request, response) => {
  const original = request.url!
  if (!original.startsWith(prefix)) return void response.writeHead(404).end('the host’s own 404')
  Object.assign(request, { originalUrl: original, baseUrl: prefix, url: original.slice(prefix.length) || '/' })
  void handler(request, response, () => response.writeHead(404).end('the host’s next'))
}
const asKoaMounts = (prefix: string, middleware: Middleware): RequestListener => {
  const app = new Koa()
  app.use(async (ctx, next) => {
    if (!ctx.path.startsWith(prefix)) return next()
    const { path } = ctx
    ctx.path = path.slice(prefix.length) || '/'
    await middleware(ctx, async () => {
      ctx.path = path
      await next()
    })
    ctx.path = path
  })
  return app.callback() as RequestListener
}
const signedIn = { authorization: 'Bearer ops-demo' }

describe.each([
  ['Express', (prefix: string, { ops }: TestServer) => asExpressMounts(prefix, ops.handler)],
  ['koa-mount', (prefix: string, { ops }: TestServer) => asKoaMounts(prefix, ops.middleware())],
])('mounted with a path, as %s does,', (_, mount) => {
  test('everything is served when the path is the base', async () => {
    const url = await open((server) => mount('/ops/jobs', server))
    for (const [path, status] of [['', 200], ['/', 200], ['/cron', 200], ['/api/v1/session', 200], ['/assets/page.css', 200], ['/api/v1/nothing', 404]] as const) {
      expect([path, (await fetch(`${url}/ops/jobs${path}`, { headers: signedIn })).status]).toEqual([path, status])
    }
    const preview = await fetch(`${url}/ops/jobs/api/v1/previews`, { method: 'POST', headers: { ...signedIn, 'content-type': 'application/json' }, body: JSON.stringify({ action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } }) })
    expect(preview.status).toBe(201)
  })

  test('another path says what to change, to programs and on the page', async () => {
    const url = await open((server) => mount('/admin/jobs', server))
    const problem = (await (await fetch(`${url}/admin/jobs/api/v1/session`, { headers: signedIn })).json()) as { detail: string }
    expect(problem.detail).toContain("set base: '/admin/jobs' in createOps")
    const page = await fetch(`${url}/admin/jobs/cron`, { headers: { ...signedIn, accept: 'text/html' } })
    expect([page.status, (await page.text()).replaceAll(/&#\d+;/g, "'")]).toEqual([404, expect.stringContaining("set base: '/admin/jobs' in createOps")])
  })

  test('a path in front of the base lets the API work, and the page says what to change', async () => {
    const url = await open((server) => mount('/admin', server))
    expect((await fetch(`${url}/admin/ops/jobs/api/v1/session`, { headers: signedIn })).status).toBe(200)
    const page = await fetch(`${url}/admin/ops/jobs`, { headers: { ...signedIn, accept: 'text/html' } })
    expect((await page.text()).replaceAll(/&#\d+;/g, "'")).toContain("set base: '/admin/ops/jobs' in createOps")
    expect(server!.logged.filter((line) => line.includes('set base'))).toHaveLength(1)
  })

  test('a path in front of the base works when the base has it', async () => {
    const url = await open((server) => mount('/admin', server), { base: '/admin/ops/jobs' })
    const page = await (await fetch(`${url}/admin/ops/jobs`, { headers: { ...signedIn, accept: 'text/html' } })).text()
    expect(page).toContain('src="/admin/ops/jobs/assets/ops-shell.js"')
    expect(((await (await fetch(`${url}/admin/ops/jobs/api/v1/session`, { headers: signedIn })).json()) as { base: string }).base).toBe('/admin/ops/jobs')
  })

  test('other paths stay the host’s', async () => {
    const url = await open((server) => mount('/ops', server))
    const answer = await fetch(`${url}/ops/shop`, { headers: signedIn })
    expect([answer.status, await answer.text()]).toEqual([404, expect.not.stringContaining('Ops Powertools')])
  })
})

describe('behind a proxy that strips a prefix', () => {
  const options = { publicBase: 'https://admin.example.com/tools/ops/jobs', auth: { ...auth, signInUrl: (returnTo: string) => `/sign-in?to=${encodeURIComponent(returnTo)}` } }
  let proxied: TestServer
  beforeAll(async () => {
    proxied = await startServer(options)
  })
  afterAll(() => proxied.stop())
  const get = (path: string, headers: Record<string, string> = signedIn) => fetch(proxied.url + path, { headers, redirect: 'manual' })

  test('pages, assets, links and the OpenAPI document lead to the public base', async () => {
    const page = await (await get('/ops/jobs/cron')).text()
    expect(page).toContain('src="/tools/ops/jobs/assets/ops-shell.js"')
    expect(page).toContain('api="/tools/ops/jobs/api/v1" base="/tools/ops/jobs"')
    const session = (await (await get('/ops/jobs/api/v1/session')).json()) as { base: string }
    expect(session.base).toBe('/tools/ops/jobs')
    const { servers } = (await (await get('/ops/jobs/api/v1/openapi.json')).json()) as { servers: unknown }
    expect(servers).toMatchObject([{ url: 'https://admin.example.com/tools/ops/jobs/api/v1' }])
    const overview = await (await get('/ops/jobs/api/v1/overview')).text()
    expect(overview).toContain('"/tools/ops/jobs/')
    expect(overview.replaceAll('/tools/ops/jobs', '')).not.toContain('/ops/jobs')
  })

  test('a user returns to the public base after signing in', async () => {
    const { headers } = await get('/ops/jobs/cron?state=paused', { accept: 'text/html' })
    expect(headers.get('location')).toBe(`/sign-in?to=${encodeURIComponent('/tools/ops/jobs/cron?state=paused')}`)
  })

  test('a change from the public origin is of this site, although the proxy replaced the Host header', async () => {
    const body = JSON.stringify({ action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } })
    const post = async (origin: string) => (await fetch(`${proxied.api}/previews`, { method: 'POST', headers: { cookie: 'who=ops-demo', origin, 'content-type': 'application/json' }, body })).status
    expect([await post('https://admin.example.com'), await post('https://evil.example')]).toEqual([201, 403])
  })

  test('the prefix is not taken from a header, which anybody could send', async () => {
    const page = await (await get('/ops/jobs/cron', { ...signedIn, 'x-forwarded-prefix': '/evil', 'x-forwarded-host': 'evil.example' })).text()
    expect(page).not.toContain('evil')
  })

  test('requests with the prefix are answered too, for a proxy that leaves it', async () => {
    expect((await get('/tools/ops/jobs/api/v1/session')).status).toBe(200)
    expect([proxied.ops.base, proxied.ops.publicBase, proxied.ops.owns('/tools/ops/jobs/cron'), proxied.ops.owns('/ops/jobs'), proxied.ops.owns('/tools')]).toEqual(['/ops/jobs', '/tools/ops/jobs', true, true, false])
  })
})
