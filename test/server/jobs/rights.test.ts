import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { operate } from '../../support/operate.ts'
import { startJobServer, type JobServer } from '../../support/jobs.ts'
import { auth, displayPolicy } from '../../support/server.ts'

/** `ops-two` may see and do everything, in the queues that the host gives them. */
const own = 'mail'
const tag = 'CANARY-tag-17bc'
let server: JobServer
let client: Client
let hidesTags = false

beforeAll(async () => {
  server = await startJobServer({
    auth: {
      ...auth,
      authorize(person, action, resource) {
        if (person.id === 'viewer-demo' && resource.queue === 'private') return false
        if (person.id !== 'ops-two' || resource.type === 'page') return auth.authorize(person, action, resource)
        return resource.queue === own
      },
    },
    displayPolicy: {
      display: (kind, value, context) => (hidesTags && kind === 'job_meta' && context.actor.id === 'viewer-demo' ? '[hidden]' : displayPolicy.display(kind, value, context)),
    },
  })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await server?.stop()
})
beforeEach(() => client.query('delete from ops.refusal_tally'))

const reason = 'the mail server is back'
const get = (who: string, path: string, query: Record<string, string> = {}) => server.call(who, 'GET', `${path}?${new URLSearchParams(query)}`)
const { once } = operate(() => server, reason)
const plant = (queue: string, order: string, insertedIn = -60) =>
  server.oban.insert({ queue, state: 'discarded', attempt: 1, maxAttempts: 1, discardedIn: -10, insertedIn, args: JSON.stringify({ order }), errors: [{ attempt: 1, at: new Date().toISOString(), error: `no ${order}` }] })

describe('an actor with rights on one queue', () => {
  test('learns nothing about other queues by searching job contents, however small the steps', async () => {
    for (let n = 0; n < 6; n++) await plant('books', 'secret-1', -100 - n)
    const filters: Record<string, string>[] = [{ args: '{"order":"secret-1"}' }, { error: 'no secret-1' }]
    for (const filter of filters) {
      expect((await get('ops-demo', '/jobs', { ...filter, limit: '1' })).body.nextCursor).toBeDefined()
      for (const limit of ['1', '2', '5', '200']) {
        const { body } = await get('ops-two', '/jobs', { ...filter, limit })
        expect([body.items, body.nextCursor]).toEqual([[], undefined])
      }
      expect((await get('ops-two', '/jobs/count', filter)).body).toMatchObject({ count: 0, how: 'exact' })
      expect((await server.call('ops-two', 'POST', '/previews', { action: 'retry_job', selection: { filter } })).status).toBe(404)
    }
  })

  test('still reads all of their own jobs, once and in order, among many hidden ones', async () => {
    const mine: string[] = []
    for (let n = 0; n < 40; n++) {
      const id = await plant(n % 8 === 3 ? own : 'books', 'mixed', -1000 + n)
      if (n % 8 === 3) mine.unshift(id)
    }
    for (const limit of ['1', '2', '3', '4', '5', '7']) {
      const seen: string[] = []
      for (let cursor: string | undefined; ; ) {
        const { body } = await get('ops-two', '/jobs', { args: '{"order":"mixed"}', limit, ...(cursor === undefined ? {} : { cursor }) })
        expect(body.items!.length).toBeLessThanOrEqual(Number(limit))
        seen.push(...body.items!.map(({ id }) => String(id)))
        cursor = body.nextCursor as string | undefined
        if (cursor === undefined) break
      }
      expect(seen).toEqual(mine)
    }
  })

  test('counts only the jobs that they may see', async () => {
    const hidden = await plant('ledger', 'x')
    await server.oban.insert({ queue: own, worker: 'Shop.Shared', tags: ['shared'] })
    await server.oban.insert({ queue: 'ledger', worker: 'Shop.Shared', tags: ['shared'] })
    const count = async (who: string, query: Record<string, string>) => (await get(who, '/jobs/count', query)).body.count
    for (const [query, all, theirs] of [
      [{ queue: 'ledger' }, 2, 0],
      [{ id: hidden }, 1, 0],
      [{ worker: 'Shop.Shared' }, 2, 1],
      [{ tag: 'shared' }, 2, 1],
    ] as const) {
      expect([query, await count('ops-demo', query), await count('ops-two', query)]).toEqual([query, all, theirs])
    }
  })

  test('sees in a preview which worker and queue it is about', async () => {
    const { body } = await server.call('ops-two', 'POST', '/previews', { action: 'retry_job', subject: { type: 'job', id: await plant(own, 'titled') } })
    expect((body.plan as { title: string }).title).toMatch(/^Retry Shop\.Mailer \(mail\) job \d+$/)
  })

  test('learns nothing about other queues by selecting jobs in them: hidden jobs do not exist', async () => {
    const [mine, theirs, gone] = [await plant(own, 'selected'), await plant('vault', 'selected'), '987654321']
    const shown = async (who: string, selection: object) => {
      const { status, body } = await server.call(who, 'POST', '/previews', { action: 'retry_job', selection })
      const { total, notEligible } = (body.plan as { selection?: { total: number; notEligible: object } } | undefined)?.selection ?? {}
      return [status, total, notEligible]
    }
    const notThere = { 'It no longer exists.': 1 }
    expect(await shown('ops-two', { ids: [theirs] })).toEqual(await shown('ops-two', { ids: [gone] }))
    expect(await shown('ops-two', { ids: [theirs] })).toEqual([201, 1, notThere])
    expect(await shown('ops-two', { ids: [mine, theirs] })).toEqual([201, 2, notThere])
    expect(await shown('ops-two', { filter: { queue: 'vault' } })).toEqual(await shown('ops-two', { filter: { queue: 'nowhere' } }))
    expect(await shown('ops-two', { filter: { queue: 'vault' } })).toEqual([404, undefined, undefined])
    expect(await shown('ops-two', { filter: { worker: 'Shop.Mailer', state: 'discarded', id: theirs } })).toEqual([404, undefined, undefined])
    // Who may do it nowhere is refused as before, with evidence, and whether or not there is such a job.
    for (const id of [theirs, gone]) {
      for (const selection of [{ ids: [id] }, { filter: { id } }]) expect(await shown('support-demo', selection)).toEqual([403, undefined, undefined])
    }
    const denied = await client.query(`select count(*)::int n from ops.audit_event where actor_id = 'support-demo' and outcome = 'denied' and action = 'retry_job'`)
    expect(denied.rows).toEqual([{ n: 4 }])
  })

  test('finds nothing by names that they may not see, and does not learn how many matches there are', async () => {
    const hidden = await plant('archive', 'named')
    for (let n = 0; n < 3; n++) await server.oban.insert({ queue: 'archive', worker: 'Shop.Archive', tags: ['archived'] })
    const filters: Record<string, string>[] = [{ id: hidden }, { queue: 'archive' }, { worker: 'Shop.Archive' }, { tag: 'archived' }]
    for (const filter of filters) {
      expect((await get('ops-demo', '/jobs', { ...filter, limit: '1' })).body.items).toHaveLength(1)
      const { body } = await get('ops-two', '/jobs', { ...filter, limit: '1' })
      expect([filter, body.items, body.nextCursor]).toEqual([filter, [], undefined])
    }
    // Nor is what they did not name betrayed by a page that ends early.
    const { body } = await get('ops-two', '/jobs', { state: 'available', limit: '1' })
    expect([body.items!.every(({ queue }) => queue === own), body.nextCursor]).toEqual([true, undefined])
  })

  test('sees and can stop the runs of their queue, but none that also has jobs of another queue', async () => {
    const begin = async (who: string, ...queues: string[]) => {
      await client.query(
        `insert into oban_jobs (state, queue, worker, args, attempt, max_attempts, discarded_at) select 'discarded', queue, 'Shop.Mailer', '{"many":1}', 1, 1, now()
         from unnest($1::text[]) queue, generate_series(1, 1100)`,
        [queues],
      )
      return (await once(who, { action: 'retry_job', selection: { filter: { args: '{"many":1}', state: 'discarded' } } })).body.bulk as { id: string; total: number }
    }
    // Of their own queue and one that is not theirs: its totals and its reason are about both.
    const theirs = await begin('ops-demo', own, 'books')
    await server.call('ops-demo', 'POST', `/bulk/${theirs.id}/abort`)
    await client.query(`delete from oban_jobs where args = '{"many":1}'`)
    const [mine, shared] = [await begin('ops-two', own), await begin('ops-demo')]
    const shown = async (who: string) => (await get(who, '/bulk', { limit: '200' })).body.items!.map(({ id }) => id)
    expect(await shown('ops-demo')).toEqual(expect.arrayContaining([mine.id, theirs.id, shared.id]))
    expect(await shown('ops-two')).toEqual(expect.arrayContaining([mine.id, shared.id]))
    expect(await shown('ops-two')).not.toContain(theirs.id)
    const abort = async (id: string) => (await server.call('ops-two', 'POST', `/bulk/${id}/abort`)).status
    expect([await abort(mine.id), await abort(mine.id), await abort(theirs.id), await abort(shared.id)]).toEqual([200, 409, 404, 200])
    expect((await get('ops-two', `/bulk/${mine.id}`)).body).toMatchObject({ status: 'aborted', outcomes: { aborted: 1100 }, abortedBy: { id: 'ops-two' } })
  })
})

test('an actor who may see a job learns that a bulk run included it', async () => {
  const ids = [await plant('private', 'run-1'), await plant(own, 'run-2')]
  expect((await once('ops-demo', { action: 'retry_job', selection: { ids } })).body).toMatchObject({ result: { outcomes: { done: 2 } } })
  const events = async (who: string, id: string) => (await get(who, '/audit-events', { subjectType: 'job', subjectId: id })).body.items!.length
  const chronology = async (who: string, id: string) => JSON.stringify((await get(who, `/forensics/job/${id}`)).body.chronology).includes('retried')
  for (const [id, seen] of [[ids[0]!, false], [ids[1]!, true]] as const) {
    expect([await events('ops-demo', id), await chronology('ops-demo', id)]).toEqual([1, true])
    expect([await events('viewer-demo', id), await chronology('viewer-demo', id)]).toEqual([Number(seen), seen])
  }
  const exported = await get('viewer-demo', '/audit-events/export', { format: 'ndjson', subjectType: 'job', subjectId: ids[0]! })
  expect([exported.status, exported.text]).toEqual([200, ''])
})

test('a request with an unknown outcome is shown only to actors who may see its queue', async () => {
  await client.query(
    `insert into ops.open_request (event_id, final_event_id, action, event_type, actor, subject_type, subject_id, request_id, source, requested_at, detail)
     select gen_random_uuid(), gen_random_uuid(), 'retry_job', 'job.retried', '{"id":"ops-demo","type":"user","label":"Demo"}', 'job', 'orphan-' || queue, 'r', 'api', now() - interval '5 minutes',
       jsonb_build_object('resource', jsonb_build_object('type', 'job', 'id', 'orphan-' || queue, 'queue', queue)) from unnest(array['mail', 'books']) queue`,
  )
  const [all, theirs] = [(await get('ops-demo', '/overview')).text, (await get('ops-two', '/overview')).text]
  expect(['orphan-mail', 'orphan-books'].map((name) => [all.includes(name), theirs.includes(name)])).toEqual([[true, true], [true, false]])
})

test('queues and workers named like built-in properties are counted like others', async () => {
  for (const queue of ['constructor', '__proto__', 'toString']) await server.oban.insert({ queue, state: 'discarded', tags: ['odd'], discardedIn: -10 })
  // A selection takes what was there before it; what is made in its own millisecond is not.
  await new Promise((resolve) => setTimeout(resolve, 20))
  const { body, text } = await server.call('ops-demo', 'POST', '/previews', { action: 'retry_job', selection: { filter: { tag: 'odd' } } })
  expect(body, text).toMatchObject({ plan: { selection: { total: 3, eligible: 3 } } })
  expect(text).toContain('"byQueue":{"toString":1,"__proto__":1,"constructor":1}')
})

test('a hidden tag appears in no evidence: not of a change, a selection or an export that used it', async () => {
  const id = await server.oban.insert({ queue: own, state: 'discarded', tags: [tag], discardedIn: -10 })
  expect((await once('ops-demo', { action: 'retry_job', subject: { type: 'job', id } })).status).toBe(200)
  await client.query(`insert into oban_jobs (state, queue, worker, args, tags, discarded_at) select 'discarded', 'many', 'Shop.Mailer', '{}', array[$1], now() from generate_series(1, 1001)`, [tag])
  expect((await once('ops-demo', { action: 'retry_job', selection: { filter: { tag } } })).status).toBe(202)
  expect((await get('ops-demo', '/jobs/export', { format: 'ndjson', tag })).text).toContain(tag)
  hidesTags = true
  try {
    const paths = ['/audit-events', '/audit-events/export?format=ndjson', `/jobs/${id}`, `/forensics/job/${id}`, '/bulk']
    const answers = await Promise.all(paths.map((path) => server.call('viewer-demo', 'GET', path)))
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200))
    for (const { text } of answers) expect(text).not.toContain('CANARY')
  } finally {
    hidesTags = false
  }
})

test('hidden reasons are not found by their words', async () => {
  const word = 'zanzibar'
  const id = await plant(own, 'reasoned')
  expect((await once('ops-demo', { action: 'retry_job', subject: { type: 'job', id }, reason: `the server in ${word} is back` })).status).toBe(200)
  expect((await get('ops-demo', '/audit-events', { q: word })).body.items).toHaveLength(1)
  for (const path of ['/audit-events', '/audit-events/export']) {
    const answer = await get('support-demo', path, { q: word, ...(path.endsWith('export') && { format: 'csv' }) })
    expect(answer.status, answer.text).toBe(403)
    expect(answer.text).not.toContain(word)
  }
})
