import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startJobServer, type JobServer } from '../../support/jobs.ts'
import { auth } from '../../support/server.ts'

let server: JobServer
const closed = new Set<string>()
let pages = 0
let bounded: string | undefined

beforeAll(async () => {
  server = await startJobServer({
    wrap: (engine) =>
      Object.create(engine, {
        list: { value: (...asked: Parameters<typeof engine.list>) => (pages++, engine.list(...asked).then((page) => (bounded === undefined ? page : { ...page, searched: bounded }))) },
      }) as typeof engine,
    auth: { ...auth, authorize: (person, action, resource) => (closed.has(resource.id) ? false : auth.authorize(person, action, resource)) },
  })
})
afterAll(() => server?.stop())

const take = (query: string, who = 'ops-demo') => server.call(who, 'GET', `/jobs/export?${query}`)
const evidence = async () => (await server.call('ops-demo', 'GET', '/audit-events?eventType=jobs.exported')).body.items!

describe('an export of jobs', () => {
  test('contains every matching job, over many pages, each once, to the last digit of its numbers', async () => {
    await server.oban.pool.query(
      `insert into oban_jobs (state, queue, worker, args, inserted_at, scheduled_at)
       select 'available', 'exported', 'W', jsonb_build_object('big', 9007199254740993, 'n', n), timezone('utc', now()), timezone('utc', now()) from generate_series(1, 450) n`,
    )
    const { status, text, headers } = await take('format=ndjson&queue=exported')
    expect(status).toBe(200)
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="jobs-.*\.ndjson"$/)
    const jobs = text.trimEnd().split('\n').map((line) => JSON.parse(line) as { id: string; args: { n: number } })
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(450)
    expect(text.match(/"big":9007199254740993[,}]/g)).toHaveLength(450)
    const csv = (await take('format=csv&queue=exported')).text.trimEnd().split('\r\n')
    expect(csv).toHaveLength(451)
    expect(csv[0]).toMatch(/^id,queue,worker,state,/)
    expect(csv.filter((line) => line.includes('9007199254740993'))).toHaveLength(450)
  })

  test('says in a header what was searched, as the engine words it', async () => {
    bounded = 'die jüngsten 100 Aufträge\r\nx-evil: 1'
    try {
      const { status, headers } = await take('format=csv&queue=exported')
      expect([status, headers.get('x-ops-searched'), headers.get('x-evil')]).toEqual([200, 'die j?ngsten 100 Auftr?ge??x-evil: 1', null])
    } finally {
      bounded = undefined
    }
  })

  test('runs nothing in a spreadsheet', async () => {
    await server.oban.insert({ queue: 'formula', worker: '=HYPERLINK("http://evil")', args: '{"a":"x,\\"y\\""}', errors: [{ attempt: 1, at: '2026-01-01T00:00:00Z', error: '@cmd' }], attempt: 1 })
    const [, line] = (await take('format=csv&queue=formula')).text.split('\r\n')
    expect(line).toContain(`"'=HYPERLINK(""http://evil"")"`)
    expect(line).toContain(`,'@cmd`)
    expect(line).not.toMatch(/(^|,|")[=@]/)
    for (const worker of ['＝1+1', '＠SUM(A1)', '\n=1+1']) await server.oban.insert({ queue: 'wide', worker })
    // Both the cell and the line in it that a spreadsheet could take for a cell of its own are prefixed.
    expect((await take('format=csv&queue=wide')).text.match(/'(＝|＠|\n'=)/g)).toHaveLength(3)
  })

  test('is recorded before it is sent: actor, format and filters, and of possible secrets only the keys', async () => {
    await take(`format=csv&state=available&args=${encodeURIComponent('{"customer":"CANARY-args-filter"}')}&error=CANARY-error-filter`)
    const [event] = await evidence()
    expect(event).toMatchObject({
      outcome: 'succeeded', action: 'export_jobs', subject: { id: 'csv' }, actor: { id: 'ops-demo' },
      metadata: { filters: { state: 'available', argsKeys: ['customer'], errorLength: 19 } },
    })
    expect(JSON.stringify(await evidence())).not.toContain('CANARY')
  })

  test('leaves out jobs that the actor may not see, and requires an actor who can be named', async () => {
    const [open, hidden] = [await server.oban.insert({ queue: 'partly' }), await server.oban.insert({ queue: 'partly' })]
    closed.add(hidden)
    const { text } = await take('format=ndjson&queue=partly')
    expect(text.trimEnd().split('\n').map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([open])
    const before = (await evidence()).length
    expect(await take('format=csv', 'nameless')).toMatchObject({ status: 403, body: { code: 'unattributable_actor' } })
    expect((await take('format=xml')).status).toBe(400)
    expect((await evidence()).length).toBe(before)
  })

  test('does not read further ahead than its consumer', async () => {
    await server.oban.pool.query(
      `insert into oban_jobs (state, queue, worker, args, inserted_at, scheduled_at)
       select 'available', 'huge', 'W', jsonb_build_object('text', repeat('x', 8000), 'n', n), timezone('utc', now()), timezone('utc', now()) from generate_series(1, 8000) n`,
    )
    pages = 0
    const response = await fetch(`${server.api}/jobs/export?format=ndjson&queue=huge`, { headers: { authorization: 'Bearer ops-demo' } })
    const reader = response.body!.getReader()
    await reader.read()
    // Until it stands still: what is read ahead fills the buffers of the connection and no more.
    for (let before = -1; before !== pages; await new Promise((resolve) => setTimeout(resolve, 300))) before = pages
    expect(pages).toBeLessThan(30)
    let lines = 0
    for (let part = await reader.read(); !part.done; part = await reader.read()) lines += part.value.filter((byte) => byte === 10).length
    expect(lines).toBeGreaterThan(7900)
    expect(pages).toBe(40)
  })
})
