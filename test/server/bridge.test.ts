import { get } from 'node:http'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pgBossDashboard } from '../../server/bridges/pg-boss/index.ts'
import type { Bridge } from '../../server/index.ts'
import { createDatabase } from '../support/postgres.ts'
import { startServer, type TestServer, type TestServerOptions } from '../support/server.ts'

const canaries = /canary-\w+/g

/** A server whose jobs carry secrets in every place a job has. */
async function startWithDashboard({ showsJobData, ...options }: TestServerOptions & { showsJobData?: boolean } = {}): Promise<TestServer> {
  const database_ = await createDatabase()
  const server = await startServer({ ...options, database_, bridges: [pgBossDashboard({ databaseUrl: database_.url, showsJobData })] })
  const { boss } = server
  await boss.send('nightly_sync', { password: 'canary-secret', note: { deep: 'canary-note' } }, { singletonKey: 'canary-key' })
  const [done, failed] = [await boss.send('nightly_sync', { note: 'canary-done' }), await boss.send('nightly_sync', { note: 'canary-failed' }, { retryLimit: 0 })]
  await boss.fetch('nightly_sync', { batchSize: 10 })
  await boss.complete('nightly_sync', done!, { result: 'canary-output' })
  await boss.fail('nightly_sync', failed!, { message: 'canary-error' })
  await boss.schedule('nightly_sync', '0 2 * * *', { note: 'canary-schedule' })
  return server
}

async function visit(server: TestServer, who: string | null, path: string, init: RequestInit = {}): Promise<{ status: number; text: string; headers: Headers }> {
  const headers = { accept: 'text/html', ...(who ? { authorization: `Bearer ${who}` } : {}), ...init.headers }
  const response = await fetch(`${server.url}/ops/jobs/pg-boss${path}`, { redirect: 'manual', ...init, headers })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

/** Without the tidying that `fetch` does to a path. */
function visitAsTyped(server: TestServer, path: string): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const sent = get({ hostname, port, path: `/ops/jobs/pg-boss${path}`, headers: { authorization: 'Bearer ops-demo' } }, async (response) => {
      resolve({ status: response.statusCode!, text: (await response.setEncoding('utf8').toArray()).join('') })
    })
    sent.on('error', reject)
  })
}

describe('installed', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startWithDashboard()
  })
  afterAll(() => server.stop())

  test('its pages carry the strip, which says inspection only and leads back', async () => {
    for (const path of ['', '/', '/queues', '/queues/nightly_sync/metrics', '/warnings', '/jobs', '/nothing']) {
      const { text } = await visit(server, 'ops-demo', path)
      expect(text.match(/<body[^>]*><ops-bridge-strip /g), path).toHaveLength(1)
      expect(text).toContain('<strong>Inspection only</strong>')
      expect(text).toContain('pg-boss Dashboard bridge')
      expect(text).toContain('<a href="/ops/jobs" target="_top">')
    }
  })

  test('it shows queues, and the session links to it', async () => {
    const { status, text } = await visit(server, 'viewer-demo', '/queues')
    expect(status).toBe(200)
    expect(text).toContain('nightly_sync')
    const session = await server.call('viewer-demo', 'GET', '/session')
    expect(session.body.bridges).toEqual([{ name: 'pg-boss', label: 'pg-boss Dashboard bridge', href: '/ops/jobs/pg-boss' }])
  })

  test('nobody signs in first, and who may not see bridges neither sees it nor a link', async () => {
    expect((await visit(server, null, '/queues')).status).toBe(401)
    const refused = await visit(server, 'support-demo', '/queues')
    expect(refused.status).toBe(403)
    expect(refused.text).not.toContain('nightly_sync')
    expect((await server.call('support-demo', 'GET', '/session')).body.bridges).toEqual([])
  })

  test('nothing but GET and HEAD, also for an operator', async () => {
    const before = await jobsOf(server)
    const intents = ['', '/queues/nightly_sync', `/queues/nightly_sync/jobs/${before[0]!.id}`, '/send', '/schedules/nightly_sync/__default__', '/queues/nightly_sync.data']
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      for (const path of intents) {
        const body = method === 'OPTIONS' ? undefined : new URLSearchParams({ intent: 'delete', jobId: String(before[0]!.id) })
        const { status, headers } = await visit(server, 'ops-demo', path, { method, body })
        expect([method, path, status, headers.get('allow')]).toEqual([method, path, 405, 'GET, HEAD'])
      }
    }
    expect(await jobsOf(server)).toEqual(before)
    expect((await visit(server, 'ops-demo', '/queues', { method: 'HEAD' })).status).toBe(200)
  })

  test('it offers no control that changes something', async () => {
    expect((await visit(server, 'ops-demo', '/queues')).text).not.toMatch(/Send Job|Create Queue/)
    for (const path of ['/send', '/queues/create', '/schedules/new']) expect((await visit(server, 'ops-demo', path)).status).toBe(403)
  })

  test('no page and no data behind a page shows what jobs carry', async () => {
    const [job] = await jobsOf(server)
    const pages = [
      '', '/', '/queues', '/queues?search=nightly', '/queues/nightly_sync', '/queues/nightly_sync/metrics', '/warnings', '/migrations', '/jobs', '/schedules', '/send',
      '/jobs?state=all&col=data:data&cols=data,output', '/queues/nightly_sync?state=failed', `/queues/nightly_sync/jobs/${job!.id}`, '/schedules/nightly_sync/__default__',
      '/queues/%2e%2e/jobs', '/queues/../jobs', '/queues/x/..%2f..%2fjobs', '//jobs', '/./jobs', '/Jobs', '/jobs/', '/queues/nightly_sync/', '/jobs%2f', '/queues/x/metrics/../../../jobs', '/queues/%00/metrics', '/queues/%ff/metrics',
    ]
    for (const page of pages) {
      const [path, search = ''] = page.split('?')
      for (const target of [page, `${path}.data?${search}`, `${path}/_.data?${search}`, `${path}.data?_routes=routes%2Fjobs%2Croutes%2Fqueues.%24name&${search}`]) {
        const { status, text } = await visitAsTyped(server, target)
        expect([target, text.match(canaries), text.match(/postgres(ql)?:\/\//)]).toEqual([target, null, null])
        expect([200, 204, 403, 404]).toContain(status)
      }
    }
    expect(server.logged.join('\n')).not.toMatch(canaries)
  })

  test('a page that is refused says why; its data tells the script to open the page', async () => {
    const page = await visit(server, 'ops-demo', '/jobs')
    expect(page.status).toBe(403)
    expect(page.text).toContain('Job data is not shown here')
    const data = await visit(server, 'ops-demo', '/jobs.data?state=failed')
    expect([data.status, data.headers.get('x-remix-redirect')]).toEqual([204, '/jobs?state=failed'])
    const problem = await visit(server, 'ops-demo', '/jobs', { headers: { accept: 'application/json' } })
    expect(JSON.parse(problem.text)).toMatchObject({ status: 403, code: 'forbidden' })
  })

  test('its scripts run by their hash, without unsafe-inline, and nothing comes from another site', async () => {
    const { headers } = await visit(server, 'ops-demo', '/queues')
    const policy = headers.get('content-security-policy')!
    expect(policy).toMatch(/script-src 'self'( 'sha256-[\w+/=]+')+;/)
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/)
    expect(policy).toContain("frame-ancestors 'self'")
  })
})

describe('with job data shown', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startWithDashboard({
      showsJobData: true,
      auth: {
        currentActor: (request) => ({ id: request.headers.authorization?.replace('Bearer ', '') ?? '', role: 'ops' as const }),
        authorize: (person, action, { queue }) =>
          !((person.id === 'no-jobs' && action === 'view_jobs') || (action === 'view_queues' && (person.id === 'no-queues' || (person.id === 'not-that-queue' && queue === 'nightly_sync')))),
        auditPrincipal: ({ id }) => ({ id, type: 'user', label: id }),
      },
      displayPolicy: { display: (kind, _value, { actor }) => (actor.id === 'redacted' && kind === 'job_output' ? '[hidden]' : undefined) },
    })
  })
  afterAll(() => server.stop())

  test('whose policy leaves job data alone reads it raw', async () => {
    const { status, text } = await visit(server, 'ops-demo', '/jobs?state=all&col=Note:data')
    expect(status).toBe(200)
    expect(text).toContain((await jobsOf(server))[0]!.id)
    expect((await visit(server, 'ops-demo', '/schedules')).text).toMatch(canaries)
  })

  test('who may not see every queue sees none of its pages, because they show all of them', async () => {
    for (const path of ['/', '/queues', '/warnings', '/queues/nightly_sync/metrics', '/jobs', '/queues.data']) {
      for (const who of ['no-queues', 'not-that-queue']) {
        const { status, text } = await visit(server, who, path)
        expect([who, path, [403, 204].includes(status), text.includes('nightly_sync')]).toEqual([who, path, true, false])
      }
    }
  })

  test('whose policy replaces any of it, or who may not view jobs, does not', async () => {
    for (const who of ['redacted', 'no-jobs']) {
      for (const path of ['/jobs', '/schedules', '/queues/nightly_sync', '/jobs.data', '/schedules.data']) {
        const { status, text } = await visit(server, who, path)
        expect([who, path, [403, 204].includes(status), text.match(canaries)]).toEqual([who, path, true, null])
      }
      expect((await visit(server, who, '/queues')).status).toBe(200)
    }
  })
})

describe('around any dashboard', () => {
  let server: TestServer
  const seen: Headers[] = []
  const echo: Bridge = {
    name: 'echo',
    label: 'Echo bridge',
    open: async () => ({
      contentSecurityPolicy: {},
      async answer({ headers }) {
        seen.push(headers)
        return new Response('<p>no document', {
          headers: { 'content-type': 'text/html', 'set-cookie': 'stolen=1', connection: 'close', 'content-security-policy': 'script-src *', 'access-control-allow-origin': '*', etag: '"1"' },
        })
      },
      close: async () => {},
    }),
  }
  const broken: Bridge = { name: 'broken', label: 'Broken bridge', open: () => Promise.reject(new Error('half of it is missing')) }
  beforeAll(async () => {
    server = await startServer({ bridges: [echo, broken] })
  })
  afterAll(() => server.stop())

  test('the host’s credentials stay with the host, and the dashboard sets no cookie and no policy', async () => {
    const response = await fetch(`${server.url}/ops/jobs/echo/page`, { headers: { cookie: 'who=ops-demo', 'x-forwarded-user': 'root', 'proxy-authorization': 'Basic x' } })
    expect(await response.text()).toMatch(/^<ops-bridge-strip .*<p>no document$/s)
    expect(seen.map((headers) => [...headers.keys()].filter((name) => !['accept', 'accept-language', 'user-agent'].includes(name)))).toEqual([[]])
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(response.headers.get('etag')).toBe('"1"')
  })

  test('a dashboard that is installed and broken is left out, with a warning; the host runs', async () => {
    const response = await fetch(`${server.url}/ops/jobs/broken`, { headers: { authorization: 'Bearer ops-demo', accept: 'text/html' } })
    expect(response.status).toBe(404)
    const session = await server.call('ops-demo', 'GET', '/session')
    expect(session.body.bridges).toEqual([{ name: 'echo', label: 'Echo bridge', href: '/ops/jobs/echo' }])
    expect(server.logged.filter((line) => line.includes('Broken bridge is installed but does not open'))).toHaveLength(1)
  })
})

async function jobsOf({ database }: TestServer): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>("select id, name, state, data, output from pgboss.job where name = 'nightly_sync' order by created_on, id")).rows
  } finally {
    await client.end()
  }
}
