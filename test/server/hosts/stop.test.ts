import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test, vi } from 'vitest'
import { auth, startServer, type TestServer } from '../../support/server.ts'
import { within } from '../../support/within.ts'

const signedIn = { authorization: 'Bearer ops-demo' }
const session = () => new Request('http://admin.example.com/ops/jobs/api/v1/session', { headers: signedIn })
const live = () => new Request('http://admin.example.com/ops/jobs/api/v1/live', { headers: signedIn })

test('stop() ends live streams, lets requests finish, and refuses new ones in a sentence', async () => {
  let asked: () => void
  let decide: () => void
  const waiting = new Promise<void>((resolve) => (asked = resolve))
  const decided = new Promise<void>((resolve) => (decide = resolve))
  let slow = false
  const currentActor: typeof auth.currentActor = async (request) => {
    if (slow) {
      asked()
      await decided
    }
    return auth.currentActor(request)
  }
  const server = await startServer({ auth: { ...auth, currentActor } })
  const { ops } = server
  const stream = (await ops.fetch(live())).body!
  slow = true
  const running = ops.fetch(session())
  await waiting
  const stopped = ops.stop()
  await within('the end of the stream', new Response(stream).text())
  const refused = await ops.fetch(session())
  expect([refused.status, refused.headers.get('connection'), ((await refused.json()) as { detail: string }).detail]).toEqual([503, 'close', expect.stringContaining('This process is stopping')])
  decide!()
  expect((await running).status).toBe(200)
  await within('stopping', stopped)
  await server.stop()
})

async function listen(listener: TestServer['ops']['handler']): Promise<{ url: string; close(): void; server: Server }> {
  const server = createServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops/jobs/api/v1`, close: () => server.closeAllConnections() ?? server.close() }
}

test('the promise of ops.handler is resolved when the response has ended, also for a client that left, and prints nothing', async () => {
  const server = await startServer()
  const printed = vi.spyOn(process.stderr, 'write')
  const ended: string[] = []
  const { url, close } = await listen((request, response) => server.ops.handler(request, response).then(() => void ended.push(`${request.method} ${response.writableFinished || response.destroyed}`)))
  try {
    expect((await fetch(`${url}/session`, { headers: signedIn })).status).toBe(200)
    await expect.poll(() => ended).toEqual(['GET true'])
    const left = new AbortController()
    await fetch(`${url}/live`, { headers: signedIn, signal: left.signal })
    expect(ended).toHaveLength(1)
    left.abort()
    await expect.poll(() => ended).toEqual(['GET true', 'GET true'])
    await new Promise<void>((resolve) => {
      const request = httpRequest(`${url}/previews`, { method: 'POST', headers: { ...signedIn, 'content-type': 'application/json', 'content-length': '1000' } })
      request.on('error', () => resolve())
      request.write('{"action"', () => request.destroy(new Error('hung up')))
    })
    await expect.poll(() => ended.length).toBe(3)
    expect(printed.mock.calls.map(([text]) => String(text))).toEqual([])
    expect(server.logged.filter((line) => line.includes('"level":"error"'))).toEqual([])
  } finally {
    printed.mockRestore()
    close()
    await server.stop()
  }
})

test('a fault of a page is logged, as one of the API is', async () => {
  let broken = false
  const server = await startServer({
    now: () => {
      if (broken) throw new Error('canary-value')
      return new Date()
    },
  })
  broken = true
  const page = await server.ops.fetch(new Request('http://admin.example.com/ops/jobs/cron', { headers: { ...signedIn, accept: 'text/html' } }))
  broken = false
  expect([page.status, page.headers.get('content-type')]).toEqual([500, expect.stringContaining('text/html')])
  const errors = server.logged.filter((line) => line.includes('"level":"error"'))
  expect(errors).toHaveLength(1)
  expect(errors[0]).toContain(page.headers.get('x-request-id'))
  expect(errors[0]).not.toContain('canary')
  await server.stop()
})
