import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { obanWeb, type ObanWebOptions } from '../../server/bridges/oban-web/index.ts'
import { auth, startServer, type TestServer, type TestServerOptions } from '../support/server.ts'

/** Answers as Phoenix does: addresses from the root, a cookie on each answer, a socket, and forms that change things. */
class Phoenix {
  readonly asked: { method: string; path: string; headers: IncomingMessage['headers'] }[] = []
  private readonly server: Server = createServer((request, response) => this.answer(request, response))
  url = ''

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
    return this
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve))
  }

  private answer({ method = '', url: path = '', headers }: IncomingMessage, response: ServerResponse): void {
    this.asked.push({ method, path, headers })
    response.setHeader('set-cookie', '_phoenix_key=canary-session; path=/; HttpOnly')
    response.setHeader('content-security-policy', "script-src 'unsafe-inline'")
    if (path === '/admin/oban/css-abc123') return void response.setHeader('content-type', 'text/css').setHeader('cache-control', 'public, max-age=31536000, immutable').end('body{}')
    if (path === '/admin/oban/css-font') return void response.setHeader('content-type', 'text/css').end('@font-face{src:url("../fonts/Inter.woff2") format("woff2")}a{background:url(data:image/png;base64,fonts/x)}')
    if (path === '/admin/oban/fonts/Inter.woff2') return void response.setHeader('content-type', 'font/woff2').end('a font')
    if (path.startsWith('/admin/oban/js-')) return void response.setHeader('content-type', 'text/javascript').end('alert(1)')
    const leads: Record<string, string> = { '/admin/oban/jobs/1': '/admin/oban/jobs?state=executing', '/admin/oban/jobs/2': '/users/log_in', '/admin/oban/jobs/3': 'http://127.0.0.1:1/admin/oban' }
    if (leads[path]) return void response.writeHead(302, { location: leads[path] }).end('canary-redirect')
    if (path === '/admin/oban/jobs/4') return void response.writeHead(500).end('canary-stack')
    if (path === '/admin/oban/jobs/5') return void response.setHeader('content-type', 'text/html').end('x'.repeat(9_000_000))
    response.setHeader('content-type', 'text/html; charset=utf-8').end(pageOf(path, this.url))
  }
}

const pageOf = (path: string, url: string) => `<!DOCTYPE html><html><head>
<meta name="csrf-token" content="canary-csrf"><meta name="live-path" content="/live"><meta http-equiv="refresh" content="0;url=/admin/oban/crons">
<link rel="stylesheet" href="/admin/oban/css-abc123"><script src="/admin/oban/js-abc123"></script></head>
<body class="bg"><div data-phx-main data-phx-session="canary-token">
<a href="/admin/oban/jobs?state=available&amp;queues=mail">jobs</a> <a href='${url}/admin/oban/queues'>queues</a> <a href="/logout">out</a>
<a href="https://hexdocs.pm/oban">docs</a> <a href="javascript:alert(1)">bad</a> <span title="said href=/admin/oban/x">${path}</span>
<form action="/admin/oban/jobs" method="post"></form><scr<script></script>ipt>alert(2)</script></div></body></html>`

let phoenix: Phoenix
beforeAll(async () => {
  phoenix = await new Phoenix().listen()
})
beforeEach(() => void phoenix.asked.splice(0))
afterAll(() => phoenix.stop())

async function startWith(oban: Partial<ObanWebOptions> = {}, options: TestServerOptions = {}): Promise<TestServer> {
  const headers = { authorization: 'Basic configured' }
  return startServer({ bridges: [obanWeb({ url: `${phoenix.url}/admin/oban/`, headers, showsJobData: true, ...oban })], ...options })
}

interface Seen {
  status: number
  text: string
  headers: Headers
}

async function visit(server: TestServer, path: string, { who = 'ops-demo', ...init }: RequestInit & { who?: string } = {}): Promise<Seen> {
  const headers = { accept: 'text/html', authorization: `Bearer ${who}`, ...init.headers }
  const response = await fetch(`${server.url}/ops/jobs/oban${path}`, { redirect: 'manual', ...init, headers })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

/** Without the tidying that `fetch` does to a path. */
function statusAsTyped(server: TestServer, path: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const sent = get({ hostname, port, path: `/ops/jobs/oban${path}`, headers: { authorization: 'Bearer ops-demo', ...headers } }, (response) => {
      response.resume()
      resolve(response.statusCode!)
    })
    sent.on('error', reject)
    sent.on('upgrade', () => resolve(101))
  })
}

describe('configured with the address of an Oban Web', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startWith()
  })
  afterAll(() => server.stop())

  test('its pages are shown under the strip, with addresses that stay here, and the session links to it', async () => {
    const { status, text, headers } = await visit(server, '/jobs?state=retryable')
    expect(status).toBe(200)
    expect(text.match(/<body[^>]*><ops-bridge-strip /g)).toHaveLength(1)
    expect(text).toContain('<strong>Inspection only</strong>')
    expect(text).toContain('<a href="/ops/jobs" target="_top">')
    expect(text).toContain('/admin/oban/jobs?state=retryable</span>')
    for (const href of ['/ops/jobs/oban/css-abc123', '/ops/jobs/oban/jobs?state=available&amp;queues=mail', '/ops/jobs/oban/queues', 'https://hexdocs.pm/oban']) {
      expect(text).toContain(`href="${href}"`)
    }
    expect(text).toContain('title="said href=/admin/oban/x"')
    expect(text).not.toMatch(/logout|javascript:|action="\/admin/)
    expect(headers.get('content-security-policy')).toMatch(/script-src 'self' 'sha256-[^ ]+';.*connect-src 'none'.*form-action 'none'/)
    const session = await server.call('ops-demo', 'GET', '/session')
    expect(session.body.bridges).toEqual([{ name: 'oban', label: 'Oban Web bridge', href: '/ops/jobs/oban' }])
  })

  test('its scripts, its tokens and its cookies do not reach the browser', async () => {
    const { text, headers } = await visit(server, '')
    expect(text.match(/<script/g)).toHaveLength(1) // the strip's own
    expect(text).not.toMatch(/alert|http-equiv/)
    expect(`${text} ${JSON.stringify([...headers])}`).not.toMatch(/canary-/)
    expect(headers.get('set-cookie')).toBeNull()
    expect((await visit(server, '/js-abc123')).status).toBe(404)
  })

  test('it is told what is configured, and nothing of who looks', async () => {
    await visit(server, '/jobs', { headers: { cookie: 'who=ops-demo', 'x-forwarded-user': 'canary-user', 'x-csrf-token': 'canary', referer: 'http://canary/' } })
    expect(phoenix.asked).toHaveLength(1)
    const { headers } = phoenix.asked[0]!
    expect(headers.authorization).toBe('Basic configured')
    expect(headers.cookie).toBeUndefined()
    expect(JSON.stringify(headers)).not.toMatch(/canary|ops-demo/)
  })

  test('nothing but GET and HEAD reaches it, and neither does its socket', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await visit(server, '/jobs', { method })
      expect([method, status, headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
    }
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }
    for (const path of ['/live', '/live/websocket?vsn=2.0.0', '/live/longpoll?vsn=2.0.0', '/phoenix/live_reload/frame']) {
      expect([path, await statusAsTyped(server, path), await statusAsTyped(server, path, upgrade)]).toEqual([path, 404, 404])
    }
    expect(phoenix.asked).toEqual([])
    expect((await visit(server, '/jobs', { method: 'HEAD' })).status).toBe(200)
    expect(phoenix.asked.map(({ method }) => method)).toEqual(['HEAD'])
  })

  test('nothing outside of its own folder is asked for, however the path is written', async () => {
    const paths = ['/../users', '/%2e%2e/users', '/..%2fusers', '/jobs/..%2f..%2f..%2fusers', '/jobs/%252e%252e%252fusers', '/jobs/..%5cusers', '/jobs/%00', '/%ff', '//127.0.0.1:1/x', '/@127.0.0.1:1/x', '/users', '/jobs/1/2']
    for (const path of paths) expect([path, await statusAsTyped(server, path)]).toEqual([path, 404])
    expect(phoenix.asked).toEqual([])
  })

  test('a redirect stays within, and one that leads out says what is missing', async () => {
    const within = await visit(server, '/jobs/1')
    expect([within.status, within.headers.get('location')]).toEqual([302, '/ops/jobs/oban/jobs?state=executing'])
    for (const path of ['/jobs/2', '/jobs/3']) {
      const { status, text, headers } = await visit(server, path)
      expect([path, status, headers.get('location')]).toEqual([path, 503, null])
      expect(text).toContain('probably to sign in')
    }
  })

  test('an error of its own and a page without end become a page that says so', async () => {
    const broken = await visit(server, '/jobs/4')
    expect([broken.status, broken.text.includes('Oban Web responds with 500'), broken.text.includes('canary')]).toEqual([503, true, false])
    const endless = await visit(server, '/jobs/5')
    expect([endless.status, endless.text.includes('too large')]).toEqual([503, true])
  })

  test('its styles are kept by the browser', async () => {
    const { status, headers, text } = await visit(server, '/css-abc123')
    expect([status, headers.get('content-type'), headers.get('cache-control'), text]).toEqual([200, 'text/css', 'private, max-age=31536000, immutable', 'body{}'])
  })

  test('its font is found where its styles look for it', async () => {
    const { text } = await visit(server, '/css-font')
    expect(text).toBe('@font-face{src:url("/ops/jobs/oban/fonts/Inter.woff2") format("woff2")}a{background:url(data:image/png;base64,fonts/x)}')
    const font = await visit(server, '/fonts/Inter.woff2')
    expect([font.status, font.headers.get('content-type'), font.text]).toEqual([200, 'font/woff2', 'a font'])
    expect((await visit(server, '/fonts/..%2fjobs')).status).toBe(404)
  })

  test('who may not see bridges sees none', async () => {
    expect((await visit(server, '/queues', { who: 'support-demo' })).status).toBe(403)
    expect((await visit(server, '/queues', { who: 'nobody' })).status).toBe(401)
    expect(phoenix.asked).toEqual([])
  })
})

test('who may not see queues, or one of them, does not see them here', async () => {
  const authorize: typeof auth.authorize = (person, action, resource) =>
    !(action === 'view_queues' && ((person.id === 'viewer-demo' && resource.type === 'page') || resource.queue === 'secret')) && auth.authorize(person, action, resource)
  const server = await startWith({}, { auth: { ...auth, authorize } })
  const status = async (path: string, who: string) => (await visit(server, path, { who })).status
  for (const path of ['/queues', '/jobs', '/crons']) expect([path, await status(path, 'ops-demo'), await status(path, 'viewer-demo')]).toEqual([path, 200, 403])
  expect([await status('/queues/mail', 'ops-demo'), await status('/queues/secret', 'ops-demo'), await status('/queues/s%65cret', 'ops-demo')]).toEqual([200, 403, 403])
  await server.stop()
})

describe('what jobs carry', () => {
  const withData = ['/jobs', '/jobs/7', '/crons', '/crons/nightly', '/workflows']

  test('is not asked for unless the host says that it may be shown; queues are', async () => {
    const server = await startWith({ showsJobData: undefined })
    for (const path of withData) expect([path, (await visit(server, path)).status]).toEqual([path, 403])
    expect(phoenix.asked).toEqual([])
    const start = await visit(server, '')
    expect([start.status, start.headers.get('location')]).toEqual([302, '/ops/jobs/oban/queues'])
    expect((await visit(server, '/queues')).status).toBe(200)
    await server.stop()
  })

  test('is not asked for on behalf of somebody from whom the policy hides it', async () => {
    const server = await startWith({}, { displayPolicy: { display: (kind, _value, { actor }) => (actor.id === 'ops-two' && kind === 'job_args' ? '[hidden]' : undefined) } })
    for (const path of withData) expect([path, (await visit(server, path, { who: 'ops-two' })).status]).toEqual([path, 403])
    expect(phoenix.asked).toEqual([])
    expect((await visit(server, '/jobs')).status).toBe(200)
    await server.stop()
  })
})

describe('an Oban Web', () => {
  test('that is away leaves a page with the strip, and everything else works', async () => {
    const gone = await new Phoenix().listen()
    await gone.stop()
    const server = await startWith({ url: `${gone.url}/oban` })
    const { status, text } = await visit(server, '/queues')
    expect([status, text.includes('Oban Web is not responding'), text.includes('<ops-bridge-strip')]).toEqual([503, true, true])
    expect((await server.call('ops-demo', 'GET', '/cron-entries')).status).toBe(200)
    await server.stop()
  })

  test('that is not configured has neither a path nor a link', async () => {
    const server = await startWith({ url: undefined })
    expect((await visit(server, '')).status).toBe(404)
    expect((await server.call('ops-demo', 'GET', '/session')).body.bridges).toEqual([])
    await server.stop()
  })

  test('whose address is none is not mounted, and the host starts', async () => {
    for (const url of ['localhost', 'file:///etc', 'http://user:canary@localhost/oban']) {
      const server = await startWith({ url })
      expect([url, (await visit(server, '')).status, server.logged.some((line) => line.includes('canary'))]).toEqual([url, 404, false])
      await server.stop()
    }
  })
})
