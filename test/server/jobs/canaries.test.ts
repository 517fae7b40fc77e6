import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Client } from 'pg'
import { startJobServer, type JobServer } from '../../support/jobs.ts'
import { auth, displayPolicy } from '../../support/server.ts'

/** Planted where jobs carry secrets; none may be seen by whom the policy hides them from. */
const canary = {
  plainArg: 'CANARY-plain-arg-91aa',
  secretKey: 'CANARY-secret-key-82bb',
  error: 'CANARY-error-73cc',
  earlierError: 'CANARY-earlier-error-64dd',
  meta: 'CANARY-meta-55ee',
  output: 'CANARY-output-46ff',
  tag: 'CANARY-tag-37ab',
  pauseReason: 'CANARY-pause-reason-28cd',
}
const number = '912345678909007199254740993'

let server: JobServer
let policyFails = false
let walks = false
let job: string

beforeAll(async () => {
  server = await startJobServer({
    // Support sees every page, and on it what the policy leaves.
    auth: { ...auth, authorize: (person, action, resource) => (person.role === 'support' && action.startsWith('view_')) || auth.authorize(person, action, resource) },
    displayPolicy: {
      display(kind, value, context) {
        if (walks && kind === 'job_args') return walked(value)
        if (policyFails) throw new Error(`cannot decide about ${JSON.stringify(value)}`)
        return displayPolicy.display(kind, value, context)
      },
    },
  })
  const at = new Date().toISOString()
  job = await server.oban.insert({
    queue: 'planted', state: 'discarded', attempt: 2, maxAttempts: 2, attemptedIn: -20, discardedIn: -10, tags: [canary.tag],
    args: JSON.stringify({ scope: canary.plainArg, nested: [{ apiKey: canary.secretKey, amount: 1 }] }).replace('"amount":1', `"amount":${number}`),
    meta: { note: canary.meta, output: { rows: canary.output, accessToken: canary.secretKey } },
    errors: [{ attempt: 1, at, error: canary.earlierError }, { attempt: 2, at, error: canary.error }],
  })
  const client = new Client({ connectionString: server.oban.url })
  await client.connect()
  await client.query(`insert into ops.queue_pause values ('planted', now(), '{"id":"ops-two","type":"user","label":"Two"}', $1, gen_random_uuid())`, [canary.pauseReason])
  await client.query(
    `insert into ops.finding values ('discarded', now(), jsonb_build_object('count', 1, 'how', 'exact', 'jobs',
       jsonb_build_array(jsonb_build_object('id', $1::text, 'queue', 'planted', 'attempt', 2, 'at', $2::text, 'tags', jsonb_build_array($3::text)))))`,
    [job, at, canary.tag],
  )
  await client.end()
  // An export whose filters are secrets themselves.
  await server.call('ops-demo', 'GET', `/jobs/export?format=csv&${new URLSearchParams({ args: JSON.stringify({ scope: canary.plainArg }), error: canary.error })}`)
})
afterAll(() => server?.stop())

/** As a host's own policy may take a value apart and put it together again, knowing nothing of exact numbers. */
function walked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(walked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === 'apiKey' ? '[mine]' : walked(inner)]))
}

const reads = () => [
  '/jobs', '/jobs?queue=planted', `/jobs?id=${job}`, `/jobs/${job}`, '/jobs/count?queue=planted',
  '/jobs/hints?field=tag', '/jobs/hints?field=tag&prefix=CANARY', '/jobs/hints?field=queue', '/jobs/hints?field=worker',
  '/jobs/hints?field=args', '/jobs/hints?field=args&path=scope', '/jobs/hints?field=args&path=nested', '/jobs/histogram?queue=planted', '/jobs?sort=finished',
  '/jobs/export?format=csv', '/jobs/export?format=ndjson', '/job-views', '/queues', '/overview',
  `/forensics/job/${job}`, '/forensics/queue/planted', `/audit-events?subjectType=job&subjectId=${job}`, '/audit-events', '/audit-events/export?format=ndjson',
]

/** Everything that tells of the job, as one text. */
async function readEverything(who: string): Promise<string> {
  const answers = await Promise.all(reads().map((path) => server.call(who, 'GET', path)))
  expect(answers.filter(({ status }) => status === 200).length).toBe(reads().length)
  return answers.map(({ text, headers }) => text + JSON.stringify([...headers])).join('\n')
}

describe('canaries in jobs', () => {
  test('can be found: an operator reads args to the last digit, errors, meta, output, tags and reasons', async () => {
    const all = await readEverything('ops-demo')
    for (const planted of [canary.plainArg, canary.error, canary.earlierError, canary.meta, canary.output, canary.tag, canary.pauseReason]) expect(all).toContain(planted)
    expect(all.match(new RegExp(number, 'g'))!.length).toBeGreaterThanOrEqual(5)
  })

  test('under keys that look secret are hidden from everybody by default', async () => {
    expect(await readEverything('ops-demo')).not.toContain(canary.secretKey)
  })

  test('are not seen by an actor whose policy hides them, in any read, export or hint', async () => {
    const all = await readEverything('support-demo')
    for (const planted of [...Object.values(canary), number]) expect(all).not.toContain(planted)
  })

  test('are not found by searching for them either: not listed, not counted, not exported, not repeated', async () => {
    const searches: Record<string, string>[] = [{ args: JSON.stringify({ scope: canary.plainArg }) }, { error: canary.error }, { words: canary.error }, { words: canary.plainArg }, { tag: canary.tag }]
    for (const search of searches) {
      for (const path of ['/jobs', '/jobs/count', '/jobs/export']) {
        const query = new URLSearchParams({ ...search, ...(path.endsWith('export') ? { format: 'csv' } : {}) })
        const { status, text } = await server.call('support-demo', 'GET', `${path}?${query}`)
        expect({ path, search, status }).toEqual({ path, search, status: 403 })
        expect(text).not.toContain('CANARY')
      }
    }
    const secret = new URLSearchParams({ args: JSON.stringify({ nested: [{ apiKey: canary.secretKey }] }) })
    expect((await server.call('ops-demo', 'GET', `/jobs?${secret}`)).status).toBe(403)
    const words = new URLSearchParams({ words: canary.secretKey.slice(2) })
    for (const path of ['/jobs', '/jobs/count', '/jobs/histogram']) expect((await server.call('ops-demo', 'GET', `${path}?${words}`)).text).toMatch(/"items":\[\]|"count":0|"jobs":0/)
  })

  test('stay hidden when the policy itself fails', async () => {
    policyFails = true
    try {
      const all = await readEverything('ops-demo')
      for (const planted of [...Object.values(canary), number]) expect(all).not.toContain(planted)
      expect(all).toContain('[redacted]')
    } finally {
      policyFails = false
    }
  })

  test("do not affect neighbouring values, whatever the host's policy does with them", async () => {
    walks = true
    try {
      const { text } = await server.call('ops-demo', 'GET', `/jobs/${job}`)
      expect(text).toContain(`{"amount":${number},"apiKey":"[mine]"}`)
    } finally {
      walks = false
    }
  })

  test('never reach the log', async () => {
    const log = server.logged.join('\n')
    for (const planted of [...Object.values(canary), number]) expect(log).not.toContain(planted)
  })
})
