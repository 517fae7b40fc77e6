import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bundle, bundle as bundleSchema, type Overview } from '../../../schemas/index.ts'
import type { Engine } from '../../../server/engines/engine.ts'
import { discardedJobs } from '../../../server/errors/discarded.ts'
import { refreshFinding } from '../../../server/figures/finding.ts'
import { openKit } from '../../../server/open.ts'
import { startJobServer, type JobServer } from '../../support/jobs.ts'
import { auth, displayPolicy } from '../../support/server.ts'

let server: JobServer
let client: Client
let pretended: Partial<Engine> = {}
let surfaces: Record<string, boolean> = {}

beforeAll(async () => {
  server = await startJobServer({
    // The real engine, of which a test may say that it keeps less.
    wrap: (engine) => new Proxy(engine, { get: (real, key, receiver) => Reflect.get(key in pretended ? pretended : real, key, receiver) as unknown }),
    auth: { ...auth, authorize: (person, action, resource) => surfaces[`${action} ${resource.id}`] ?? surfaces[action] ?? auth.authorize(person, action, resource) },
  })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})

async function open(id: string): Promise<Bundle> {
  const { status, body } = await server.call('ops-demo', 'GET', `/forensics/job/${id}`)
  expect(status).toBe(200)
  return bundleSchema.parse(body)
}

const failed = (attempt = 1) =>
  server.oban.insert({
    queue: 'books', worker: 'Shop.Close', state: 'discarded', attempt, maxAttempts: attempt, insertedIn: 1, attemptedIn: 2, discardedIn: 3,
    errors: Array.from({ length: attempt }, (_, n) => ({ attempt: n + 1, at: new Date(Date.now() + 2500).toISOString(), error: `error ${n + 1}` })),
  })

describe('the evidence of a job', () => {
  test('is complete if every attempt is stored and the log reaches back to its creation', async () => {
    const bundle = await open(await failed())
    expect(bundle.completeness).toMatchObject({ state: 'complete' })
    expect(bundle.diagnosis).toMatchObject({ status: 'needs_review', title: 'It failed for good.', provenance: 'durable' })
    expect(bundle.subject).toMatchObject({ label: 'Shop.Close' })
    expect(bundle.nextPaths.map(({ operation }) => operation?.action).filter(Boolean)).toEqual(['retry_job', 'restore_job'])
    expect(bundle.nextPaths.map(({ ownership }) => ownership).at(-1)).toBe('host_owned')
    expect(bundle.linkedResources).toContainEqual({ type: 'queue', id: 'books', label: 'queue books', href: '/ops/jobs/forensics/queue/books' })
    const old = await open(await server.oban.insert({ insertedIn: -9000 }))
    expect(old.completeness).toMatchObject({ state: 'partial_evidence', reasons: [expect.stringMatching(/audit log begins at .*after this job was created/)] })
  })

  test('names what an engine does not store of earlier attempts', async () => {
    const id = await failed(3)
    for (const [attemptHistory, said] of [['last', /stores only the last attempt/], ['none', /stores no attempts/]] as const) {
      pretended = { attemptHistory }
      expect((await open(id)).completeness).toMatchObject({ state: 'partial_evidence', reasons: [expect.stringMatching(said)] })
    }
    pretended = {}
    expect((await open(id)).completeness.state).toBe('complete')
  })

  test('of a job the engine does not know is unknown, or unavailable if ended jobs are not retained', async () => {
    expect((await open('404404')).completeness.state).toBe('unknown')
    pretended = { capabilities: { enqueue: true, cancelExecuting: true, keepsFinishedJobs: false }, lacks: { finished_jobs: 'Completed jobs are deleted.' } }
    expect(await open('404404')).toMatchObject({ completeness: { state: 'history_unavailable', reasons: ['Completed jobs are deleted.'] }, diagnosis: { title: 'No history of this job is available.' } })
    pretended = {}
  })

  test('of a deleted job is what the audit log has about it', async () => {
    await client.query(
      `insert into ops.audit_event (id, action, event_type, outcome, actor_id, actor_type, actor_label, subject_type, subject_id, source, request_id)
       values (gen_random_uuid(), 'cancel_job', 'job.cancelled', 'succeeded', 'ops-two', 'user', 'ops-two', 'job', '505505', 'api', 'r')`,
    )
    const bundle = await open('505505')
    expect(bundle).toMatchObject({ completeness: { state: 'partial_evidence' }, diagnosis: { status: 'resolved' } })
    expect(bundle.chronology).toMatchObject([{ label: 'ops-two cancelled the job' }])
  })

  test('is withheld from actors who may not see jobs, or this one', async () => {
    const id = await failed()
    surfaces = { view_jobs: false }
    expect(await open(id)).toMatchObject({ withheld: ['jobs'], completeness: { state: 'unknown' }, chronology: [] })
    surfaces = { [`view_jobs ${id}`]: false }
    expect((await open(id)).completeness.state).toBe('unknown')
    surfaces = { view_audit: false }
    expect(await open(id)).toMatchObject({ withheld: ['audit events'], completeness: { state: 'partial_evidence' } })
    surfaces = {}
  })
})

test('a bulk run has evidence, and each of its jobs links to it', async () => {
  const ids = await Promise.all([failed(), failed(), server.oban.insert({ state: 'executing', attempt: 1, attemptedIn: -5 })])
  const body = { action: 'retry_job', selection: { ids }, reason: 'the ledger is open again' }
  const done = await server.call('ops-demo', 'POST', '/operations', body, { 'idempotency-key': crypto.randomUUID() })
  expect(done.status).toBe(200)
  const { id, bulkId } = (done.body as unknown as { event: { id: string; bulkId: string } }).event
  const read = async () => bundleSchema.parse((await server.call('ops-demo', 'GET', `/forensics/bulk/${bulkId}`)).body)
  const { subject, diagnosis, completeness, chronology } = await read()
  expect({ subject, diagnosis, completeness }).toMatchObject({
    subject: { label: 'Retry, 3 jobs', href: `/ops/jobs/list?bulk=${bulkId}` },
    diagnosis: { status: 'resolved', detail: 'Of 2 eligible jobs: 2 done.' },
    completeness: { state: 'complete' },
  })
  expect(chronology).toMatchObject([{ label: 'ops-demo retried 2 jobs together', detail: 'the ledger is open again' }])
  expect((await open(ids[0]!)).chronology).toContainEqual(expect.objectContaining({ ref: expect.objectContaining({ id }) }))
  expect((await open(ids[2]!)).chronology.filter(({ source }) => source === 'audit')).toEqual([])
  surfaces = { view_jobs: false }
  expect((await read()).withheld).toEqual(['jobs'])
  surfaces = {}
  expect((await server.call('ops-demo', 'GET', '/forensics/bulk/none')).body).toMatchObject({ completeness: { state: 'unknown' } })
})

test('jobs that recently failed for good need review, each for actors who may see it', async () => {
  const kit = await openKit({ database: { url: server.oban.url }, auth, displayPolicy, engine: server.oban.engine })
  try {
    await server.oban.pool.query('delete from oban_jobs')
    const [first, second] = [await failed(), await failed(2)]
    await server.oban.insert({ state: 'discarded', attempt: 1, insertedIn: -200_000, discardedIn: -190_000 })
    await refreshFinding(kit, discardedJobs)
    const bucket = async () => ((await server.call('ops-demo', 'GET', '/overview')).body as unknown as Overview).buckets[0]!
    expect(await bucket()).toMatchObject({
      status: 'needs_review', count: 2, diagnosis: '2 jobs failed for good in the last 24 hours.',
      nextStep: { label: 'Review discarded jobs', href: '/ops/jobs/list?state=discarded' },
    })
    expect((await bucket()).exemplars.map(({ href }) => href).toSorted()).toEqual([first, second].map((id) => `/ops/jobs/job/${id}`).toSorted())
    surfaces = { [`view_jobs ${second}`]: false }
    expect(await bucket()).toMatchObject({ count: 1, exemplars: [{ attention: expect.stringMatching(/^failed for good after one attempt, in queue books: \S/) }] })
    // Of many not each is asked about; how many of them are hidden is not told by what is left.
    const vault = await server.oban.insertMany({ queue: 'vault', state: 'discarded', attempt: 1, discardedIn: -3600, insertedIn: -3600 }, 60)
    await server.oban.pool.query(`update ops.finding set as_of = now() - interval '1 minute'`)
    await refreshFinding(kit, discardedJobs)
    surfaces = Object.fromEntries(vault.map((id) => [`view_jobs ${id}`, false]))
    expect((await bucket()).count).toBeLessThanOrEqual(2)
    surfaces = {}
    const whole = await bucket()
    expect(whole).toMatchObject({ count: 62 })
    // An example for each cause, the most frequent first, and the figure is as old as the look.
    expect(whole.exemplars[0]!.attention).toMatch(/in queue vault.* \(and 9 more like it\)$/)
    expect(Date.now() - Date.parse(whole.asOf)).toBeGreaterThan(0)
    // Whatever keeps the loop from looking, the overview says that nobody looked, and not that there is nothing.
    await server.oban.pool.query(`update ops.finding set as_of = now() - interval '20 minutes'`)
    const [{ as_of: since }] = (await server.oban.pool.query<{ as_of: Date }>(`select as_of from ops.finding where key = 'discarded_jobs'`)).rows as [{ as_of: Date }]
    const stale = await bucket()
    expect(stale).toMatchObject({ count: null, lookedAt: since.toISOString(), diagnosis: `Jobs that failed for good were last counted at ${since.toISOString()}.`, exemplars: [] })
    const overview = (await server.call('ops-demo', 'GET', '/overview')).body as unknown as Overview
    expect(overview.sentence).toContain('Jobs that failed for good were last counted at')
  } finally {
    surfaces = {}
    await kit.db.close()
  }
})
