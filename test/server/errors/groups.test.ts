import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ErrorGroup, type ErrorGroupDetail, type ErrorGroupList, getErrorGroup, listErrorGroups } from '../../../schemas/index.ts'
import { pgBoss } from '../../../server/engines/pg-boss/index.ts'
import { type FailureReader, openFailureReader } from '../../support/errors.ts'
import { feedBaselines } from '../../../server/errors/baseline.ts'
import { operate } from '../../support/operate.ts'
import { insertJobs } from '../../support/failed-jobs.ts'
import { auth, startServer, type TestServer } from '../../support/server.ts'

let server: TestServer
let reader: FailureReader
let client: Client
let closed: string[] = []

beforeAll(async () => {
  server = await startServer({
    queues: ['mail', 'ledger'],
    auth: { ...auth, authorize: (person, action, resource) => (closed.includes(resource.queue ?? '') ? false : auth.authorize(person, action, resource)) },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
  reader = await openFailureReader(server.database.url, pgBoss(server.boss))
})
afterAll(async () => {
  await reader?.close()
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  closed = []
  await client.query(`delete from pgboss.job`)
  await client.query('truncate ops.error_group, ops.error_minute, ops.error_origin, ops.error_seen, ops.error_feed, ops.error_gap, ops.error_baseline')
})

async function list(query = '', who = 'ops-demo'): Promise<ErrorGroupList> {
  const { status, body, text } = await server.call(who, 'GET', `/errors?${query}`)
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' })
  return listErrorGroups.output.parse(body)
}
async function one(fingerprint: string, who = 'ops-demo'): Promise<ErrorGroupDetail> {
  const { body } = await server.call(who, 'GET', `/errors/${fingerprint}`)
  return getErrorGroup.output.parse(body)
}
const titles = (groups: ErrorGroup[]) => groups.map(({ queue, title, count }) => `${queue}: ${title} ×${count}`)

describe('the groups of errors', () => {
  test('hold the failures that differ only in ids, numbers, times and addresses', async () => {
    await reader.read()
    for (const n of [1, 2, 3]) await insertJobs(client, 1, { error: `connect ETIMEDOUT 10.4.0.${n}:587 (smtp-eu-2) for order ${1077 + n}` })
    await insertJobs(client, 2, { error: '401 signature mismatch' })
    await reader.read()
    const { items, summary } = await list()
    expect(titles(items)).toEqual(['mail: connect ETIMEDOUT <ip>:<int> (smtp-eu-2) for order <int> ×3', 'mail: 401 signature mismatch ×2'])
    expect(items.map(({ state, status, worker, final }) => ({ state, status, worker, final }))).toEqual([
      { state: 'new', status: 'unresolved', worker: 'mail', final: 3 },
      { state: 'new', status: 'unresolved', worker: 'mail', final: 2 },
    ])
    expect(summary).toMatchObject({ failures: 5, groups: { unresolved: 2, silenced: 0, resolved: 0 }, headline: '2 new errors make all 5 failures of the last hour.' })
  })

  test('count a failure once, however often it is read, and every attempt of a job', async () => {
    await server.boss.send('mail', {}, { retryLimit: 2, retryDelay: 0 })
    await reader.read()
    for (const attempt of [1, 2, 3]) {
      const [job] = await server.boss.fetch('mail')
      await server.boss.fail('mail', job!.id, { message: `broken pipe to 10.0.0.${attempt}` })
      await reader.read()
      await reader.read()
    }
    const { items } = await list()
    expect(titles(items)).toEqual(['mail: broken pipe to <ip> ×3'])
    expect(items[0]).toMatchObject({ total: 3, final: 1 })
    const { examples } = await one(items[0]!.fingerprint)
    expect(examples.map(({ attempt, final }) => ({ attempt, final }))).toEqual([
      { attempt: 3, final: true },
      { attempt: 2, final: false },
      { attempt: 1, final: false },
    ])
  })

  test('are not new if they had failed before anybody was reading', async () => {
    await insertJobs(client, 2, { error: 'old trouble' })
    await reader.read()
    expect((await list()).items).toMatchObject([{ title: 'old trouble', state: 'known' }])
  })

  test('never mix two queues, so that an actor who may not see one of them gets no counts from it', async () => {
    await reader.read()
    await insertJobs(client, 2, { queue: 'mail', error: 'lock timeout after 30s' })
    await insertJobs(client, 3, { queue: 'ledger', error: 'lock timeout after 31s' })
    await reader.read()
    expect(titles((await list()).items).toSorted()).toEqual(['ledger: lock timeout after <duration> ×3', 'mail: lock timeout after <duration> ×2'])
    const hiddenGroup = (await list()).items.find(({ queue }) => queue === 'ledger')!
    closed = ['ledger']
    const { items, summary } = await list()
    expect(titles(items)).toEqual(['mail: lock timeout after <duration> ×2'])
    expect(summary).toMatchObject({ failures: 2, groups: { unresolved: 1 } })
    expect((await server.call('ops-demo', 'GET', `/errors/${hiddenGroup.fingerprint}`)).status).toBe(404)
  })

  test('come page by page, each group once', async () => {
    await reader.read()
    for (let n = 0; n < 7; n++) await insertJobs(client, 1 + (n % 3), { error: `trouble of kind ${'abcdefg'[n]}` })
    await reader.read()
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await list(`limit=3${cursor}`)
      seen.push(...page.items.map(({ title }) => title))
      cursor = page.nextCursor ? `&cursor=${page.nextCursor}` : ''
    } while (cursor)
    expect(seen.toSorted()).toEqual([...'abcdefg'].map((kind) => `trouble of kind ${kind}`))
  })
})

describe('what people decide about a group', () => {
  const { preview, execute, once } = operate(() => server, 'looked into it')
  const failing = async (count = 2, error = 'boom of kind a'): Promise<string> => {
    await insertJobs(client, count, { error })
    await reader.read()
    return (await list()).items.find(({ title }) => title === error)!.fingerprint
  }
  const subject = (id: string) => ({ type: 'error_group', id })
  beforeEach(async () => reader.read())

  test('a resolved group that fails again comes back as a regression', async () => {
    const id = await failing()
    const asked = await preview('ops-demo', { action: 'resolve_error_group', subject: subject(id) })
    expect(asked.body).toMatchObject({ plan: { before: { status: 'unresolved' }, after: { status: 'resolved' } } })
    expect((await execute('ops-demo', asked)).body).toMatchObject({ event: { eventType: 'error.resolved', subject: subject(id), actor: { id: 'ops-demo' } } })
    expect((await list()).items).toEqual([])
    expect((await list('status=resolved')).items).toMatchObject([{ fingerprint: id, status: 'resolved', resolved: { by: { id: 'ops-demo' } } }])
    expect((await once('ops-demo', { action: 'resolve_error_group', subject: subject(id) })).body).toMatchObject({ code: 'illegal_transition' })
    await failing()
    expect((await list()).items).toMatchObject([{ fingerprint: id, state: 'regression', status: 'unresolved' }])
    expect((await list()).summary.rest).toBe('One error came back after being resolved.')
  })

  test('a silence has an end: a time, a rate or a number', async () => {
    const id = await failing()
    expect((await once('ops-demo', { action: 'silence_error_group', subject: subject(id), input: {} })).status).toBe(400)
    expect((await once('ops-demo', { action: 'silence_error_group', subject: subject(id), input: { until: new Date(Date.now() - 1).toISOString() } })).status).toBe(400)
    expect((await once('ops-demo', { action: 'silence_error_group', subject: subject(id), input: { untilCount: 3 } })).body).toMatchObject({ event: { eventType: 'error.silenced' } })
    expect((await list()).items).toEqual([])
    expect((await list('status=silenced')).items).toMatchObject([{ fingerprint: id, status: 'silenced', silenced: { untilCount: 3, reason: 'looked into it', by: { id: 'ops-demo' } } }])
    await insertJobs(client, 4, { error: 'boom of kind a' })
    await reader.read()
    await client.query('update ops.error_feed set fed_to = null')
    await feedBaselines(reader.kit)
    expect((await list()).items).toMatchObject([{ fingerprint: id, status: 'unresolved', silenced: { ended: { why: 'more than 3 have failed since' } } }])
    expect((await once('ops-demo', { action: 'unsilence_error_group', subject: subject(id) })).body).toMatchObject({ code: 'illegal_transition' })
  })

  test.each<[how: string, silence: object, failures: number, minutes: number, endedBy: string]>([
    ['its number is exceeded', { untilCount: 3 }, 4, 0, 'more than 3 have failed since'],
    ['its rate is exceeded', { untilRate: 1 }, 6, 1, 'more than 1 failed per minute'],
    ['its time is over', { until: new Date(Date.now() + 3_600_000).toISOString() }, 0, 61, 'its time is over'],
  ])('a silence that ends because %s is an audit event of the system, once, for those who may see the group', async (_how, silence, failures, minutes, endedBy) => {
    const id = await failing()
    const events = async (who = 'ops-demo') => (await server.call(who, 'GET', `/audit-events?subjectType=error_group&subjectId=${id}&eventType=error.silence_ended`)).body.items
    const before = (await events())!.length
    // Its clock goes ahead and never back.
    const later = await openFailureReader(server.database.url, pgBoss(server.boss))
    const feed = async () => {
      await client.query('update ops.error_feed set fed_to = null')
      await feedBaselines(later.kit)
    }
    try {
      await once('ops-demo', { action: 'silence_error_group', subject: subject(id), input: silence })
      await feed()
      expect(await events(), 'nothing has ended it').toHaveLength(before)
      if (failures) await insertJobs(client, failures, { error: 'boom of kind a' })
      later.ahead = minutes * 60_000
      await later.read()
      await list('status=silenced')
      expect(await events(), 'no request ends it').toHaveLength(before)
      await feed()
      await feed()
    } finally {
      await later.close()
    }
    expect(await events()).toHaveLength(before + 1)
    expect((await events())![0]).toMatchObject({ actor: { type: 'system' }, source: 'system', before: { silencedBy: expect.any(String) }, after: { silencedUntil: null }, metadata: { endedBy, resource: { queue: 'mail' } } })
    closed = ['mail']
    expect(await events()).toEqual([])
  })

  test('a viewer may perform none of them, and gets the reason; an unknown or hidden group is not found', async () => {
    const id = await failing()
    expect((await list('', 'viewer-demo')).items[0]!.operations).toMatchObject({ resolve_error_group: { allowed: false, reason: 'Your role is viewer.' } })
    expect((await once('viewer-demo', { action: 'resolve_error_group', subject: subject(id) })).status).toBe(403)
    closed = ['mail']
    expect((await once('ops-demo', { action: 'resolve_error_group', subject: subject(id) })).status).toBe(404)
    expect((await once('ops-demo', { action: 'resolve_error_group', subject: subject('e1:ffffffffffffffff') })).status).toBe(404)
  })

  test('all jobs of a group can be found, counted and retried, and no other', async () => {
    const id = await failing(3)
    await insertJobs(client, 2, { error: 'something else' })
    await reader.read()
    const query = `errorGroup=${id}&state=discarded`
    const { body } = await server.call('ops-demo', 'GET', `/jobs?${query}`)
    expect(body.items!.map(({ error }) => error)).toEqual(Array.from({ length: 3 }, () => 'boom of kind a'))
    expect((await server.call('ops-demo', 'GET', `/jobs/count?${query}`)).body).toMatchObject({ count: 3, how: 'exact' })
    const done = await once('ops-demo', { action: 'retry_job', selection: { filter: { errorGroup: id, state: 'discarded' } } })
    expect(done.status).toBe(200)
    const { rows } = await client.query('select state::text, count(*)::int as n from pgboss.job group by 1 order by n')
    expect(rows).toEqual([{ state: 'failed', n: 2 }, { state: 'retry', n: 3 }])
    closed = ['mail']
    expect((await server.call('ops-demo', 'GET', `/jobs?${query}`)).body.items).toEqual([])
  })
})
