import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BulkItem, BulkRun, Plan } from '../../schemas/index.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { runBatch, runBatches } from '../../server/operations/bulk/runner.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { operate } from '../support/operate.ts'
import { insertJobs, statesOf } from '../support/failed-jobs.ts'
import { type Answer, auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

const reason = 'the mail server is back'
const canary = { arg: 'canary-arg-7f3', error: 'canary-error-91c' }
let server: TestServer
/** Stands for a second process without loops: the test does the background work, a batch at a time. */
let worker: RunningKit
let client: Client
let skewMinutes = 0
const logged: string[] = []
let refused: string[] = []
/** What the engine is made to do instead of a change. */
let failure: (() => Error) | undefined
let queues = 0
let queue = ''

const names = Array.from({ length: 30 }, (_, n) => `bulk-${n + 1}`)

beforeAll(async () => {
  const now = () => new Date(Date.now() + skewMinutes * 60_000)
  const authorize: typeof auth.authorize = (person, action, resource) =>
    !refused.includes(`${person.id} ${action} ${resource.queue ?? resource.type}`) && auth.authorize(person, action, resource)
  const policy: typeof displayPolicy = {
    display: (kind, value, context) => (context.actor.id === 'ops-two' && (kind === 'job_args' || kind === 'job_error') ? '[hidden]' : displayPolicy.display(kind, value, context)),
  }
  const failing = (real: Engine): Engine => ({ ...real, act: (...asked) => (failure ? Promise.reject(failure()) : real.act(...asked)) })
  const log = (message: string, facts?: object) => void logged.push(JSON.stringify({ message, ...facts }))
  const options = { now, auth: { ...auth, authorize }, displayPolicy: policy, log: { info: log, warn: log, error: log } }
  server = await startServer({ queues: ['nightly_sync', 'books', ...names], ...options, cron: [] })
  worker = (await openKit({ database: { url: server.database.url }, engine: failing(pgBoss(server.boss)), ...options })) as RunningKit
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await worker?.db.close()
  await server?.stop()
})
beforeEach(async () => {
  refused = []
  queue = names[queues++]!
  await client.query('delete from ops.refusal_tally')
})

const failed = (count: number, more: object = {}) => insertJobs(client, count, { queue, ...more })
const filter = (more: object = {}) => ({ filter: { queue, state: 'discarded', ...more } })
const retry = (selection: object = filter()) => ({ action: 'retry_job', selection })
const { preview, execute, once, bulkRun: read } = operate(() => server, reason)
const selectionOf = ({ body }: Answer) => (body.plan as Plan).selection!
const bulkOf = ({ body }: Answer) => body.bulk as BulkRun
const sum = ({ outcomes }: BulkRun) => Object.values(outcomes).reduce((total, count) => total + count, 0)

async function items(id: string, outcome?: string, limit = 200, who = 'ops-demo'): Promise<BulkItem[]> {
  const all: BulkItem[] = []
  for (let cursor: string | undefined; ; ) {
    const search = new URLSearchParams({ limit: String(limit), ...(outcome && { outcome }), ...(cursor && { cursor }) })
    const { body } = await server.call(who, 'GET', `/bulk/${id}/items?${search.toString()}`)
    all.push(...(body.items as unknown as BulkItem[]))
    cursor = body.nextCursor as string | undefined
    if (cursor === undefined) return all
  }
}

async function eventsOf(bulkId: string): Promise<{ event_type: string; outcome: string; jobs: string[] | null; reason: string | null }[]> {
  return (await client.query('select event_type, outcome, jobs, reason from ops.audit_event where bulk_id = $1 order by occurred_at, id', [bulkId])).rows as never
}

describe('a preview of many jobs', () => {
  test('freezes the set, and counts what will be changed and what will not, and why', async () => {
    await failed(4)
    await failed(2, { state: 'active' })
    const ids = await insertJobs(client, 1, { queue: 'books' })
    const shown = await preview('ops-demo', retry({ filter: { queue } }))
    expect(shown.status, shown.text).toBe(201)
    const [why] = Object.keys(selectionOf(shown).notEligible)
    expect(why).toMatch(/executing/i)
    expect(selectionOf(shown)).toMatchObject({ total: 6, eligible: 4, notEligible: { [why!]: 2 }, byQueue: { [queue]: 4 }, byState: { discarded: 4 }, background: false })
    expect(shown.body.plan).toMatchObject({ title: 'Retry 4 jobs', counts: { subjects: 6, jobs: 4 } })
    const later = await failed(3)
    expect((await execute('ops-demo', shown)).body).toMatchObject({ result: { outcomes: { done: 4 } } })
    expect(await statesOf(client, [...later, ...ids])).toEqual({ failed: 4 })
  })

  test('of the same set is the same preview, until a job changes or half an hour has passed', async () => {
    const [id] = await failed(3)
    const first = await preview('ops-demo', retry())
    const again = await preview('ops-demo', retry())
    expect([again.body.id, selectionOf(again).bulkId]).toEqual([first.body.id, selectionOf(first).bulkId])
    expect((await client.query(`select 1 from ops.bulk_run where selection -> 'filter' ->> 'queue' = $1`, [queue])).rows).toHaveLength(1)
    expect((await preview('ops-two', retry())).body.id).not.toBe(first.body.id)
    await client.query(`update pgboss.job set completed_on = completed_on + interval '1 s' where id = $1`, [id])
    expect((await preview('ops-demo', retry())).body.id).not.toBe(first.body.id)
    skewMinutes = 31
    try {
      expect(await execute('ops-demo', first)).toMatchObject({ status: 410, body: { code: 'preview_expired' } })
      const fresh = await preview('ops-demo', retry())
      expect(fresh.body.id).not.toBe(first.body.id)
      expect((await execute('ops-demo', fresh)).body).toMatchObject({ result: { outcomes: { done: 3 } } })
    } finally {
      skewMinutes = 0
    }
  })

  test('belongs to its actor, can be confirmed once, and is not a run before that', async () => {
    await failed(2)
    const shown = await preview('ops-demo', retry())
    expect((await server.call('ops-two', 'GET', `/previews/${String(shown.body.id)}`)).status).toBe(404)
    expect((await execute('ops-two', shown)).status).toBe(404)
    expect((await server.call('ops-demo', 'GET', `/bulk/${selectionOf(shown).bulkId}`)).status).toBe(404)
    expect((await execute('ops-demo', shown, 'short')).body.code).toBe('reason_too_short')
    const answers = await Promise.all(Array.from({ length: 5 }, () => execute('ops-demo', shown)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409, 409])
    expect(await eventsOf(selectionOf(shown).bulkId)).toHaveLength(1)
  })

  test('lists the jobs that are gone or have changed since the page was loaded', async () => {
    const [same, changed] = await failed(2)
    const versions = Object.fromEntries(
      await Promise.all([same!, changed!].map(async (id) => [id, (await server.call('ops-demo', 'GET', `/jobs/${id}`)).body.version] as const)),
    )
    await client.query(`update pgboss.job set completed_on = completed_on + interval '1 s' where id = $1`, [changed])
    const gone = crypto.randomUUID()
    const shown = await preview('ops-demo', retry({ ids: [same, changed, gone, same], seen: versions }))
    expect(selectionOf(shown)).toMatchObject({ total: 3, eligible: 1 })
    const { body } = await execute('ops-demo', shown)
    expect(body).toMatchObject({ event: { jobs: 1 } })
    const { bulkId } = selectionOf(shown)
    expect((await items(bulkId)).map(({ id, outcome, detail }) => [id, outcome, detail])).toEqual([
      [same, 'done', undefined],
      [changed, 'not_eligible', 'Changed since the page was loaded.'],
      [gone, 'not_eligible', 'It no longer exists.'],
    ])
    // The engine refused none of them, and the lists say what the figures do.
    expect([(await items(bulkId, 'refused')).length, (await items(bulkId, 'not_eligible')).length]).toEqual([0, 2])
    expect(await statesOf(client, [changed!])).toEqual({ failed: 1 })
  })

  test('of no jobs, of jobs that cannot be changed and of an operation not on jobs is refused', async () => {
    expect((await preview('ops-demo', retry())).body.code).toBe('not_found')
    await failed(2, { state: 'active' })
    const shown = await preview('ops-demo', retry({ filter: { queue } }))
    expect((await execute('ops-demo', shown)).body.code).toBe('illegal_transition')
    expect((await preview('ops-demo', { action: 'pause_queue', selection: filter() })).status).toBe(400)
    expect((await preview('ops-demo', { ...retry(), subject: { type: 'job', id: 'x' } })).status).toBe(400)
    expect((await preview('ops-demo', retry({ bulk: crypto.randomUUID() }))).body.code).toBe('not_found')
    expect((await preview('ops-demo', retry({ filter: { tag: 'vip' } }))).body.code).toBe('unsupported_by_engine')
  })
})

describe('authorization', () => {
  test('is checked for each job, at the preview and again at the confirmation', async () => {
    const own = await failed(2)
    const others = await insertJobs(client, 2, { queue: 'books' })
    refused = ['ops-two retry_job books']
    const shown = await preview('ops-two', retry({ ids: [...own, ...others] }))
    expect(selectionOf(shown)).toMatchObject({ total: 4, eligible: 2, notEligible: { 'You are not allowed to do this.': 2 } })
    expect(await preview('ops-two', retry({ ids: others }))).toMatchObject({ status: 403 })
    refused = []
    const all = await preview('ops-two', retry({ ids: [...own, ...others] }))
    expect(selectionOf(all).eligible).toBe(4)
    refused = ['ops-two retry_job books']
    const { body } = await execute('ops-two', all)
    expect(body).toMatchObject({ event: { jobs: 2 }, result: { outcomes: { done: 2 } } })
    refused = ['ops-two view_jobs books', 'ops-demo view_jobs books']
    expect((await items(selectionOf(all).bulkId, undefined, 200, 'ops-two')).map(({ id }) => id)).toEqual(own)
    expect(await server.call('ops-demo', 'GET', `/bulk/${selectionOf(all).bulkId}`)).toMatchObject({ status: 404 })
    refused = []
    expect(await statesOf(client, others)).toEqual({ failed: 2 })
  })

  test('refuses a viewer and an unattributable actor, with evidence', async () => {
    await failed(1)
    expect((await preview('viewer-demo', retry())).status).toBe(403)
    expect((await once('nameless', retry())).body.code).toBe('unattributable_actor')
    const { body } = await server.call('ops-demo', 'GET', '/audit-events?subjectType=bulk&subjectId=selection&limit=2')
    expect(body.items!.map(({ outcome, code }) => [outcome, code])).toEqual([['denied', 'unattributable_actor'], ['denied', 'forbidden']])
  })

  test('shows another actor’s run only to those who may see it', async () => {
    await failed(2)
    const { bulkId } = (await once('ops-two', retry())).body.event as { bulkId: string }
    const seen = async (who: string) => [
      (await server.call(who, 'GET', `/bulk/${bulkId}`)).status,
      (await server.call(who, 'GET', `/bulk/${bulkId}/items`)).status,
      (await server.call(who, 'GET', '/bulk?limit=200')).body.items!.some(({ id }) => id === bulkId),
      (await preview(who, retry({ bulk: bulkId }))).status,
    ]
    expect(await seen('ops-demo')).toEqual([200, 200, true, 404])
    refused = [`ops-demo view_jobs ${queue}`, `ops-two view_jobs ${queue}`]
    expect(await seen('ops-two')).toEqual([200, 200, true, 404])
    expect(await seen('ops-demo')).toEqual([404, 404, false, 404])
    refused = []
  })

  test('selects the leftovers of a run only for those who may see its jobs', async () => {
    await insertJobs(client, 1100, { queue: 'books' })
    const run = bulkOf(await once('ops-demo', retry({ filter: { queue: 'books', state: 'discarded' } })))
    expect((await server.call('ops-demo', 'POST', `/bulk/${run.id}/abort`)).status).toBe(200)
    expect(selectionOf(await preview('ops-two', retry({ bulk: run.id }))).total).toBeGreaterThanOrEqual(1100)
    refused = ['ops-two retry_job books', 'ops-two view_jobs books']
    expect(await preview('ops-two', retry({ bulk: run.id }))).toMatchObject({ status: 404, body: { code: 'not_found' } })
    refused = []
    await client.query(`delete from pgboss.job where name = 'books'`)
  })

  test('lets nobody select by values that they may not see', async () => {
    await failed(1, { args: { customer: canary.arg }, error: canary.error })
    for (const more of [{ args: JSON.stringify({ customer: canary.arg }) }, { error: canary.error }]) {
      expect((await preview('ops-two', retry(filter(more)))).status).toBe(403)
      expect((await once('ops-two', retry(filter(more)))).status).toBe(403)
      expect((await preview('ops-demo', retry(filter(more)))).status).toBe(201)
    }
  })
})

describe('up to a thousand jobs', () => {
  test('are changed within the request, with one event that lists them', async () => {
    const ids = await failed(1000)
    const done = await once('ops-demo', retry())
    expect(done.status, done.text).toBe(200)
    expect(done.body).toMatchObject({ event: { eventType: 'job.retried', jobs: 1000, reason, before: { states: { discarded: 1000 } } }, result: { outcomes: { done: 1000 } } })
    const [event] = await eventsOf((done.body.event as { bulkId: string }).bulkId)
    expect(event!.jobs!.toSorted()).toEqual(ids.toSorted())
    expect(await statesOf(client, ids)).toEqual({ retry: 1000 })
  })

  test('one that changes before its turn is left alone and reported', async () => {
    const [taken, ...rest] = await failed(3)
    const shown = await preview('ops-demo', retry())
    await client.query(`update pgboss.job set state = 'retry', completed_on = null where id = $1`, [taken])
    expect((await execute('ops-demo', shown)).body).toMatchObject({ event: { jobs: 2 }, result: { outcomes: { changed: 1, done: 2 } } })
    expect((await items(selectionOf(shown).bulkId, 'changed')).map(({ id }) => id)).toEqual([taken])
    expect(await statesOf(client, rest)).toEqual({ retry: 2 })
    expect((await client.query('select retry_limit from pgboss.job where id = $1', [taken])).rows).toEqual([{ retry_limit: 2 }])
  })

  test('a repeat with the same key gets the same answer, even while the first is in progress or if it was refused', async () => {
    await failed(300)
    const key = crypto.randomUUID()
    const answers = await Promise.all(Array.from({ length: 4 }, () => once('ops-demo', retry(), key)))
    expect(answers.map(({ status }) => status), answers.map(({ text }) => text.slice(0, 200)).join('\n')).toEqual([200, 200, 200, 200])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect((await once('ops-demo', retry(filter({ id: 'x' })), key)).body.code).toBe('idempotency_key_reused')
    const nothing = crypto.randomUUID()
    const [first, second] = [await once('ops-demo', retry(), nothing), await once('ops-demo', retry(), nothing)]
    expect([first.status, first.body.code, second.body.code]).toEqual([404, 'not_found', 'not_found'])
  })
})

describe('more than a thousand jobs', () => {
  test('continue in the background, and the figures add up at every read', async () => {
    const ids = await failed(2500)
    await failed(1, { state: 'active' })
    const key = crypto.randomUUID()
    const started = await once('ops-demo', retry({ filter: { queue } }), key)
    expect(started.status, started.text).toBe(202)
    const run = bulkOf(started)
    expect(run).toMatchObject({ status: 'queued', total: 2501, eligible: 2500, outcomes: { waiting: 2500 }, reason })
    expect((await once('ops-demo', retry({ filter: { queue } }), key)).body).toMatchObject({ bulk: { id: run.id } })
    for (const done of [1000, 2000]) {
      expect(await runBatch(worker)).toBe('recorded')
      const now = await read(run.id)
      expect(now).toMatchObject({ status: 'running', outcomes: { done, waiting: 2500 - done } })
      expect(sum(now)).toBe(2500)
    }
    await runBatches(worker)
    expect(await read(run.id)).toMatchObject({ status: 'finished', outcomes: { done: 2500 }, finishedAt: expect.any(String) })
    expect(await statesOf(client, ids)).toEqual({ retry: 2500 })
    const events = await eventsOf(run.id)
    expect(events.map(({ event_type }) => event_type)).toEqual(['bulk.started', 'job.retried', 'job.retried', 'job.retried', 'bulk.finished'])
    expect(events.flatMap(({ jobs }) => jobs ?? []).toSorted()).toEqual(ids.toSorted())
    expect((await once('ops-demo', retry({ filter: { queue } }), key)).body).toMatchObject({ bulk: { id: run.id, status: 'finished' } })
    expect((await server.call('ops-demo', 'GET', '/bulk?limit=1')).body.items).toMatchObject([{ id: run.id }])
  })

  test('can be aborted once by actors who may, and changes already made remain', async () => {
    const ids = await failed(3200)
    const run = bulkOf(await once('ops-demo', retry()))
    await runBatch(worker)
    const abort = (who: string) => server.call(who, 'POST', `/bulk/${run.id}/abort`)
    expect((await abort('viewer-demo')).status).toBe(403)
    const answers = await Promise.all([abort('ops-two'), abort('ops-two'), runBatch(worker)])
    expect(answers.slice(0, 2).map((answer) => (answer as Answer).status).toSorted()).toEqual([200, 409])
    await runBatches(worker)
    const stopped = await read(run.id)
    expect(stopped).toMatchObject({ status: 'aborted', abortedBy: { id: 'ops-two' } })
    expect([sum(stopped), stopped.outcomes.waiting]).toEqual([3200, undefined])
    const { done = 0, aborted } = stopped.outcomes
    expect(await statesOf(client, ids)).toEqual({ retry: done, failed: aborted })
    expect(await items(run.id, 'aborted')).toHaveLength(aborted!)
    const events = await eventsOf(run.id)
    expect(events.filter(({ event_type, outcome }) => event_type === 'bulk.aborted' && outcome === 'succeeded')).toHaveLength(1)
    expect(events.flatMap(({ jobs }) => jobs ?? [])).toHaveLength(done)
    // The rest can be had with a selection of what is left over.
    const rest = await preview('ops-demo', retry({ bulk: run.id }))
    expect(selectionOf(rest)).toMatchObject({ total: aborted, eligible: aborted })
    expect((await execute('ops-demo', rest)).status).toBe(aborted! > 1000 ? 202 : 200)
    await runBatches(worker)
    expect(await statesOf(client, ids)).toEqual({ retry: 3200 })
  })

  test('have items that can be paged by outcome and exported, which is recorded', async () => {
    await failed(1500)
    const run = bulkOf(await once('ops-demo', retry()))
    expect((await preview('ops-demo', retry({ bulk: run.id }))).body.code).toBe('illegal_transition')
    await runBatch(worker)
    const [done, waiting, all] = [await items(run.id, 'done', 170), await items(run.id, 'waiting', 199), await items(run.id, undefined, 7 * 23)]
    expect([done.length, waiting.length, all.length]).toEqual([1000, 500, 1500])
    expect(new Set(all.map(({ id }) => id)).size).toBe(1500)
    await runBatches(worker)
    const csv = await server.call('ops-demo', 'GET', `/bulk/${run.id}/export?format=csv&outcome=done`)
    expect([csv.status, csv.text.trim().split('\r\n').length]).toEqual([200, 1501])
    expect((await server.call('ops-demo', 'GET', `/bulk/${run.id}/export?format=ndjson&outcome=failed`)).text).toBe('')
    expect((await server.call('nameless', 'GET', `/bulk/${run.id}/export?format=csv`)).status).toBe(403)
    expect((await eventsOf(run.id)).filter(({ event_type }) => event_type === 'bulk.exported')).toHaveLength(2)
    expect((await server.call('ops-demo', 'GET', `/bulk/${run.id}/items?cursor=x`)).status).toBe(400)
  })

  test('do not hold up a small run, and a batch without eligible jobs records no event', async () => {
    await failed(2000, { state: 'active' })
    await failed(3100)
    const large = bulkOf(await once('ops-demo', retry({ filter: { queue } })))
    expect(large).toMatchObject({ total: 5100, eligible: 3100 })
    const first = queue
    queue = names[queues++]!
    await failed(1001)
    await runBatch(worker)
    const small = bulkOf(await once('ops-two', retry()))
    await runBatch(worker)
    await runBatch(worker)
    await runBatch(worker)
    expect([(await read(small.id)).status, (await read(large.id)).status]).toEqual(['finished', 'running'])
    await runBatches(worker)
    expect(await read(large.id), first).toMatchObject({ status: 'finished', outcomes: { done: 3100 } })
    expect((await eventsOf(large.id)).filter(({ event_type }) => event_type === 'job.retried').every(({ jobs }) => jobs!.length > 0)).toBe(true)
  })
})

describe('when something fails', () => {
  test('an engine that throws is retried with back-off, and finally the jobs are reported as failed', async () => {
    const ids = await failed(1001)
    const run = bulkOf(await once('ops-demo', retry()))
    failure = () => new Error(`no, because of ${canary.error}`)
    try {
      expect(await runBatch(worker)).toBe('failed')
      expect(await runBatch(worker)).toBe('failed')
      expect(await runBatch(worker)).toBe('idle')
      for (let tries = 1; (await read(run.id)).status !== 'finished' && tries < 12; tries++) {
        skewMinutes += 1
        await runBatches(worker)
      }
    } finally {
      failure = undefined
      skewMinutes = 0
    }
    const ended = await read(run.id)
    expect(ended).toMatchObject({ status: 'finished', outcomes: { failed: 1001 } })
    expect(await statesOf(client, ids)).toEqual({ failed: 1001 })
    expect((await eventsOf(run.id)).map(({ event_type, outcome }) => [event_type, outcome])).toContainEqual(['job.retried', 'failed'])
    expect(selectionOf(await preview('ops-demo', retry({ bulk: run.id })))).toMatchObject({ total: 1001, eligible: 1001 })
  })

  test.each([['40P01', 'a deadlock'], ['ECONNREFUSED', 'an engine that is away']])('%s, %s, does not count as a failure of the batch', async (code) => {
    await failed(1500)
    const run = bulkOf(await once('ops-demo', retry()))
    failure = () => Object.assign(new Error('told apart by its code'), { code })
    try {
      for (let tries = 0; tries < 12; tries++) {
        await runBatches(worker)
        skewMinutes += 1
      }
    } finally {
      failure = undefined
    }
    expect(await read(run.id)).toMatchObject({ outcomes: { waiting: 1500 } })
    await runBatches(worker)
    skewMinutes = 0
    expect(await read(run.id)).toMatchObject({ status: 'finished', outcomes: { done: 1500 } })
  })

  test('two concurrent runs over the same jobs change each job once', async () => {
    const ids = await failed(3000)
    const [one, two] = [await preview('ops-demo', retry()), await preview('ops-two', retry())]
    const runs = [bulkOf(await execute('ops-demo', one)).id, bulkOf(await execute('ops-two', two)).id]
    await Promise.all([runBatches(worker), runBatches(worker), runBatches(worker), runBatches(worker)])
    const ended = await Promise.all(runs.map((id) => read(id)))
    expect(ended.map(({ status }) => status)).toEqual(['finished', 'finished'])
    expect(ended.map(sum)).toEqual([3000, 3000])
    const named = (await Promise.all(runs.map(eventsOf))).flat().flatMap(({ jobs }) => jobs ?? [])
    expect(named.toSorted()).toEqual(ids.toSorted())
    expect((await client.query('select distinct retry_limit from pgboss.job where name = $1', [queue])).rows).toEqual([{ retry_limit: 3 }])
  })
})

test('hidden values appear in no run, item, event, export, hint or log', async () => {
  await failed(3, { args: { customer: canary.arg }, error: canary.error })
  const selection = filter({ args: JSON.stringify({ customer: canary.arg }), error: canary.error })
  const shown = await preview('ops-demo', retry(selection))
  expect(selectionOf(shown).eligible).toBe(3)
  expect((await execute('ops-demo', shown)).status).toBe(200)
  const { bulkId } = selectionOf(shown)
  const texts = await Promise.all(
    ['', '/items', '/export?format=csv', '/export?format=ndjson'].map(async (path) => (await server.call('ops-two', 'GET', `/bulk/${bulkId}${path}`)).text),
  )
  texts.push((await server.call('ops-demo', 'GET', '/audit-events?limit=50')).text, logged.join('\n'))
  for (const table of ['bulk_run', 'bulk_batch', 'preview', 'audit_event', 'idempotency_key']) {
    texts.push(JSON.stringify((await client.query(`select * from ops.${table}`)).rows))
  }
  for (const text of texts) expect(text).not.toContain('canary')
})
