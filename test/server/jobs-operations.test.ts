import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { operate } from '../support/operate.ts'
import { insertJobs, type RawJob, statesOf } from '../support/failed-jobs.ts'
import { auth, startServer, type TestServer } from '../support/server.ts'

const reason = 'the mail server is back'
let server: TestServer
let client: Client
let skewHours = 0
/** What the host says no to, as `who action queue`. */
let refused: string[] = []
let asked: string[] = []

beforeAll(async () => {
  server = await startServer({
    queues: ['nightly_sync', 'mail', 'books'],
    now: () => new Date(Date.now() + skewHours * 3_600_000),
    auth: {
      ...auth,
      authorize(person, action, resource) {
        const question = `${person.id} ${action} ${resource.queue ?? '-'}`
        if (action.endsWith('_job')) asked.push(`${question} ${resource.type}`)
        return refused.includes(question) ? { allowed: false, reason: 'Not your queue.' } : auth.authorize(person, action, resource)
      },
    },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})

/** A test's refusals are its own, and not folded with those before. */
const forgetRefusals = () => client.query('delete from ops.refusal_tally')
beforeEach(forgetRefusals)

type Body = Record<string, unknown>
const on = (action: string, id: string, input: object = {}) => ({ action, subject: { type: 'job', id }, input })
const { preview, execute, once } = operate(() => server, reason)
const one = async (job?: RawJob) => (await insertJobs(client, 1, job))[0]!
const stateOf = async (id: string) => Object.keys(await statesOf(client, [id]))[0]
const eventsOf = async (id: string) => (await server.call('ops-demo', 'GET', `/audit-events?subjectType=job&subjectId=${id}`)).body.items!
const glance = (events: Body[]) => events.map(({ eventType, outcome, code }) => [eventType, outcome, code])

describe('one job', () => {
  test('is changed with a preview, a reason and exactly one event', async () => {
    const id = await one({ error: 'boom' })
    const shown = await preview('ops-demo', on('retry_job', id))
    expect(shown.status, shown.text).toBe(201)
    expect(shown.body).toMatchObject({
      reasonRequired: true,
      plan: { title: `Retry mail job ${id}`, after: { state: 'retryable' }, record: { eventType: 'job.retried', subject: `job:${id}` }, counts: { subjects: 1, jobs: 1 } },
    })
    expect((shown.body.plan as { before: object }).before).toEqual({ state: 'discarded' })
    expect(await eventsOf(id)).toEqual([])
    const done = await execute('ops-demo', shown)
    expect(done.status, done.text).toBe(200)
    expect(done.body).toMatchObject({
      event: { eventType: 'job.retried', outcome: 'succeeded', reason, subject: { type: 'job', id }, actor: { id: 'ops-demo' }, previewId: shown.body.id, before: { state: 'discarded' }, after: { state: 'retryable' } },
      result: { jobId: id, queue: 'mail' },
    })
    expect(await stateOf(id)).toBe('retry')
    expect(glance(await eventsOf(id))).toEqual([['job.retried', 'succeeded', undefined]])
  })

  test.each([
    ['retry_job', { created: 409, retry: 200, active: 409, completed: 200, cancelled: 200, failed: 200 }],
    ['cancel_job', { created: 200, retry: 200, active: 200, completed: 409, cancelled: 409, failed: 409 }],
    ['discard_job', { created: 200, retry: 200, active: 200, completed: 409, cancelled: 409, failed: 409 }],
    ['restore_job', { created: 409, retry: 409, active: 409, completed: 409, cancelled: 409, failed: 409 }],
    ['rescue_job', { created: 409, retry: 409, active: 409, completed: 409, cancelled: 409, failed: 409 }],
  ] as const)('%s is legal in its states only, and changes nothing in the others', async (action, statuses) => {
    for (const [state, status] of Object.entries(statuses)) {
      await forgetRefusals()
      const id = await one({ state: state as RawJob['state'] })
      const answer = await once('ops-demo', on(action, id))
      expect([state, answer.status, answer.body.code], answer.text).toEqual([state, status, status === 409 ? 'illegal_transition' : undefined])
      if (status === 409) expect(await stateOf(id)).toBe(state)
      expect(glance(await eventsOf(id))).toMatchObject([status === 409 ? [expect.any(String), 'failed', 'illegal_transition'] : [expect.any(String), 'succeeded', undefined]])
    }
  })

  test('is rescued from an executor that is gone, and not from one that still has time', async () => {
    const [lost, living] = [await one({ state: 'active', lost: true }), await one({ state: 'active' })]
    expect((await once('ops-demo', on('rescue_job', lost))).body).toMatchObject({ event: { eventType: 'job.rescued' } })
    expect(await stateOf(lost)).toBe('retry')
    expect((await preview('ops-demo', on('rescue_job', living))).status).toBe(409)
    const answer = await once('ops-demo', on('rescue_job', living))
    expect(answer).toMatchObject({ status: 409, body: { code: 'illegal_transition', detail: expect.stringContaining('still has time') } })
    expect(await stateOf(living)).toBe('active')
  })

  test('that does not exist is not found, and that is recorded', async () => {
    const id = crypto.randomUUID()
    expect(await once('ops-demo', on('retry_job', id))).toMatchObject({ status: 404 })
    expect(await once('ops-demo', on('retry_job', 'no id of any engine'))).toMatchObject({ status: 404 })
    expect(glance(await eventsOf(id))).toEqual([['job.retried', 'failed', 'not_found']])
  })

  test('has one id: the same id in upper case is not found', async () => {
    const id = await one()
    expect((await once('ops-demo', on('retry_job', id.toUpperCase()))).status).toBe(404)
    expect(await stateOf(id)).toBe('failed')
  })
})

describe('the reason', () => {
  test.each([
    [undefined, 'reason_required'],
    ['   ', 'reason_required'],
    [' short ', 'reason_too_short'],
    ['\u200b'.repeat(12), 'reason_required'],
    [`ok${'\u2060'.repeat(12)}`, 'reason_too_short'],
  ])('%j is refused as %s, recorded, and the preview stays usable', async (given, code) => {
    const id = await one()
    const shown = await preview('ops-demo', on('discard_job', await one({ state: 'created' })))
    expect(await server.call('ops-demo', 'POST', `/previews/${String(shown.body.id)}/execute`, { token: shown.body.token, reason: given })).toMatchObject({ status: 422, body: { code } })
    expect(await once('ops-demo', { ...on('retry_job', id), reason: given })).toMatchObject({ status: 422, body: { code } })
    expect(await stateOf(id)).toBe('failed')
    expect(glance(await eventsOf(id))).toEqual([['job.retried', 'failed', code]])
    expect((await execute('ops-demo', shown)).status).toBe(200)
  })
})

describe('a job that was seen', () => {
  test('and has changed since is refused by its version, before and after the preview', async () => {
    const id = await one({ state: 'created' })
    const { version } = (await server.call('ops-demo', 'GET', `/jobs/${id}`)).body
    expect((await preview('ops-demo', on('discard_job', id, { seen: version }))).status).toBe(201)
    await server.boss.fetch('mail')
    await client.query(`update pgboss.job set state = 'active', started_on = now() where id = $1`, [id])
    for (const answer of [await preview('ops-demo', on('discard_job', id, { seen: version })), await once('ops-demo', on('discard_job', id, { seen: version }))]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'mutation_conflict', detail: expect.stringContaining('executing') } })
    }
    expect(await stateOf(id)).toBe('active')
  })

  test('drifts if a worker was faster, and stays drifted', async () => {
    const id = await one({ state: 'retry' })
    const shown = await preview('ops-demo', on('cancel_job', id))
    await client.query(`update pgboss.job set state = 'active', started_on = now() where id = $1`, [id])
    const late = await execute('ops-demo', shown)
    expect(late).toMatchObject({ status: 409, body: { code: 'preview_drifted', plan: { before: { state: 'executing' } } } })
    await client.query(`update pgboss.job set state = 'retry', started_on = null where id = $1`, [id])
    expect((await execute('ops-demo', shown)).body.code).toBe('preview_drifted')
    expect(await stateOf(id)).toBe('retry')
  })

  test('is changed once, even if two actors confirm it ten times at once', async () => {
    const id = await one()
    const [mine, theirs] = [await preview('ops-demo', on('retry_job', id)), await preview('ops-two', on('retry_job', id))]
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? execute('ops-demo', mine) : execute('ops-two', theirs))))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9)
    expect((await eventsOf(id)).filter(({ outcome }) => outcome === 'succeeded')).toHaveLength(1)
    expect((await client.query('select retry_limit from pgboss.job where id = $1', [id])).rows).toEqual([{ retry_limit: 3 }])
  })

  test('is not waited for while its worker has it locked', async () => {
    const id = await one()
    await client.query('begin')
    await client.query('select 1 from pgboss.job where id = $1 for update', [id])
    const answer = await once('ops-demo', on('retry_job', id))
    await client.query('rollback')
    expect(answer).toMatchObject({ status: 409, body: { code: 'mutation_conflict', detail: expect.stringContaining('locked') } })
    expect(glance(await eventsOf(id))).toEqual([['job.retried', 'failed', 'mutation_conflict']])
  })
})

describe('one shot', () => {
  test('needs a key, and repeats the same answer', async () => {
    const id = await one()
    expect((await server.call('ops-demo', 'POST', '/operations', { ...on('retry_job', id), reason })).status).toBe(400)
    const key = crypto.randomUUID()
    const answers = await Promise.all(Array.from({ length: 5 }, () => once('ops-demo', on('retry_job', id), key)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await eventsOf(id)).toHaveLength(1)
    expect((await once('ops-demo', on('cancel_job', id), key)).body.code).toBe('idempotency_key_reused')
  })
})

describe('an actor without the right', () => {
  test('a viewer and an unattributable actor are refused, with evidence', async () => {
    const id = await one()
    expect(await preview('viewer-demo', on('retry_job', id))).toMatchObject({ status: 403, body: { code: 'forbidden', detail: 'Your role is viewer.' } })
    expect(await once('nameless', on('retry_job', id))).toMatchObject({ status: 403, body: { code: 'unattributable_actor' } })
    expect((await server.call('nameless', 'GET', `/jobs/${id}`)).status).toBe(200)
    expect((await eventsOf(id)).map(({ actor, outcome, code }) => [(actor as Body).id, outcome, code])).toEqual([
      ['unattributable', 'denied', 'unattributable_actor'],
      ['viewer-demo', 'denied', 'forbidden'],
    ])
    expect(await stateOf(id)).toBe('failed')
  })

  test('the host is asked about the queue, at the preview and again at execution', async () => {
    const [mail, books] = [await one(), await one({ queue: 'books' })]
    refused = ['ops-two retry_job books']
    expect((await once('ops-two', on('retry_job', mail))).status).toBe(200)
    expect(await once('ops-two', on('retry_job', books))).toMatchObject({ status: 403, body: { detail: 'Not your queue.' } })
    refused = []
    const shown = await preview('ops-two', on('retry_job', books))
    refused = ['ops-two retry_job books']
    asked = []
    expect((await execute('ops-two', shown)).status).toBe(403)
    expect(asked).toEqual(['ops-two retry_job books job'])
    refused = []
    expect(await stateOf(books)).toBe('failed')
  })

  test('the session reports it for the page of an operation', async () => {
    refused = ['ops-two retry_job -']
    const { permissions } = (await server.call('ops-two', 'GET', '/session')).body as { permissions: Record<string, { allowed: boolean }> }
    refused = []
    expect(permissions.retry_job!.allowed).toBe(false)
    expect(permissions.cancel_job!.allowed).toBe(true)
  })
})

describe('a discard', () => {
  test('says before it is confirmed how long it can be undone, and can be undone', async () => {
    const id = await one({ state: 'created' })
    const shown = await preview('ops-demo', on('discard_job', id))
    expect((shown.body.plan as { cautions: string[] }).cautions.join(' ')).toMatch(/can be restored until/)
    expect((await execute('ops-demo', shown)).status).toBe(200)
    expect(await stateOf(id)).toBe('failed')
    expect((await once('ops-two', on('restore_job', id))).body).toMatchObject({ event: { eventType: 'job.restored' } })
    expect(await stateOf(id)).toBe('created')
    // Undone once: what happens to it later is not our discard.
    await client.query(`update pgboss.job set state = 'failed', completed_on = now() where id = $1`, [id])
    expect((await once('ops-demo', on('restore_job', id))).body.code).toBe('illegal_transition')
  })

  test('that was not ours, or is a day old, cannot be undone; the job page says the same', async () => {
    const [own, other] = [await one({ state: 'created' }), await one()]
    expect((await once('ops-demo', on('discard_job', own))).status).toBe(200)
    const may = async (id: string) => ((await server.call('ops-demo', 'GET', `/jobs/${id}`)).body.operations as Record<string, { allowed: boolean }>).restore_job!.allowed
    expect([await may(own), await may(other)]).toEqual([true, false])
    expect((await once('ops-demo', on('restore_job', other))).body).toMatchObject({ code: 'illegal_transition', detail: expect.stringContaining('24 hours') })
    skewHours = 25
    const late = await once('ops-demo', on('restore_job', own))
    const mayLate = await may(own)
    skewHours = 0
    expect([late.status, mayLate]).toEqual([409, false])
    expect((await once('ops-demo', on('restore_job', own))).status).toBe(200)
  })

  test('of many jobs can be undone for each of them', async () => {
    const ids = await insertJobs(client, 3, { state: 'retry' })
    expect((await once('ops-demo', { action: 'discard_job', selection: { ids } })).body).toMatchObject({ event: { jobs: 3 } })
    const [other] = await insertJobs(client, 1)
    const answer = await once('ops-demo', { action: 'restore_job', selection: { ids: [...ids, other] } })
    expect(answer.body).toMatchObject({ event: { eventType: 'job.restored', jobs: 3 }, result: { outcomes: { done: 3 } } })
    expect(await statesOf(client, ids)).toEqual({ retry: 3 })
  })
})

test('what an engine lacks is refused with the reason it gives', async () => {
  for (const [action, input] of [['pause_queue', {}], ['resume_queue', {}], ['scale_queue', { limit: 3 }]] as const) {
    const answer = await preview('ops-demo', { action, subject: { type: 'queue', id: 'mail' }, input })
    expect(answer).toMatchObject({ status: 422, body: { code: 'unsupported_by_engine', detail: expect.stringContaining('pg-boss') } })
  }
})
