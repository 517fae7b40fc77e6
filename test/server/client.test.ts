import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, test } from 'vitest'
import { ApiError, type Client, ConnectionError, createClient } from '../../schemas/client.ts'
import { type JobServer, startJobServer } from '../support/jobs.ts'

let server: JobServer
let ops: Client
beforeAll(async () => {
  server = await startJobServer({ cron: [] })
  ops = createClient({ api: server.api, headers: { authorization: 'Bearer ops-demo' } })
  for (let number = 0; number < 7; number++) await server.oban.insert({ queue: 'mail', args: JSON.stringify({ number }) })
})
afterAll(() => server.stop())

const pauseMail = { action: 'pause_queue', subject: { type: 'queue', id: 'mail' }, reason: 'the mail server moves' } as const
const auditOfMail = () => collect(ops.listAuditEvents({ query: { subjectType: 'queue', subjectId: 'mail' } }))

describe('lists', () => {
  test('are a page to wait for, and every item of all pages to loop over', async () => {
    const list = ops.listJobs({ query: { queue: 'mail', limit: 3 } })
    expect((await list).items).toHaveLength(3)
    const jobs = await collect(list)
    expect(jobs.map(({ args }) => (args as { number: number }).number)).toEqual([6, 5, 4, 3, 2, 1, 0])
    const [job] = (await list).items
    expectTypeOf(job!.queue).toEqualTypeOf<string>()
  })

  test('request a page only when the loop gets there', async () => {
    const asked: string[] = []
    const counting = createClient({ api: server.api, headers: { authorization: 'Bearer ops-demo' }, fetch: (url, init) => (asked.push(String(url)), fetch(url, init)) })
    for await (const _job of counting.listJobs({ query: { limit: 2 } })) if (asked.length === 2) break
    expect(asked).toHaveLength(2)
    expect(asked[1]).toContain('cursor=')
  })
})

describe('refusals', () => {
  test('are errors whose code narrows what they carry', async () => {
    const refused = await ops.getJob({ params: { id: '999999' } }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ApiError)
    expect(refused).toMatchObject({ code: 'not_found', status: 404, problem: { requestId: expect.any(String) } })
    expect((refused as ApiError).is('not_found')).toBe(true)
    if (refused instanceof ApiError && refused.is('preview_drifted')) expectTypeOf(refused.problem.plan.title).toEqualTypeOf<string>()
  })

  test('of a proxy are readable too', async () => {
    const proxy = await serve((_request, response) => response.writeHead(418, { 'content-type': 'text/html' }).end('<h1>teapot</h1>'))
    await expect(createClient({ api: proxy }).getSession()).rejects.toMatchObject({ name: 'ApiError', status: 418, message: 'The server answered 418 without an explanation.' })
  })
})

describe('a request that fails on its way', () => {
  test('is repeated if it changes nothing, and not before the server said', async () => {
    const at: number[] = []
    const proxy = await serve((request, response) => {
      at.push(performance.now())
      if (at.length === 1) return void request.socket.destroy()
      if (at.length === 2) return void response.writeHead(503, { 'retry-after': '1' }).end()
      forward(request, response)
    })
    const flaky = createClient({ api: proxy, headers: { authorization: 'Bearer ops-demo' } })
    expect((await flaky.listJobs({ query: { limit: 1 } })).items).toMatchObject([{ queue: 'mail' }])
    expect(at).toHaveLength(3)
    expect(at[2]! - at[1]!).toBeGreaterThan(900)
  })

  test('is repeated with the same Idempotency-Key if it changes something in one request, which then happens once', async () => {
    const keys: (string | undefined)[] = []
    const proxy = await serve((request, response) => {
      keys.push(request.headers['idempotency-key'] as string)
      // The change is made, and its answer is lost.
      forward(request, keys.length === 1 ? undefined : response, () => request.socket.destroy())
    })
    const before = (await auditOfMail()).length
    const flaky = createClient({ api: proxy, headers: { authorization: 'Bearer ops-demo' } })
    const done = await flaky.runOperation({ body: pauseMail })
    expect(done).toMatchObject({ event: { action: 'pause_queue', outcome: 'succeeded' } })
    expect(keys).toHaveLength(2)
    expect(keys[0]).toMatch(/^[\da-f-]{36}$/)
    expect(new Set(keys).size).toBe(1)
    expect(await auditOfMail()).toHaveLength(before + 1)
  })

  test('is not repeated if repeating could change something twice', async () => {
    let asked = 0
    const proxy = await serve((request) => {
      asked += 1
      request.socket.destroy()
    })
    const failed = createClient({ api: proxy }).createPreview({ body: { ...pauseMail, action: 'resume_queue' } })
    await expect(failed).rejects.toBeInstanceOf(ConnectionError)
    expect(asked).toBe(1)
  })

  test('is given up after as many attempts as the client may make, each within its time', async () => {
    let asked = 0
    const proxy = await serve(() => void (asked += 1))
    const failed = createClient({ api: proxy, maxRetries: 1, timeoutMs: 50 }).getSession()
    await expect(failed).rejects.toThrow(/^No answer from .*\/session: none within 50 ms$/)
    expect(asked).toBe(2)
  })

  test('ends with the reason of its signal, also between two attempts', async () => {
    const proxy = await serve((_request, response) => response.writeHead(503, { 'retry-after': '20' }).end())
    const leaving = new AbortController()
    const failed = createClient({ api: proxy }).getSession({ signal: leaving.signal })
    setTimeout(() => leaving.abort(new Error('The page was left.')), 100)
    await expect(failed).rejects.toThrow('The page was left.')
  })
})

test('headers may be made for each attempt, for tokens that expire', async () => {
  let asked = 0
  const renewed = createClient({ api: server.api, headers: async () => ({ authorization: `Bearer ${asked++ ? 'ops-demo' : 'nobody'}` }) })
  await expect(renewed.listJobs()).rejects.toMatchObject({ code: 'unauthenticated' })
  expect((await renewed.listJobs({ query: { limit: 1 } })).items).toHaveLength(1)
})

describe('the live stream', () => {
  test('gives hints with the token of the client, and ends with its signal', async () => {
    const leaving = new AbortController()
    const hints = ops.live({ signal: leaving.signal })[Symbol.asyncIterator]()
    const first = hints.next()
    const paused = until(async () => {
      await ops.runOperation({ body: { ...pauseMail, action: 'resume_queue' } })
      await ops.runOperation({ body: pauseMail })
      return Promise.race([first.then(() => true), new Promise<false>((resolve) => setTimeout(resolve, 200, false))])
    })
    expect((await first).value).toMatchObject({ topic: expect.any(String) })
    await paused
    leaving.abort(new Error('enough'))
    await expect(drain(hints)).rejects.toThrow('enough')
  })

  test('connects again after a lost connection, and says that hints may have been missed', async () => {
    let connections = 0
    const proxy = await serve((_request, response) => {
      connections += 1
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`id: ${connections}\nevent: hint\ndata: {"topic":"jobs"}\n\n`, () => response.destroy())
    })
    const topics: string[] = []
    for await (const { topic } of createClient({ api: proxy }).live()) if (topics.push(topic) === 3) break
    expect(topics).toEqual(['jobs', 'reset', 'jobs'])
  })

  test('ends with the refusal of a server that does not know the caller', async () => {
    await expect(drain(createClient({ api: server.api }).live()[Symbol.asyncIterator]())).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

test('the example of the API guide runs as it is written', async () => {
  const [, example] = /## The typed client[\s\S]*?```ts\n([\s\S]*?)```/.exec(readFileSync('docs/api.md', 'utf8'))!
  const folder = await mkdtemp(join(tmpdir(), 'client-example-'))
  const program = example!
    .replace("'ops-powertools/client'", JSON.stringify(resolve('schemas/client.ts')))
    .replace('http://127.0.0.1:4000/ops/jobs/api/v1', server.api)
    .replace('demo-ops-demo', 'ops-demo')
  await writeFile(join(folder, 'example.ts'), program)
  await ops.runOperation({ body: { action: 'create_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, input: { queue: 'mail', expression: '0 2 * * *' }, reason: 'the guide needs it' } })
  const running = promisify(execFile)(process.execPath, [join(folder, 'example.ts')])
  // What its live stream hears: it ends with the first hint.
  let ended = false
  const hinting = until(async () => {
    await ops.runOperation({ body: { ...pauseMail, action: 'resume_queue' } })
    await ops.runOperation({ body: pauseMail })
    return ended
  })
  const { stdout } = await running.finally(() => (ended = true))
  await hinting
  expect(stdout).toMatch(/^nightly_sync runnable\nPause nightly_sync\n[\da-f-]{36}\nResumed\nhttp.*\/audit-events\/export\?format=csv\nheard \w+\n$/)
})

const proxies: (() => void)[] = []
afterEach(() => proxies.splice(0).forEach((close) => close()))

/** Stands where the API is expected. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const proxy = createServer(answer).listen(0, '127.0.0.1')
  await new Promise((resolve) => proxy.once('listening', resolve))
  proxies.push(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

/** Passes a request on to the real API; without `response` its answer is thrown away, and `lost` is called. */
function forward(request: IncomingMessage, response: ServerResponse | undefined, lost?: () => void): void {
  void (async () => {
    const chunks = await collect(request as AsyncIterable<Buffer>)
    const answer = await fetch(server.api + request.url, {
      method: request.method,
      headers: Object.entries(request.headers).filter(([name]) => /^(authorization|content-type|idempotency-key)$/.test(name)) as [string, string][],
      body: chunks.length ? Buffer.concat(chunks) : undefined,
    })
    const body = Buffer.from(await answer.arrayBuffer())
    if (!response) return lost?.()
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(body)
  })()
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

async function drain(hints: AsyncIterator<unknown>): Promise<void> {
  while (!(await hints.next()).done);
}

async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done()));
}
