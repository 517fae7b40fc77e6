import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bundle, listQueues as endpoint, type Overview, type Queue } from '../../schemas/index.ts'
import { givenIncident } from '../support/incidents.ts'
import { startJobServer, type JobServer } from '../support/jobs.ts'
import { auth, nightlySync } from '../support/server.ts'

let server: JobServer
let client: Client
let closed: string[] = []

beforeAll(async () => {
  server = await startJobServer({
    cron: [{ ...nightlySync, queue: 'only_cron' }],
    auth: {
      ...auth,
      authorize: (person, action, resource) => (closed.includes(resource.queue ?? '') || closed.includes(action) ? false : auth.authorize(person, action, resource)),
    },
  })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  closed = []
  await client.query('truncate ops.queue_figure, ops.queue_minute, ops.queue_pause, ops.snapshot, ops.finding, ops.open_request, ops.incident')
  await client.query(`insert into ops.finding values ('discarded_jobs', now(), '{"found":[],"tookMs":1}')`)
})

async function list(query = '', who = 'ops-demo') {
  const { status, body, text } = await server.call(who, 'GET', `/queues?${query}`)
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' })
  return endpoint.output.parse(body)
}
const one = async (name: string): Promise<Queue> => (await list()).items.find((queue) => queue.name === name)!
const overview = async (): Promise<Overview> => (await server.call('ops-demo', 'GET', '/overview')).body as unknown as Overview
const bundle = async (name: string, who = 'ops-demo'): Promise<Bundle> => (await server.call(who, 'GET', `/forensics/queue/${name}`)).body as unknown as Bundle

interface Figure {
  asOf?: string
  paused?: boolean | null
  available?: number
  oldest?: string
}

/** A figure as the snapshotter writes it. */
async function figure(queue: string, { asOf = 'now()', paused = null, available = 0, oldest = 'null' }: Figure = {}): Promise<void> {
  await client.query(
    `insert into ops.queue_figure values ($1, ${asOf}, $2, ${oldest}, $3, 2, 10)`,
    [queue, JSON.stringify([{ state: 'available', count: available, how: 'exact' }, { state: 'executing', count: 1, how: 'exact' }]), paused],
  )
}
const paused = (queue: string, at = 'now()') =>
  client.query(`insert into ops.queue_pause values ($1, ${at}, '{"id":"ops-two","type":"user","label":"Two"}', 'ledger closed', gen_random_uuid())`, [queue])
const measured = (minutes: number) =>
  client.query(`insert into ops.snapshot select now() - n * interval '3 seconds', 3, 0, 0, 0, null, 'exact' from generate_series(0, ${minutes * 20}) n`)

const longRunning = (count: number) => ({
  queue: 'calm', jobs: Array.from({ length: count }, (_, n) => ({ id: String(n), seconds: 10_800 - n })), usualSeconds: 4, usualMaxSeconds: 9, runs: 300, factor: 2_700, asOf: '2026-11-21T12:00:00Z',
})

describe('the list of queues', () => {
  test('shows what was measured and when, minute by minute, and distinguishes quiet minutes from unmeasured ones', async () => {
    await measured(10)
    await figure('mail', { available: 4, oldest: `now() - interval '5 minutes'`, asOf: `now() - interval '3 seconds'` })
    await client.query(`insert into ops.queue_minute values ('mail', date_trunc('minute', now()) - interval '2 minutes', 30, 6, 4, 1.5)`)
    const mail = await one('mail')
    expect(mail).toMatchObject({ depth: [{ state: 'available', count: 4, how: 'exact' }, { state: 'executing', count: 1 }], executors: 2, limit: 10, paused: null, waitP95Seconds: 1.5 })
    expect(Date.now() - Date.parse(mail.asOf)).toBeGreaterThan(2500)
    expect(mail.series.length).toBeGreaterThanOrEqual(9)
    expect(mail.series.length).toBeLessThanOrEqual(10)
    expect(mail.series.filter(({ finished }) => finished)).toMatchObject([{ finished: 30, failed: 6, waiting: 4, waitP95Seconds: 1.5 }])
    expect(mail.finishedPerMinute).toBeCloseTo(30 / mail.series.length)
    expect(mail.failedPerMinute).toBeCloseTo(6 / mail.series.length)
  })

  test('includes a queue that only a cron entry uses, and says that it has not been measured', async () => {
    expect(await one('only_cron')).toMatchObject({ depth: [], paused: null, finishedPerMinute: null, waitP95Seconds: null, executors: null, series: [] })
  })

  test('is ordered by name, page by page, and can be filtered by part of a name', async () => {
    for (const name of ['b', 'a', 'c']) await figure(name)
    const first = await list('limit=2')
    expect(first.items.map(({ name }) => name)).toEqual(['a', 'b'])
    await figure('aa')
    const second = await list(`limit=2&cursor=${first.nextCursor}`)
    expect(second.items.map(({ name }) => name)).toEqual(['c', 'only_cron'])
    expect((await list('name=CRON')).items.map(({ name }) => name)).toEqual(['only_cron'])
    expect((await server.call('ops-demo', 'GET', '/queues?cursor=zz')).status).toBe(400)
  })

  test('has the worst first: blocked, failing more than usual, unknown, paused, waiting, moving and at last the quiet ones', async () => {
    await measured(15)
    const ago = (minutes: number) => `now() - interval '${minutes} minutes'`
    await figure('z_stuck', { available: 3, oldest: ago(200), paused: false })
    await figure('y_stuck', { available: 90, oldest: ago(40), paused: false })
    await figure('x_failing', { paused: false })
    await client.query(`insert into ops.queue_minute values ('x_failing', date_trunc('minute', now()) - interval '1 minute', 9, 40, 0, 1)`)
    await client.query(`update ops.queue_figure set usual_seconds = 7200, usual_failed = 12 where queue = 'x_failing'`)
    await figure('w_old', { asOf: ago(20), available: 5, oldest: ago(30) })
    await figure('v_paused')
    await paused('v_paused')
    await figure('u_deep', { available: 2, oldest: ago(3), paused: false })
    await figure('t_moving', { paused: false })
    await figure('a_quiet', { paused: false })
    await client.query(`update ops.queue_figure set depth = '[]' where queue in ('a_quiet')`)
    const page = await list('order=worst')
    expect(page.items.map(({ name, status }) => [name, status])).toEqual([
      ['z_stuck', 'blocked'],
      ['y_stuck', 'blocked'],
      ['x_failing', 'runnable'],
      ['w_old', 'unknown'],
      ['only_cron', 'unknown'],
      ['v_paused', 'waiting'],
      ['u_deep', 'runnable'],
      ['t_moving', 'runnable'],
      ['a_quiet', 'runnable'],
    ])
    expect(page.items.map(({ cause }) => cause)).toEqual([
      'nothing started for 3 h 20 min',
      'nothing started for 40 min',
      '3.6 fail a minute, usually 0.1',
      'not measured for 20 min',
      'not measured yet',
      'paused by Two',
      'moving',
      '1 job is running, none waiting',
      'quiet',
    ])
    expect(page.summary).toMatchObject({ queues: 9, quiet: { count: 1, names: ['a_quiet'] }, waiting: 95, sentence: { before: 'Work piles up in ', queue: 'z_stuck', after: ': 3 of the 95 waiting jobs, the oldest for 3 h 20 min.', calm: 'Nothing starts in 1 other queue either.' } })
    expect((await list('order=worst&quiet=no')).items).toHaveLength(8)
    expect((await list('quiet=only')).items.map(({ name }) => name)).toEqual(['a_quiet'])
    expect((await list('order=waiting&limit=2')).items.map(({ name }) => name)).toEqual(['y_stuck', 'w_old'])
    expect((await list('order=failed&limit=1')).items.map(({ name }) => name)).toEqual(['x_failing'])
    const names: string[] = []
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await list(`order=worst&limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      names.push(...items.map(({ name }) => name))
      if (!(cursor = nextCursor)) break
      expect((await server.call('ops-demo', 'GET', `/queues?order=name&cursor=${cursor}`)).status, 'a cursor of another order').toBe(400)
    }
    expect(names).toEqual(page.items.map(({ name }) => name))
  })

  test('takes its status from an open incident that the viewer may see', async () => {
    await figure('calm', { paused: false })
    await client.query(
      `insert into ops.incident (id, key, class, rank, scope, state, began_at, opened_at, last_seen_at, facts, facts_at)
       values (gen_random_uuid(), 'failure_burst:calm', 'failure_burst', 1, '{"queue":"calm"}', 'open', now() - interval '1 hour', now(), now(), '{}', now())`,
    )
    expect(await one('calm')).toMatchObject({ status: 'needs_review', diagnosis: 'incident', cause: 'failure burst', incident: { title: 'calm: failure burst' } })
    expect((await bundle('calm')).diagnosis).toMatchObject({ status: 'needs_review' })
    closed = ['view_incidents']
    expect(await one('calm')).toMatchObject({ status: 'runnable', incident: null })
    await client.query('truncate ops.incident')
  })

  // The title alone, such as "failed for good", does not say how bad it is.
  test.each<[title: string, incident: Parameters<typeof givenIncident>[1], cause: string]>([
    ['a stuck queue', { class: 'stuck_queue', facts: { queue: 'calm', due: 84, how: 'exact', oldestDueAt: '2026-11-21T09:00:00Z', movedAt: null, executing: 0, executors: null, slots: null, minutes: 10, failed: 0, asOf: '2026-11-21T12:05:00Z' } }, '84 jobs due, the oldest for 3 h 5 min'],
    ['jobs that failed for good', { class: 'retry_exhausted', facts: { queue: 'calm', fingerprint: 'e1:0', worker: 'Mailer', count: 59, how: 'estimated', ids: [], firstAt: '2026-11-21T09:00:00Z', lastAt: '2026-11-21T12:00:00Z' } }, 'about 59 jobs failed for good and still in the engine'],
    ['a job that runs long', { class: 'long_running_job', facts: longRunning(1) }, 'running for 3 h, usually 4 s'],
    ['jobs that run long', { class: 'long_running_job', facts: longRunning(2) }, '2 jobs running for up to 3 h, usually 4 s'],
    ['an executor of it that is missing, which is named', { class: 'executor_missing', facts: { executor: 'x', name: 'worker-3', host: '', version: null, beatAt: '2026-11-20T12:00:00Z', count: 1, queues: [{ queue: 'calm', count: 1 }], jobIds: ['1'], oldestAt: '2026-11-20T12:00:00Z', deserted: [], asOf: '2026-11-20T12:05:00Z' } }, 'worker-3 is missing: last seen at 2026-11-20 12:00:00 UTC'],
  ])('shows what was measured of %s as the cause', async (_title, incident, cause) => {
    await figure('calm', { paused: false })
    await givenIncident(client, { queue: 'calm', ...incident })
    expect(await one('calm')).toMatchObject({ diagnosis: 'incident', cause })
  })

  test('names who paused a queue and why; the engine decides whether it is paused', async () => {
    for (const [name, engine] of [['both', true], ['engine_only', true], ['resumed_elsewhere', false], ['silent', null]] as const) await figure(name, { paused: engine })
    await paused('both', `now() - interval '1 hour'`)
    await paused('resumed_elsewhere', `now() - interval '1 hour'`)
    await paused('silent', `now() - interval '1 hour'`)
    expect((await one('both')).paused).toMatchObject({ by: { label: 'Two' }, reason: 'ledger closed' })
    expect((await one('engine_only')).paused).toEqual({})
    expect((await one('resumed_elsewhere')).paused).toBeNull()
    expect((await one('silent')).paused).toMatchObject({ by: { id: 'ops-two' } })
  })

  test('knows about a pause made here before the engine is measured again', async () => {
    await figure('fresh', { paused: false, asOf: `now() - interval '2 seconds'` })
    await paused('fresh')
    expect((await one('fresh')).paused).toMatchObject({ by: { id: 'ops-two' } })
  })

  test('knows about a resume made here before the engine is measured again', async () => {
    await figure('resumed', { paused: true, asOf: `now() - interval '2 seconds'` })
    expect((await one('resumed')).paused).toEqual({})
    await client.query(
      `insert into ops.audit_event (id, action, event_type, outcome, actor_id, actor_type, actor_label, subject_type, subject_id, source, request_id)
       values (gen_random_uuid(), 'resume_queue', 'queue.resumed', 'succeeded', 'ops-two', 'user', 'ops-two', 'queue', 'resumed', 'api', 'r')`,
    )
    expect((await one('resumed')).paused).toBeNull()
    await measured(1)
    const { buckets } = await overview()
    expect(buckets.find(({ status }) => status === 'blocked')).toMatchObject({ count: 0 })
    await client.query(`update ops.queue_figure set as_of = now() + interval '1 second' where queue = 'resumed'`)
    expect((await one('resumed')).paused).toEqual({})
  })

  test('leaves out queues that the host hides from the actor, without revealing that there are any', async () => {
    await figure('tenant_a')
    await figure('tenant_b')
    closed = ['tenant_b']
    const page = await list('name=tenant')
    expect(page.items.map(({ name }) => name)).toEqual(['tenant_a'])
    expect(Object.keys(page).toSorted()).toEqual(['asOf', 'items', 'summary'])
    expect(page.summary).toMatchObject({ queues: 1, waiting: 0 })
    expect(JSON.stringify(page)).not.toContain('tenant_b')
    expect(Object.keys(await list('name=tenant_b'))).toEqual(Object.keys(await list('name=nowhere')))
    expect((await list('name=tenant&limit=1')).nextCursor).toBeUndefined()
    expect((await bundle('tenant_b')).completeness.state).toBe('unknown')
  })

  test('lists permitted operations, and why others are not', async () => {
    await figure('halted', { paused: true })
    await figure('going', { paused: false })
    expect((await one('halted')).operations).toMatchObject({ pause_queue: { allowed: false, reason: 'The queue is already paused.' }, resume_queue: { allowed: true } })
    expect((await one('going')).operations).toMatchObject({ pause_queue: { allowed: true }, resume_queue: { allowed: false, reason: 'The queue is not paused.' } })
    expect((await list('', 'viewer-demo')).items[0]!.operations.pause_queue).toEqual({ allowed: false, reason: 'Your role is viewer.' })
    expect((await list('', 'nameless')).items[0]!.operations.pause_queue).toMatchObject({ allowed: false })
  })
})

describe('the evidence of a queue', () => {
  test('is complete if every minute of the hour was measured', async () => {
    await measured(62)
    await figure('whole', { paused: false, available: 3 })
    expect((await bundle('whole')).completeness).toMatchObject({ state: 'complete' })
    await client.query(`delete from ops.snapshot where at < now() - interval '20 minutes'`)
    expect((await bundle('whole')).completeness).toMatchObject({ state: 'partial_evidence', reasons: [expect.stringMatching(/measured in (19|20) of the last 60 minutes/)] })
  })

  test('names who paused it, and the next paths', async () => {
    await measured(62)
    await figure('halted', { paused: true, available: 7 })
    await paused('halted')
    const { diagnosis, chronology, nextPaths, runbook } = await bundle('halted')
    expect(diagnosis).toMatchObject({ status: 'waiting', title: 'It is paused by Two.' })
    expect(diagnosis.detail).toContain('7 available')
    expect(chronology).toMatchObject([{ label: 'Two paused the queue', detail: 'ledger closed' }])
    expect(nextPaths.map(({ operation }) => operation?.action)).toContain('resume_queue')
    expect(nextPaths.at(-1)).toMatchObject({ ownership: 'host_owned' })
    expect(runbook.title).toBe('A paused queue')
  })

  test('says if nothing was recorded, and if the queue is unknown', async () => {
    expect((await bundle('only_cron')).completeness.state).toBe('history_unavailable')
    expect((await bundle('never_was')).completeness.state).toBe('unknown')
    closed = ['view_queues']
    expect(await bundle('only_cron')).toMatchObject({ withheld: ['queues'], completeness: { state: 'unknown' } })
  })
})

describe('on the overview', () => {
  const bucket = async (status: string) => (await overview()).buckets.find((each) => each.status === status)!

  test('queues in which nothing starts are blocked, and paused ones wait', async () => {
    await measured(15)
    await figure('stuck', { available: 12, oldest: `now() - interval '30 minutes'`, paused: false })
    await figure('busy', { available: 12, oldest: `now() - interval '30 minutes'`, paused: false })
    await client.query(`insert into ops.queue_minute values ('busy', date_trunc('minute', now()) - interval '1 minute', 0, 0, 12, 4)`)
    await figure('retrying', { available: 12, oldest: `now() - interval '30 minutes'`, paused: false })
    await client.query(`insert into ops.queue_minute values ('retrying', date_trunc('minute', now()) - interval '1 minute', 7, 0, 12, null)`)
    await figure('held')
    await paused('held')
    const blocked = await bucket('blocked')
    expect(blocked).toMatchObject({ count: 1, diagnosis: 'Nothing starts in one queue.', nextStep: { href: '/ops/jobs/queue/stuck' } })
    expect(blocked.exemplars[0]).toMatchObject({ attention: expect.stringMatching(/^nothing started for 30 min, 12 jobs waiting$/), forensicsHref: '/ops/jobs/forensics/queue/stuck' })
    const waiting = await bucket('waiting')
    expect(waiting.exemplars.find(({ label }) => label === 'held')!.attention).toMatch(/paused by Two.*“ledger closed”/)
    expect(waiting.diagnosis).toMatch(/one queue is paused\.$/i)
    expect((await overview()).sentence).toMatch(/^stuck: nothing started for 30 min/)
    expect((await bundle('stuck')).diagnosis).toMatchObject({ status: 'blocked' })
    closed = ['stuck']
    expect((await bucket('blocked')).count).toBe(0)
  })

  test('no queue is called stuck without measurements', async () => {
    await figure('unwatched', { available: 12, oldest: `now() - interval '30 minutes'`, paused: false })
    expect(await bucket('blocked')).toMatchObject({ count: null, lookedAt: null, diagnosis: 'Queues in which nothing starts have not been counted yet.' })
    await measured(10)
    expect(await bucket('blocked')).toMatchObject({ count: 1, exemplars: [{ label: 'unwatched' }] })
    await client.query('truncate ops.queue_figure')
    expect(await bucket('blocked')).toMatchObject({ count: 0, diagnosis: 'Nothing is known to be blocked.' })
  })

  test('changes with an unknown outcome need review', async () => {
    await client.query(
      `insert into ops.open_request (event_id, requested_at, action, event_type, actor, subject_type, subject_id, request_id, source, final_event_id)
       select gen_random_uuid(), now() - age, 'retry_job', 'job.retried', '{"id":"ops-two","type":"user","label":"Two"}', 'job', 'j-' || age, 'r', 'api', gen_random_uuid()
       from unnest(array[interval '5 seconds', interval '5 minutes']) age`,
    )
    const review = await bucket('needs_review')
    expect(review).toMatchObject({ count: 1, diagnosis: 'The outcome of one change is unknown.' })
    expect(review.exemplars[0]).toMatchObject({ label: 'j-00:05:00', completeness: 'partial_evidence', attention: expect.stringMatching(/“Retry” was requested by Two/) })
  })

  test('this includes changes closed as unknown, until a later operation', async () => {
    const event = (outcome: string, code: string | null) =>
      client.query(
        `insert into ops.audit_event (id, action, event_type, outcome, code, actor_id, actor_type, actor_label, subject_type, subject_id, source, request_id)
         values (gen_random_uuid(), 'pause_queue', 'queue.paused', $1, $2, 'ops-two', 'user', 'Two', 'queue', 'asked', 'api', 'r')`,
        [outcome, code],
      )
    await event('failed', 'orphan_request')
    expect(await bucket('needs_review')).toMatchObject({ count: 1, exemplars: [{ label: 'asked', attention: expect.stringMatching(/“Pause queue” was requested by Two/) }] })
    expect((await bundle('asked')).chronology).toMatchObject([{ label: 'The outcome of “Pause queue”, requested by Two, is unknown' }])
    await event('succeeded', null)
    expect((await bucket('needs_review')).count).toBe(0)
  })

  test('what the actor may not see is left out and listed as withheld', async () => {
    await figure('held')
    await paused('held')
    closed = ['view_queues', 'view_jobs']
    const { withheld, buckets } = await overview()
    expect(withheld).toEqual(['jobs', 'queues'])
    expect(JSON.stringify(buckets)).not.toContain('held')
  })
})
