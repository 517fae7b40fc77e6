import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getJob as endpoint, type JobDetail } from '../../../schemas/index.ts'
import { startJobServer, type JobServer } from '../../support/jobs.ts'
import { auth } from '../../support/server.ts'

let server: JobServer
let client: Client
let surfaces: Record<string, boolean> = {}
let hiddenTag: string | undefined

beforeAll(async () => {
  server = await startJobServer({
    auth: { ...auth, authorize: (person, action, resource) => (hiddenTag !== undefined && resource.tags?.includes(hiddenTag) ? false : undefined) ?? surfaces[`${action} ${resource.id}`] ?? surfaces[action] ?? auth.authorize(person, action, resource) },
  })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})

async function read(id: string, who = 'ops-demo'): Promise<JobDetail> {
  const { status, body, text } = await server.call(who, 'GET', `/jobs/${id}`)
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' })
  return endpoint.output.parse(body)
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString()

/** An audit event as an operation writes it. */
async function writeEvent(event: { action: string; eventType: string; subject?: [string, string]; jobs?: string[]; at?: string }): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `insert into ops.audit_event (id, occurred_at, action, event_type, outcome, actor_id, actor_type, actor_label, subject_type, subject_id, source, request_id, jobs)
     values (gen_random_uuid(), coalesce($5, now()), $1, $2, 'succeeded', 'ops-two', 'user', 'ops-two', $3, $4, 'api', 'r', $6) returning id`,
    [event.action, event.eventType, ...(event.subject ?? ['bulk', crypto.randomUUID()]), event.at ?? null, event.jobs ?? null],
  )
  return rows[0]!.id
}

describe('one job', () => {
  test('shows what the engine stored: attempts with their errors, times, args to the last digit, meta and output', async () => {
    const id = await server.oban.insert({
      state: 'discarded', queue: 'detail', worker: 'Shop.Import', tags: ['eu'], attempt: 2, maxAttempts: 2, insertedIn: -300, attemptedIn: -60, discardedIn: -50,
      args: '{"id":9007199254740993}', meta: { batch: 4, output: { rows: 12 } }, attemptedBy: ['node-1'],
      errors: [{ attempt: 1, at: ago(200), error: 'first' }, { attempt: 2, at: ago(50), error: 'second' }],
    })
    const { text } = await server.call('ops-demo', 'GET', `/jobs/${id}`)
    expect(text).toContain('"args":{"id":9007199254740993}')
    const job = await read(id)
    expect(job).toMatchObject({ id, queue: 'detail', worker: 'Shop.Import', state: 'discarded', tags: ['eu'], error: 'second', meta: { batch: 4 }, output: { rows: 12 }, attemptsKept: 'all', waiting: [] })
    expect(job.attempts.map(({ number, outcome, error }) => ({ number, outcome, error }))).toEqual([
      { number: 1, outcome: 'failed', error: 'first' },
      { number: 2, outcome: 'failed', error: 'second' },
    ])
    expect(job.timeline.map(({ label }) => label)).toEqual(['created', 'attempt 1 failed', 'attempt 2 started', 'attempt 2 failed', 'discarded'])
    expect(job.timeline.map(({ at }) => at)).toEqual(job.timeline.map(({ at }) => at).toSorted())
  })

  test('is not found if the engine does not know it', async () => {
    for (const id of ['999999999', 'not-a-number', '%2Fetc', '9'.repeat(30)]) {
      const { status, body } = await server.call('ops-demo', 'GET', `/jobs/${id}`)
      expect({ id, status, code: body.code }).toEqual({ id, status: 404, code: 'not_found' })
    }
  })

  test('names the cron slot that created it to an actor who may see the entry', async () => {
    const id = await server.oban.insert({ queue: 'detail' })
    await client.query(
      `insert into ops.cron_slot (entry_id, kind, slot_at, state, decided_at, claimed_at, job_queue, job_id)
       select id, 'scheduled', '2026-01-01T02:00:00Z', 'claimed', now(), now(), 'detail', $1 from ops.cron_entry where name = 'nightly_sync'`,
      [id],
    )
    expect((await read(id)).origin).toEqual({ cronEntry: 'nightly_sync', slotAt: '2026-01-01T02:00:00.000Z' })
    const list = await server.call('ops-demo', 'GET', '/jobs?cronEntry=nightly_sync')
    expect(list.body.items!.map((job) => job.id)).toEqual([id])
    expect((await server.call('ops-demo', 'GET', '/jobs?cronEntry=nightly_sync&state=completed')).body.items).toEqual([])
    expect((await server.call('ops-demo', 'GET', '/jobs/count?cronEntry=nightly_sync')).body).toMatchObject({ count: 1, how: 'exact' })
    surfaces = { 'view_cron nightly_sync': false }
    try {
      expect((await read(id)).origin).toEqual({})
      expect((await server.call('ops-demo', 'GET', '/jobs?cronEntry=nightly_sync')).body.items).toEqual([])
    } finally {
      surfaces = {}
    }
  })

  test('shows its own events and those of bulk runs, newest first, only to actors who may see the audit log', async () => {
    const id = await server.oban.insert({ queue: 'detail', state: 'cancelled', cancelledIn: -5 })
    const own = await writeEvent({ action: 'cancel_job', eventType: 'job.cancelled', subject: ['job', id], at: ago(90) })
    const bulk = await writeEvent({ action: 'retry_job', eventType: 'job.retried', jobs: ['1', id, '3'], at: ago(60) })
    const job = await read(id)
    expect(job.events!.map((event) => event.id)).toEqual([bulk, own])
    expect(job.events![0]).toMatchObject({ jobs: 3 })
    const found = await server.call('ops-demo', 'GET', `/audit-events?subjectType=job&subjectId=${id}`)
    expect(found.body.items!.map((event) => event.id)).toEqual([bulk, own])
    expect(job.forensics!.chronology.map(({ label }) => label)).toEqual(expect.arrayContaining(['ops-two cancelled the job', 'ops-two retried 3 jobs together']))
    surfaces = { view_audit: false, view_forensics: false }
    try {
      const without = await read(id)
      expect(without.events).toBeUndefined()
      expect(without.forensics).toBeUndefined()
    } finally {
      surfaces = {}
    }
  })
})

describe('why a job is not running', () => {
  test('its queue is paused, by whom and why; without the right to see queues, only that it is paused', async () => {
    const id = await server.oban.insert({ queue: 'halted' })
    await client.query(`insert into ops.queue_pause values ('halted', now(), '{"id":"ops-two","type":"user","label":"Two"}', 'the ledger is closed', gen_random_uuid())`)
    const { waiting, forensics } = await read(id)
    expect(waiting).toEqual([{ reason: 'queue_paused', detail: expect.stringMatching(/halted is paused by Two since .*“the ledger is closed”/) }])
    expect(forensics!.diagnosis).toMatchObject({ status: 'blocked', title: 'It is not running: queue paused.' })
    surfaces = { 'view_queues halted': false }
    try {
      expect((await read(id)).waiting).toEqual([{ reason: 'queue_paused', detail: 'The queue halted is paused.' }])
    } finally {
      surfaces = {}
    }
  })

  test('it is scheduled; it waits for another job, which is not named if it is hidden; or the reason is unknown', async () => {
    expect((await read(await server.oban.insert({ state: 'scheduled', scheduledIn: 3600 }))).waiting).toMatchObject([{ reason: 'scheduled_until' }])
    const meta = { workflow_id: 'w', name: 'first' }
    const first = await server.oban.insert({ queue: 'closed', meta })
    const second = await server.oban.insert({ meta: { workflow_id: 'w', name: 'second', deps: ['first'] }, state: 'scheduled', scheduledIn: -5 })
    const job = await read(second)
    expect(job.dependencies).toEqual([{ id: first, queue: 'closed', state: 'available' }])
    expect(job.waiting).toContainEqual({ reason: 'waits_for_dependency', detail: expect.stringContaining(`job ${first}`) })
    surfaces = { [`view_jobs ${first}`]: false }
    try {
      const hiding = await read(second)
      expect(hiding.dependencies).toEqual([])
      expect(hiding.waiting).toContainEqual({ reason: 'waits_for_dependency', detail: 'It is waiting for 1 other job to end.' })
      expect(JSON.stringify(hiding.waiting)).not.toContain('closed')
    } finally {
      surfaces = {}
    }
    expect((await read(await server.oban.insert({}))).waiting).toMatchObject([{ reason: 'unknown' }])
    expect((await read(await server.oban.insert({ state: 'executing', attempt: 1, attemptedIn: -5 }))).waiting).toEqual([])
  })
})

test('another job is named only if the host allows it, also by its tags', async () => {
  const meta = { workflow_id: 'tagged', name: 'first' }
  const first = await server.oban.insert({ queue: 'shared', tags: ['tenant-b'], meta })
  const second = await server.oban.insert({ meta: { workflow_id: 'tagged', name: 'second', deps: ['first'] }, state: 'scheduled', scheduledIn: -5 })
  expect((await read(second)).dependencies.map(({ id }) => id)).toEqual([first])
  hiddenTag = 'tenant-b'
  try {
    const hiding = await read(second)
    expect(hiding.dependencies).toEqual([])
    expect(JSON.stringify([hiding.waiting, hiding.forensics])).not.toContain('shared')
  } finally {
    hiddenTag = undefined
  }
})

describe('permitted operations', () => {
  test('follow state, engine and evidence, with the reason if not permitted', async () => {
    const { operations } = await read(await server.oban.insert({ state: 'completed', completedIn: -5, attempt: 1 }))
    expect(operations.retry_job).toEqual({ allowed: true })
    expect(operations.cancel_job).toEqual({ allowed: false, reason: expect.stringMatching(/State is completed; Cancel applies to scheduled, .* or retryable jobs/) })
    const discarded = await server.oban.insert({ state: 'discarded', discardedIn: -5, attempt: 1 })
    expect((await read(discarded)).operations.restore_job).toMatchObject({ allowed: false, reason: expect.stringMatching(/Not discarded here in the last 24 hours/) })
    await writeEvent({ action: 'discard_job', eventType: 'job.discarded', jobs: [discarded] })
    expect((await read(discarded)).operations.restore_job).toEqual({ allowed: true })
  })

  test('follow the host first', async () => {
    const id = await server.oban.insert({ state: 'completed', completedIn: -5, attempt: 1 })
    expect((await read(id, 'viewer-demo')).operations.retry_job).toEqual({ allowed: false, reason: 'Your role is viewer.' })
    expect((await read(id, 'nameless')).operations.retry_job).toMatchObject({ allowed: false, reason: expect.stringMatching(/cannot be named/) })
  })
})
