import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JobHistogram, listJobs as endpoint } from '../../../schemas/index.ts'
import { startJobServer, type JobServer } from '../../support/jobs.ts'
import { auth } from '../../support/server.ts'

let server: JobServer
let mayNot: (resource: { id: string; queue?: string; worker?: string; tags?: readonly string[] }) => boolean = () => false

beforeAll(async () => {
  server = await startJobServer({
    auth: {
      ...auth,
      authorize: (person, action, resource) => (resource.type !== 'page' && mayNot(resource) ? false : auth.authorize(person, action, resource)),
    },
  })
})
afterAll(() => server?.stop())

async function list(query: Record<string, string> = {}, who = 'ops-demo') {
  const { status, body, text } = await server.call(who, 'GET', `/jobs?${new URLSearchParams(query)}`)
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' })
  return endpoint.output.parse(body)
}
const ids = async (query: Record<string, string>) => (await list(query)).items.map(({ id }) => id)

describe('the list of jobs', () => {
  test('goes from the newest to the oldest, page by page, while others are created', async () => {
    for (let n = 0; n < 25; n++) await server.oban.insert({ queue: 'paging', insertedIn: n - 100, args: `{"n":${n}}` })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await list({ queue: 'paging', limit: '10', ...(cursor === undefined ? {} : { cursor }) })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
      await server.oban.insert({ queue: 'paging', insertedIn: 1 })
    } while (cursor !== undefined)
    expect(seen).toHaveLength(25)
    expect(new Set(seen).size).toBe(25)
    expect(seen.map(Number)).toEqual(seen.map(Number).toSorted((a, b) => b - a))
    const oldest = await list({ queue: 'paging', limit: '3', order: 'oldest' })
    expect(oldest.items.map(({ args }) => args)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }])
  })

  test('refuses a cursor that no page returned', async () => {
    for (const cursor of ['zz', `e${Buffer.from('nonsense').toString('base64url')}`]) {
      const answer = await server.call('ops-demo', 'GET', `/jobs?cursor=${cursor}`)
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ path: 'query.cursor' }] } })
    }
  })

  test('is narrowed by each filter, and by all of them together', async () => {
    const queue = 'narrow'
    const failed = await server.oban.insert({
      queue, state: 'discarded', worker: 'Shop.Report', tags: ['vip', 'eu'], args: '{"order":{"id":7,"lines":[1,2]},"kind":"report"}',
      errors: [{ attempt: 1, at: '2026-01-01T00:00:00Z', error: 'Timeout at 100% of it' }], attempt: 1, insertedIn: -7200, discardedIn: -3600,
    })
    const due = await server.oban.insert({ queue, state: 'scheduled', scheduledIn: 3600, worker: 'Shop.Mailer', tags: ['eu'], insertedIn: -60 })
    const instant = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
    const expected: [Record<string, string>, string[]][] = [
      [{ queue }, [due, failed]],
      [{ queue, state: 'discarded' }, [failed]],
      [{ queue, state: 'discarded,scheduled' }, [due, failed]],
      [{ queue, state: 'executing' }, []],
      [{ queue, worker: 'Shop.Report' }, [failed]],
      [{ id: due }, [due]],
      [{ queue, tag: 'vip' }, [failed]],
      [{ queue, args: '{"order":{"lines":[2]}}' }, [failed]],
      [{ queue, args: '{"order":{"id":8}}' }, []],
      [{ queue, error: '100% OF' }, [failed]],
      [{ queue, error: '100_ of' }, []],
      [{ queue, words: '100% of' }, [failed]],
      [{ queue, words: 'KIND":"rep' }, []],
      [{ queue, words: 'report' }, [failed]],
      [{ queue, notQueue: 'another' }, [due, failed]],
      [{ notQueue: queue, worker: 'Shop.Report' }, []],
      [{ queue, from: instant(-1800) }, [due]],
      [{ queue, time: 'created', to: instant(-1800) }, [failed]],
      [{ queue, time: 'due', from: instant(1800), to: instant(5400) }, [due]],
      [{ queue, time: 'finished', from: instant(-4000), to: instant(-3000) }, [failed]],
      [{ queue, state: 'discarded', worker: 'Shop.Report', tag: 'eu', args: '{"kind":"report"}', error: 'timeout', id: failed }, [failed]],
    ]
    for (const [query, found] of expected) expect({ query, found: await ids(query) }).toEqual({ query, found })
    // Whatever the list is sorted by, these are the jobs of it.
    for (const [query, found] of expected) {
      for (const sort of ['due', 'finished']) expect({ query, sort, found: (await ids({ ...query, sort })).toSorted() }).toEqual({ query, sort, found: found.toSorted() })
    }
  })

  test('preserves numbers beyond 2^53, and finds jobs by them', async () => {
    const id = await server.oban.insert({ queue: 'exact', args: '{"orderId":9007199254740993,"deep":[{"n":-1.5e400}]}' })
    await server.oban.insert({ queue: 'exact', args: '{"orderId":9007199254740992}' })
    const { text } = await server.call('ops-demo', 'GET', '/jobs?queue=exact')
    expect(text).toContain('"orderId":9007199254740993')
    expect(text).toMatch(/"n":-1(5\d{399}|\.5e400)/)
    expect(await ids({ queue: 'exact', args: '{"orderId":9007199254740993}' })).toEqual([id])
  })

  test('leaves out jobs that the host hides from the actor, without revealing that there are any', async () => {
    const shown = await server.oban.insert({ queue: 'mixed', worker: 'Open' })
    const secret = await server.oban.insert({ queue: 'mixed', worker: 'Closed', tags: ['tenant-b'], args: '{"who":"b"}' })
    mayNot = ({ tags }) => tags?.includes('tenant-b') ?? false
    try {
      const page = await list({ queue: 'mixed' })
      expect(page.items.map(({ id }) => id)).toEqual([shown])
      expect(Object.keys(page).toSorted()).toEqual(['asOf', 'items'])
      // Nobody learns by a search what is inside a job they may not see.
      expect(await list({ queue: 'mixed', args: '{"who":"b"}' })).toEqual({ items: [], asOf: expect.any(String) })
      expect((await server.call('ops-demo', 'GET', `/jobs/count?queue=mixed&args=${encodeURIComponent('{"who":"b"}')}`)).body).toMatchObject({ count: 0 })
      expect((await server.call('ops-demo', 'GET', `/jobs/${secret}`)).status).toBe(404)
    } finally {
      mayNot = () => false
    }
  })

  test('is sorted by the time that was asked for, page by page, and says so', async () => {
    const queue = 'by_end'
    const ended: string[] = []
    for (const discardedIn of [-30, -10, -50, -20, -40]) ended.push(await server.oban.insert({ queue, state: 'discarded', discardedIn, insertedIn: -3600 }))
    const expected = [1, 3, 0, 4, 2].map((index) => ended[index])
    for (const order of ['newest', 'oldest']) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await list({ queue, sort: 'finished', order, limit: '2', ...(cursor === undefined ? {} : { cursor }) })
        expect(page.sortedBy).toBe('finished')
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(seen).toEqual(order === 'newest' ? expected : expected.toReversed())
    }
    expect((await list({ queue })).sortedBy).toBeUndefined()
    const byCreation = (await list({ queue, limit: '2' })).nextCursor!
    expect((await server.call('ops-demo', 'GET', `/jobs?${new URLSearchParams({ queue, sort: 'finished', cursor: byCreation })}`)).status).toBe(400)
  })

  test('refuses invalid input, naming the field and without repeating what may be secret', async () => {
    const wrong = ['state=running', 'args=%7Bnot', 'from=yesterday', 'cursor=zzz', 'cursor=e', 'limit=500', 'colour=red', 'args=%7B%22a%22:%22%5Cu0000%22%7D', 'args=%7B%22%5Cud800%22:1%7D', 'from=0000-01-01T00:00:00Z', 'incident=nope', 'errorGroup=nope', 'sort=colour']
    for (const query of wrong) {
      const { status, body } = await server.call('ops-demo', 'GET', `/jobs?${query}`)
      expect({ query, status, code: body.code }).toEqual({ query, status: 400, code: 'invalid_request' })
    }
    const { text } = await server.call('ops-demo', 'GET', `/jobs?error=${'x'.repeat(301)}CANARY&args=CANARY`)
    expect(text).not.toContain('CANARY')
  })
})

describe('counts', () => {
  test('report the number and how it was counted', async () => {
    for (let n = 0; n < 3; n++) await server.oban.insert({ queue: 'counted', state: n ? 'available' : 'retryable', args: `{"n":${n}}` })
    const count = async (query: string) => (await server.call('ops-demo', 'GET', `/jobs/count?${query}`)).body
    expect(await count('queue=counted')).toMatchObject({ count: 3, how: 'exact' })
    expect(await count('queue=counted&state=available')).toMatchObject({ count: 2, how: 'exact' })
    expect(await count(`queue=counted&args=${encodeURIComponent('{"n":1}')}`)).toMatchObject({ count: 1, how: 'exact' })
  })

  test('never reveal jobs that the host hides from the actor, whatever the filter', async () => {
    const queue = 'counted_closed'
    await server.oban.insertMany({ queue, worker: 'Closed.One', tags: ['tenant-c'] }, 3)
    const open = await server.oban.insert({ queue, worker: 'Open.One' })
    const closed = await server.oban.insert({ queue, tags: ['tenant-c'] })
    const count = async (query: string) => (await server.call('ops-demo', 'GET', `/jobs/count?${query}`)).body
    expect(await count(`queue=${queue}`)).toMatchObject({ count: 5, how: 'exact' })
    mayNot = ({ tags }) => tags?.includes('tenant-c') ?? false
    try {
      for (const query of [`queue=${queue}`, `queue=${queue}&state=available`, 'worker=Open.One', `id=${open}`]) expect(await count(query)).toMatchObject({ count: 1, how: 'exact' })
      for (const query of ['tag=tenant-c', 'worker=Closed.One', `id=${closed}`]) expect(await count(query)).toMatchObject({ count: 0 })
    } finally {
      mayNot = () => false
    }
  })

  test('beyond a thousand say that not every job could be authorized', async () => {
    const ids = await server.oban.insertMany({ queue: 'counted_many' }, 1500)
    const count = async () => (await server.call('ops-demo', 'GET', '/jobs/count?queue=counted_many')).body
    expect(await count()).toMatchObject({ count: 1500, how: 'exact', mayIncludeWithheld: true })
    const kept = new Set(ids.slice(0, 100))
    mayNot = ({ id }) => kept.has(id)
    try {
      expect(await count()).toMatchObject({ count: 1400, how: 'exact', mayIncludeWithheld: true })
    } finally {
      mayNot = () => false
    }
  })
})

describe('the histogram', () => {
  const histogram = async (query: Record<string, string>) => (await server.call('ops-demo', 'GET', `/jobs/histogram?${new URLSearchParams(query)}`)).body as unknown as JobHistogram
  const sum = (counts: (number | null)[]) => counts.reduce<number>((total, count) => total + (count ?? 0), 0)

  test('counts every matching job by the time of the list, within the range that was asked for', async () => {
    const queue = 'by_time'
    for (const discardedIn of [-600, -500, -10]) await server.oban.insert({ queue, state: 'discarded', discardedIn, insertedIn: -7200 })
    const instant = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
    const all = await histogram({ queue, sort: 'finished' })
    expect(all).toMatchObject({ jobs: 3, partial: false, sortedBy: 'finished' })
    expect([sum(all.counts), all.counts[0], all.counts.at(-1), all.counts.length]).toEqual([3, 1, 1, 60])
    expect(all.first).toBe(all.from)
    const range = { time: 'finished', from: instant(-545), to: instant(55) }
    const narrowed = await histogram({ queue, sort: 'finished', ...range })
    expect(narrowed).toMatchObject({ from: range.from, to: range.to, jobs: 2 })
    expect(narrowed.counts.flatMap((count, index) => (count ? [index] : []))).toEqual([4, 53])
    expect(await histogram({ queue: 'no_such' })).toMatchObject({ jobs: 0, partial: false })
  })

  test('counts a thousand jobs, and says where it did not count', async () => {
    const queue = 'by_time_many'
    await server.oban.insertMany({ queue, insertedIn: -600 }, 700)
    await server.oban.insertMany({ queue, insertedIn: -10 }, 700)
    const answer = await histogram({ queue, from: new Date(Date.now() - 3_600_000).toISOString() })
    expect(answer).toMatchObject({ jobs: 1000, partial: true })
    expect(answer.counts[0]).toBeNull()
    expect(sum(answer.counts)).toBe(1000)
  })

  test('knows nothing of jobs that the actor may not see', async () => {
    const queue = 'by_time_closed'
    await server.oban.insertMany({ queue, tags: ['tenant-h'] }, 3)
    await server.oban.insert({ queue })
    mayNot = ({ tags }) => tags?.includes('tenant-h') ?? false
    try {
      expect(await histogram({ queue })).toMatchObject({ jobs: 1, partial: false })
    } finally {
      mayNot = () => false
    }
  })
})

describe('hints', () => {
  const hint = async (field: string, prefix: string) => (await server.call('ops-demo', 'GET', `/jobs/hints?${new URLSearchParams({ field, prefix })}`)).body.values

  test('are values of queues, workers and tags', async () => {
    await server.oban.insert({ queue: 'hinted_queue', worker: 'Hinted.Worker', tags: ['hinted-tag'], args: '{"hinted":"hinted-arg"}' })
    expect(await hint('queue', 'HINTED')).toEqual(['hinted_queue'])
    expect(await hint('worker', 'hinted')).toEqual(['Hinted.Worker'])
    expect(await hint('tag', 'hinted')).toEqual(['hinted-tag'])
  })

  test('are paths and values of arguments, from the newest jobs, with what tells them apart', async () => {
    const queue = 'args_hinted'
    for (let order = 0; order < 6; order++) await server.oban.insert({ queue, args: JSON.stringify({ order: 1000 + order, origin: order < 4 ? 'shop' : 'admin', to: { 'e.mail': 'x', zip: '0815', big: 1 }, lines: [1] }) })
    await server.oban.insert({ queue, args: '{"order":9007199254740993}' })
    const hinted = async (query: Record<string, string>) => (await server.call('ops-demo', 'GET', `/jobs/hints?${new URLSearchParams({ field: 'args', queue, ...query })}`)).body
    expect(await hinted({ prefix: 'O' })).toMatchObject({ values: ['order', 'origin'], hints: [{ kind: 'number', count: 7 }, { kind: 'string', count: 6, often: [{ value: 'shop', count: 4 }, { value: 'admin', count: 2 }] }] })
    expect((await hinted({})).values).toEqual(['order', 'lines', 'origin', 'to.big', 'to.zip'])
    expect((await hinted({ prefix: 'to.b' })).hints).toEqual([{ value: 'to.big', kind: 'number', count: 6, min: 1, max: 1 }])
    expect((await hinted({ path: 'origin', prefix: 'AD' })).hints).toEqual([{ value: 'admin', kind: 'string', count: 2 }])
    expect((await hinted({ path: 'order', prefix: '9' })).values).toEqual(['9007199254740993'])
    expect((await hinted({ path: 'to.zip' })).values).toEqual(['0815'])
    expect((await hinted({ state: 'discarded' })).values).toEqual([])
  })

  test('leave out what the actor may not see', async () => {
    mayNot = ({ queue, worker, tags }) => queue === 'hinted_queue' || worker === 'Hinted.Worker' || (tags?.includes('hinted-tag') ?? false)
    try {
      for (const field of ['queue', 'worker', 'tag']) expect(await hint(field, 'hinted')).toEqual([])
    } finally {
      mayNot = () => false
    }
  })
})
