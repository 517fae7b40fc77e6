import fc from 'fast-check'
import { lexer, type Token, type Tokens } from 'marked'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bundle, bundle as bundleSchema } from '../../../schemas/index.ts'
import type { Engine } from '../../../server/engines/engine.ts'
import { givenIncident } from '../../support/incidents.ts'
import { startJobServer, type JobServer } from '../../support/jobs.ts'
import { auth } from '../../support/server.ts'

/** Bundles of any subject, whatever was deleted, withheld or out of reach. */
let server: JobServer
let client: Client
let down = false
let refused = new Set<string>()
const canary = 'CANARY-hunter2'
const known: Record<string, string[]> = {}

beforeAll(async () => {
  server = await startJobServer({
    wrap: (engine) =>
      new Proxy(engine, {
        get(real, key, receiver) {
          const value: unknown = Reflect.get(real, key, receiver)
          if (!down || typeof value !== 'function') return value
          return () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.9:5432'))
        },
      }) as Engine,
    auth: { ...auth, authorize: (person, action, resource) => !refused.has(action) && !refused.has(`${action} ${resource.id}`) && auth.authorize(person, action, resource) },
    runbooks: { stuck_queue: { text: '**Call** [us](https://wiki.example.com)', links: [{ label: 'On call', href: '/on-call' }] }, job: { text: `look for ${canary}` } },
    displayPolicy: { display: (kind, value, { surface }) => (typeof value === 'string' && value.includes(canary) ? (surface === 'export' ? '[export]' : '[shown]') : undefined) },
  })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
  await fill()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})

async function operate(body: Record<string, unknown>): Promise<{ event: { id: string; bulkId?: string } }> {
  const { status, body: answer } = await server.call('ops-demo', 'POST', '/operations', { reason: `because of <b>${canary}</b> | [x](javascript:alert(1))`, ...body }, { 'idempotency-key': crypto.randomUUID() })
  expect(status).toBe(200)
  return answer as unknown as { event: { id: string; bulkId?: string } }
}

async function fill(): Promise<void> {
  const failed = () => server.oban.insert({ queue: 'books', worker: 'Shop.Close', state: 'discarded', attempt: 1, maxAttempts: 1, insertedIn: 1, attemptedIn: 1, discardedIn: 1, errors: [{ attempt: 1, at: new Date().toISOString(), error: `# ${canary}\n- [x](javascript:alert(1))\n\`\`\`` }] })
  const ids = await Promise.all([failed(), failed(), server.oban.insert({ queue: 'books', state: 'executing', attempt: 1, attemptedIn: -5 }), server.oban.insert({ queue: '<img src=x>', scheduledIn: 3600, state: 'scheduled' })])
  const paused = await operate({ action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' } })
  const bulk = await operate({ action: 'retry_job', selection: { ids: ids.slice(0, 2) } })
  await server.call('ops-demo', 'POST', '/deploys', { version: 'v412', note: canary })
  await client.query(`insert into ops.queue_figure (queue, as_of, depth) values ('books', now(), '[{"state":"available","count":3,"how":"exact"}]') on conflict do nothing`)
  await client.query(
    `insert into ops.audit_event (id, action, event_type, outcome, actor_id, actor_type, actor_label, subject_type, subject_id, source, request_id)
     select gen_random_uuid(), 'x', 'job.cancelled', 'succeeded', 'ops-two', 'user', 'ops-two', type, 'pruned', 'api', 'r' from unnest(array['job', 'queue', 'cron_entry', 'incident', 'executor', 'error_group', 'bulk']) as type`,
  )
  const executor = crypto.randomUUID()
  await client.query(`insert into ops.executor (id, name, host, engine, started_at, beat_at, queues) values ($1, 'worker-7', 'h1', 'oban', now() - interval '1 hour', now(), '[{"queue":"books","slots":2,"used":0,"done":0,"failed":0,"lately":{"done":0,"failed":0},"paused":false,"limit":null}]')`, [executor])
  await client.query(`insert into ops.executor_gap (executor_id, from_at, to_at, cause) values ($1, now() - interval '30 minutes', now() - interval '20 minutes', 'database')`, [executor])
  const incidents = [await givenIncident(client, { queue: 'books' }), await givenIncident(client, { class: 'missed_fire', scope: { cronEntry: 'nightly_sync' }, state: 'resolved' })]
  await client.query(`insert into ops.error_group (fingerprint, grouping, queue, worker, error_class, title, sample, first_seen_at, last_seen_at, preexisting, count, created_at) values ('e1:00000000000000aa', 'default', 'books', 'Shop.Close', 'Error', 'closed', $1, now() - interval '2 hours', now(), false, 3, now())`, [canary])
  Object.assign(known, {
    cron_entry: ['nightly_sync', 'pruned'],
    job: [...ids, 'pruned'],
    queue: ['books', 'nightly_sync', 'pruned'],
    bulk: [bulk.event.bulkId!, 'pruned'],
    incident: [...incidents, 'pruned'],
    executor: [executor, 'pruned'],
    error_group: ['e1:00000000000000aa', 'pruned'],
    audit_event: [paused.event.id, bulk.event.id],
  })
}

async function read(type: string, id: string, query = ''): Promise<Bundle> {
  const { status, body, text } = await server.call('ops-demo', 'GET', `/forensics/${encodeURIComponent(type)}/${encodeURIComponent(id)}${query}`)
  expect(status, text).toBe(200)
  return bundleSchema.parse(body)
}

const hrefsOf = ({ subject, chronology, timeline, linkedResources, nextPaths }: Bundle): string[] =>
  [subject.href, ...chronology.map(({ ref }) => ref.href), ...(timeline?.lanes ?? []).flatMap(({ marks }) => marks.map(({ href }) => href)), ...linkedResources.map(({ href }) => href), ...nextPaths.map(({ href }) => href)].filter((href) => href !== undefined)

const opened = new Map<string, number>()
async function statusOf(href: string): Promise<number> {
  const key = `${[...refused].join()} ${href}`
  if (!opened.has(key)) opened.set(key, (await fetch(new URL(href, server.url), { headers: { authorization: 'Bearer ops-demo', accept: 'text/html' } })).status)
  return opened.get(key)!
}

/** What no bundle may claim. */
async function expectHonest(bundle: Bundle): Promise<void> {
  const { completeness: { state, gaps, reasons }, withheld, diagnosis, chronology, timeline, nextPaths, nextCursor } = bundle
  // The history of a job may be complete and yet not tell why it waits; then the diagnosis must say so.
  if (state === 'complete') expect({ gaps, title: diagnosis.title }).toEqual({ gaps: [], title: diagnosis.provenance === 'unknown' ? expect.stringMatching('unknown') : expect.any(String) })
  else expect(reasons.length).toBeGreaterThan(0)
  if (gaps.length) expect(state).not.toBe('complete')
  if (state === 'unknown') expect({ chronology, timeline }).toEqual({ chronology: [], timeline: undefined })
  if (withheld.includes('audit events')) expect(chronology.filter(({ source, ref }) => source === 'audit' && ref.type === 'audit_event')).toEqual([])
  expect(new Set(chronology.map(({ source, id }) => `${source} ${id}`)).size).toBe(chronology.length)
  for (const path of nextPaths) expect(path.ownershipLabel).not.toBe('')
  if (nextCursor !== undefined) expect(chronology.length).toBeGreaterThan(0)
  for (const href of hrefsOf(bundle)) expect([href, await statusOf(href)]).toEqual([href, 200])
  expect(JSON.stringify(bundle)).not.toContain(canary)
}

/** Whatever a reader of the file could click, or that is not text: the file is of headings, lists, emphasis and code. */
function markupOf(tokens: Token[]): string[] {
  return tokens.flatMap((token) => [
    ...(token.type === 'html' || token.type === 'image' || token.type === 'table' ? [token.type] : []),
    ...(token.type === 'link' ? [`link ${(token as Tokens.Link).href}`] : []),
    ...('tokens' in token && token.tokens ? markupOf(token.tokens) : []),
    ...('items' in token ? markupOf(token.items as Token[]) : []),
  ])
}

const hostileId = fc.oneof(
  fc.constantFrom('<script>alert(1)</script>', "'; drop table ops.audit_event; --", '../../session', '%2e%2e', 'constructor', '__proto__', '‮txt.exe', '| x |', '`', '00000000-0000-0000-0000-000000000000', 'e1:0000000000000000'),
  fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }).filter((id) => id.isWellFormed() && !id.includes('\0') && !/^\.{1,2}$/.test(id) && id.trim() !== ''),
)
const anyType = fc.constantFrom('cron_entry', 'job', 'queue', 'bulk', 'incident', 'executor', 'error_group', 'audit_event', 'deploy', 'constructor', 'x y')
const views = ['view_cron', 'view_jobs', 'view_queues', 'view_incidents', 'view_audit', 'view_overview', 'view_bridge']

describe('a bundle for any subject', () => {
  test('is valid and claims nothing that it cannot show, whatever is withheld, pruned, out of reach or hostile', async () => {
    const knownSubject = anyType.chain((type) => fc.record({ type: fc.constant(type), id: Object.hasOwn(known, type) ? fc.constantFrom(...known[type]!) : hostileId }))
    const anySubject = fc.oneof({ weight: 3, arbitrary: knownSubject }, { weight: 2, arbitrary: fc.record({ type: anyType, id: hostileId }) })
    await fc.assert(
      fc.asyncProperty(anySubject, fc.subarray(views), fc.boolean(), fc.constantFrom('', '?range=1h', '?range=90d'), async ({ type, id }, without, unreachable, query) => {
        refused = new Set(without)
        down = unreachable
        try {
          await expectHonest(await read(type, id, query))
          const path = `/forensics/${encodeURIComponent(type)}/${encodeURIComponent(id)}`
          const pages = await server.call('ops-demo', 'GET', `${path}/chronology?limit=3`)
          expect(pages.status).toBe(200)
          const json = await server.call('ops-demo', 'GET', `${path}/export?format=json`)
          await expectHonest(bundleSchema.parse(json.body))
          const markdown = await server.call('ops-demo', 'GET', `${path}/export?format=markdown`)
          expect([markdown.status, markdown.headers.get('content-type')]).toEqual([200, 'text/markdown; charset=utf-8'])
          expect(markdown.text).toContain('## How complete this is')
          expect(markdown.text).not.toContain(canary)
          expect(markupOf(lexer(markdown.text)).filter((found) => !/^link (https:\/\/wiki\.example\.com\/|\/on-call)$/.test(found))).toEqual([])
        } finally {
          refused = new Set()
          down = false
        }
      }),
      { numRuns: 120 },
    )
  }, 120_000)

  test.each(['cron_entry', 'job', 'queue', 'incident'])('of a %s changes in nothing else if the log is withheld', async (type) => {
    const id = known[type]![0]!
    const whole = await read(type, id)
    refused = new Set(['view_audit'])
    const less = await read(type, id)
    refused = new Set()
    const others = ({ chronology }: Bundle) => chronology.filter(({ source }) => source !== 'audit' && source !== 'queue').map(({ source, id }) => `${source} ${id}`)
    expect(others(less)).toEqual(others(whole))
    expect({ ...less.subject, ...less.diagnosis }).toEqual({ ...whole.subject, ...whole.diagnosis })
    expect(less.completeness.state).not.toBe('complete')
    expect(less.withheld).toContain('audit events')
  })

  test('has what the audit log, slots, deploys, incidents and executors know of it, each once', async () => {
    const sourcesOf = async (type: string, id: string) => [...new Set((await read(type, id)).chronology.map(({ source }) => source))].toSorted()
    expect(await sourcesOf('cron_entry', 'nightly_sync')).toEqual(expect.arrayContaining(['audit', 'deploy', 'incident']))
    expect(await sourcesOf('job', known.job![0]!)).toEqual(expect.arrayContaining(['audit', 'engine', 'incident']))
    expect(await sourcesOf('queue', 'books')).toEqual(expect.arrayContaining(['audit', 'deploy', 'incident']))
    expect(await sourcesOf('executor', known.executor![0]!)).toEqual(expect.arrayContaining(['executor', 'deploy']))
    expect(await sourcesOf('error_group', known.error_group![0]!)).toEqual(expect.arrayContaining(['error', 'deploy']))
    expect((await read('queue', 'books')).chronology.filter(({ ref }) => ref.type === 'bulk')).toHaveLength(1)
  })

  test('names each gap with its window', async () => {
    const { completeness: { gaps } } = await read('executor', known.executor![0]!)
    expect(gaps).toEqual([{ source: 'executor', from: expect.any(String), to: expect.any(String), reason: 'It could not report: the database was down' }])
    expect(Date.parse(gaps[0]!.to!) - Date.parse(gaps[0]!.from!)).toBe(10 * 60_000)
  })

  test('shows that a part is in the archive, with its window', async () => {
    await client.query(`insert into ops.archive (id, kind, file, sha256, rows, from_at, to_at, archived_at) values (gen_random_uuid(), 'audit', 'audit-1.ndjson.gz', repeat('0', 64), 9, now() - interval '90 days', now() - interval '10 minutes', now())`)
    try {
      const { completeness } = await read('queue', 'books')
      expect(completeness.gaps).toContainEqual({ source: 'audit', from: expect.any(String), to: expect.any(String), reason: 'Older audit events lie in the archive' })
      expect(completeness).toMatchObject({ state: 'partial_evidence', reasons: expect.arrayContaining(['Older audit events lie in the archive.']) })
    } finally {
      await client.query('delete from ops.archive')
    }
  })
})

describe('a chronology', () => {
  test('is paged to its end without repeating or leaving out a line, also by source', async () => {
    const path = `/forensics/queue/books`
    for (const groups of ['', '&groups=audit', '&groups=deploys,incidents']) {
      const whole = (await server.call('ops-demo', 'GET', `${path}/chronology?limit=200${groups}`)).body.items!
      const paged: Record<string, unknown>[] = []
      for (let cursor: string | undefined; ; ) {
        const { body } = await server.call('ops-demo', 'GET', `${path}/chronology?limit=2${groups}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)
        paged.push(...body.items!)
        cursor = body.nextCursor as string | undefined
        if (cursor === undefined) break
      }
      const name = ({ source, id, at }: Record<string, unknown>) => `${String(source)} ${String(id)} ${String(at)}`
      const settled = (items: Record<string, unknown>[]) => items.filter(({ source }) => source !== 'measurement').map(name)
      expect(settled(paged)).toEqual(settled(whole))
    }
    expect((await server.call('ops-demo', 'GET', `${path}/chronology?groups=nonsense`)).status).toBe(400)
    expect((await server.call('ops-demo', 'GET', `${path}/chronology?cursor=nonsense`)).status).toBe(400)
  })
})

describe('the export of a bundle', () => {
  const exports = async () => (await client.query<{ subject_type: string; metadata: unknown }>(`select subject_type, metadata from ops.audit_event where event_type = 'forensics.exported'`)).rows

  test('is recorded once, and is refused to an account that cannot be named', async () => {
    const before = (await exports()).length
    const answer = await server.call('ops-demo', 'GET', '/forensics/queue/books/export?format=json')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="forensics-queue-books-[\dT-]+\.json"$/)
    expect((await exports()).slice(before)).toEqual([{ subject_type: 'forensics', metadata: { filters: { subjectType: 'queue', subjectId: 'books' } } }])
    expect((await server.call('nameless', 'GET', '/forensics/queue/books/export?format=json')).status).toBe(403)
    expect((await server.call('ops-demo', 'GET', '/forensics/queue/books/export?format=csv')).status).toBe(400)
    expect((await exports()).length).toBe(before + 1)
  })

  test('goes through the display policy as an export', async () => {
    const { text } = await server.call('ops-demo', 'GET', `/forensics/job/${known.job![0]!}/export?format=json`)
    expect(text).toContain('[export]')
    expect(text).not.toContain('[shown]')
    const { text: markdown } = await server.call('ops-demo', 'GET', `/forensics/job/${known.job![0]!}/export?format=markdown`)
    expect(markdown).toContain(String.raw`\[export\]`)
  })
})

test('a bundle of an incident carries what was measured, what that excludes, and who took it on, also as Markdown', async () => {
  const facts = { queue: 'books', due: 84, how: 'exact', oldestDueAt: '2026-11-21T10:21:07Z', movedAt: null, watched: 60, executing: 0, executors: 2, slots: 8, minutes: 10, failed: 0, asOf: '2026-11-21T13:22:07Z' }
  const id = await givenIncident(client, { queue: 'books', facts })
  await client.query(`update ops.incident set acknowledged_at = '2026-11-21T13:04:00Z', acknowledged_by = '{"id":"ops-two","type":"user","label":"ops-two"}' where id = $1`, [id])
  const { evidence } = await read('incident', id)
  expect(evidence).toMatchObject({ measured: [{ label: '84 jobs due, the oldest for 3 h 1 min', note: 'measured' }, {}], ruledOut: expect.arrayContaining([{ label: 'Paused: the queue is not', note: 'measured' }]) })
  expect(evidence!.facts).toContainEqual({ label: 'Acknowledged by', value: 'ops-two, 2026-11-21T13:04:00.000Z' })
  const { text } = await server.call('ops-demo', 'GET', `/forensics/incident/${id}/export?format=markdown`)
  for (const part of ['### What was measured', '84 jobs due', '### Ruled out', 'Paused', 'Acknowledged by']) expect(text).toContain(part)
})

describe('a runbook', () => {
  test('has the steps of the class with their owners, what was checked, and the text of the host', async () => {
    const { runbook } = await read('incident', known.incident![0]!)
    expect(runbook).toMatchObject({
      title: 'A stuck queue',
      prerequisites: expect.arrayContaining([{ label: 'The engine was measured within the last minute', met: false }, { label: 'One of its executors is alive', met: true }, { label: 'The queue is not paused', met: true }]),
      host: { title: 'From this host', blocks: [{ type: 'paragraph', spans: [{ text: 'Call', strong: true }, { text: ' ' }, { text: 'us', href: 'https://wiki.example.com/' }] }], links: [{ label: 'On call', href: '/on-call' }] },
    })
    expect(new Set(runbook.steps.map(({ ownership }) => ownership))).toEqual(new Set(['powertools_native', 'host_owned']))
  })

  test('shows the text of the host as the display policy leaves it', async () => {
    expect((await read('job', known.job![0]!)).runbook.host?.blocks).toEqual([{ type: 'paragraph', spans: [{ text: '[shown]' }] }])
  })
})
