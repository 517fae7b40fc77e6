import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problem } from '../../schemas/index.ts'
import { startJobServer, type JobServer } from '../support/jobs.ts'
import { type Answer, startServer, type TestServer } from '../support/server.ts'

let oban: JobServer
let boss: TestServer
beforeAll(async () => {
  ;[oban, boss] = await Promise.all([startJobServer(), startServer({ queues: ['nightly_sync', 'mail'] })])
  await oban.oban.insert({ queue: 'mail' })
})
afterAll(() => Promise.all([oban?.stop(), boss?.stop()]))

const id = crypto.randomUUID()
const base64 = (text: string) => Buffer.from(text).toString('base64url')

/** A refusal is a whole problem: its code, its status, where to find it, and no trace of our insides. */
function expectProblem(answer: Answer, statuses: readonly number[] = [400]): void {
  expect(answer.headers.get('content-type'), answer.text).toContain('application/problem+json')
  const { code, detail, requestId } = problem.parse(answer.body)
  expect(statuses, `${answer.status} ${code} ${detail}`).toContain(answer.status)
  expect(requestId).toBe(answer.headers.get('x-request-id'))
  expect(answer.text).not.toMatch(/\bat .*\.[jt]s:\d+|node_modules|select |insert |relation|syntax|bigint|::/i)
}

const both = () => [oban, boss]

const lists = ['/jobs', '/jobs/count', '/jobs/export', '/bulk', `/bulk/${id}/items`, '/queues']

describe('addresses', () => {
  test.each([
    'state=', 'state=nonsense', 'state=completed,', 'state=constructor', 'state=__proto__', 'state=a%00', 'queue=', 'queue=%00', `queue=${'x'.repeat(301)}`,
    'worker=%00', 'tag=%00', 'id=%00', `id=${'9'.repeat(401)}`, 'error=%00', `error=${'x'.repeat(301)}`,
    'args=', 'args=1', 'args=null', 'args=[]', 'args={', 'args={"a":1}}', 'args={"a":"%00"}', 'args={"a":"\\u0000"}', 'args={"\\u0000":1}', 'args={"a":"\\ud800"}', 'args={"a":1E%2B999999999}', 'args={"a":-1.5e-20000}', `args={"a":${'['.repeat(1_990)}${']'.repeat(1_990)}}`, `args={"a":${'['.repeat(100)}${']'.repeat(100)}}`, `args={"a":"${'x'.repeat(4000)}"}`,
    'cronEntry=%00', 'time=never', 'from=yesterday', 'from=2026-13-01T00:00:00Z', 'to=2026-01-01', 'to=%00', 'from=', 'queue=a&queue=b', 'limit=0', 'limit=-1', 'limit=201', 'limit=1.5',
    'limit=99999999999999999999', 'limit=ten', 'limit=', 'order=sideways', 'cursor=x', 'cursor=%00', 'cursor=', `cursor=${'A'.repeat(5000)}`,
  ].map((query) => [query]))('jobs?%s is refused', async (query) => {
    for (const server of both()) expectProblem(await server.call('ops-demo', 'GET', `/jobs?${query}`))
  })

  test.each([
    ['/jobs', ['e', 'c', 'e!!', `e${base64('\0')}`, `e${base64('x')}`, `e${base64('{}')}`, `e${base64('[]')}`, `e${base64('null')}`, `e${base64('["a","b"]')}`, `e${base64('9999-99-99 99:99:99+00|1')}`, `e${base64('2026-01-01T00:00:00Z|not-a-uuid')}`]],
    ['/jobs?cronEntry=nightly_sync', [`c${base64('9999-99-99 99:99:99+00|1')}`, `c${base64('2026-01-01 00:00:00+00|9999999999999999999')}`]],
    ['/bulk', [base64('9999-99-99 99:99:99+00|' + id), base64('2026-01-01 00:00:00+00|------------------------------------'), base64('999999-01-01 00:00:00+00|' + id)]],
    ['/queues', [base64('{"queue":1}'), base64('{"queue":"\\u0000"}'), base64('null'), base64('[]')]],
  ] as const)('%s refuses a cursor that no page gave', async (path, cursors) => {
    for (const server of both()) {
      for (const cursor of cursors) expectProblem(await server.call('ops-demo', 'GET', `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams({ cursor }).toString()}`))
    }
  })

  test('what is strange but well formed finds nothing, and nothing breaks', async () => {
    const strange = [
      'id=99999999999999999999999', 'id=-1', 'id=1e9', 'id=0x10', 'id=%27%3B--', 'id=1%2C2', 'id=constructor', 'queue=constructor', 'queue=%25_%5C', 'queue=__proto__', 'worker=%27', 'error=%25', 'error=%5C',
      'error=%5C%5C%25_', 'args={}', 'args={"__proto__":{"a":1}}', 'args={"a":1e400}', 'args={"a":99999999999999999999999999999999999999}', 'args={"a":-0}', 'args={"a":1.0000000000000000000000001}', 'args={"a":[[[[]]]]}',
      'from=0001-01-01T00:00:00Z', 'to=9999-12-31T23:59:59.999999999Z', 'from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'from=2026-01-01T00:00:00.000001%2B14:00', 'time=due', 'time=finished&from=2026-01-01T00:00:00-12:00',
      'cronEntry=nobody', 'cronEntry=%27', 'state=discarded,discarded,discarded',
    ]
    for (const server of both()) {
      for (const query of strange) {
        for (const path of ['/jobs', '/jobs/count', '/jobs/export']) {
          const answer = await server.call('ops-demo', 'GET', `${path}?${query}${path.endsWith('export') ? '&format=csv' : ''}`)
          expect([200, 422], `${path}?${query} ${answer.text.slice(0, 300)}`).toContain(answer.status)
        }
      }
    }
    expect([...oban.logged, ...boss.logged].filter((line) => line.includes('"level":"error"'))).toEqual([])
  })

  test('a path with an id of nobody is not found, and one that is none is refused', async () => {
    for (const server of both()) {
      for (const name of ['x', '-1', '99999999999999999999999', '%27%3B--', 'a%2Fb', 'mail%3A1', '%E2%82%AC', '..%2F..', id]) {
        expectProblem(await server.call('ops-demo', 'GET', `/jobs/${name}`), [404])
      }
      for (const name of ['%00', '%ED%A0%80', '%', `${'9'.repeat(401)}`]) expectProblem(await server.call('ops-demo', 'GET', `/jobs/${name}`))
      for (const path of ['', '/items', '/export?format=csv', '/abort']) {
        expectProblem(await server.call('ops-demo', path === '/abort' ? 'POST' : 'GET', `/bulk/not-a-uuid${path}`))
        expectProblem(await server.call('ops-demo', path === '/abort' ? 'POST' : 'GET', `/bulk/${id}${path}`), [404])
      }
      for (const query of ['outcome=nonsense', 'outcome=', 'limit=0', 'state=discarded']) expectProblem(await server.call('ops-demo', 'GET', `/bulk/${id}/items?${query}`))
      for (const query of ['', 'format=xml', 'format=', 'format=csv&format=csv', 'format=csv&cursor=x', 'format=csv&limit=5']) expectProblem(await server.call('ops-demo', 'GET', `/jobs/export?${query}`))
      for (const query of ['', 'field=colour', 'field=error', 'field=constructor', 'field=queue&prefix=%00', `field=queue&prefix=${'x'.repeat(301)}`]) expectProblem(await server.call('ops-demo', 'GET', `/jobs/hints?${query}`))
      for (const query of ['field=queue&prefix=%25', 'field=queue&prefix=_', 'field=queue&prefix=%5C', 'field=queue&prefix=']) {
        expect((await server.call('ops-demo', 'GET', `/jobs/hints?${query}`)).status).toBe(200)
      }
      expect((await server.call('ops-demo', 'GET', '/jobs/hints?field=queue&prefix=%25')).body).toMatchObject({ values: [] })
    }
  })

  test('lists say which field they do not know', async () => {
    for (const path of lists) {
      const answer = await boss.call('ops-demo', 'GET', `${path}?${path.endsWith('export') ? 'format=csv&' : ''}nonsense=1`)
      expectProblem(answer)
      expect(answer.text).toContain('nonsense')
    }
  })
})

describe('saved views', () => {
  test.each([
    ['filters of nobody', { filters: { nonsense: '1' } }],
    ['filters that are a list', { filters: [] }],
    ['no filters', {}],
    ['a NUL byte', { filters: { queue: 'a\0' } }],
    ['args that are none', { filters: { args: '{' } }],
    ['args with a NUL byte inside', { filters: { args: '{"a":"\\u0000"}' } }],
    ['a number', { filters: { queue: 7 } }],
    ['a cursor', { filters: { cursor: 'x' } }],
    ['an order of nobody', { filters: { order: 'sideways' } }],
  ])('with %s are refused', async (_, body) => {
    expectProblem(await oban.call('ops-demo', 'PUT', '/job-views/mine', body))
  })

  test('need a name that can be kept', async () => {
    for (const name of ['%00', '%ED%A0%80', 'x'.repeat(101)]) {
      expectProblem(await oban.call('ops-demo', 'PUT', `/job-views/${name}`, { filters: {} }))
      expectProblem(await oban.call('ops-demo', 'DELETE', `/job-views/${name}`))
    }
  })
})

describe('operations on jobs and queues', () => {
  const subject = { type: 'job', id: '1' }
  test.each([
    ['neither subject nor selection', { action: 'retry_job' }],
    ['both', { action: 'retry_job', subject, selection: { ids: ['1'] } }],
    ['a selection that is null', { action: 'retry_job', selection: null }],
    ['a selection of nothing', { action: 'retry_job', selection: {} }],
    ['no ids', { action: 'retry_job', selection: { ids: [] } }],
    ['ids that are numbers', { action: 'retry_job', selection: { ids: [1] } }],
    ['an empty id', { action: 'retry_job', selection: { ids: [''] } }],
    ['an id with a NUL byte', { action: 'retry_job', selection: { ids: ['a\0'] } }],
    ['an id with a lone surrogate', { action: 'retry_job', selection: { ids: ['a\ud800'] } }],
    ['too many ids', { action: 'retry_job', selection: { ids: Array.from({ length: 10_001 }, (_, n) => String(n)) } }],
    ['ids and a filter', { action: 'retry_job', selection: { ids: ['1'], filter: {} } }],
    ['versions that are numbers', { action: 'retry_job', selection: { ids: ['1'], seen: { 1: 1 } } }],
    ['a filter of nobody', { action: 'retry_job', selection: { filter: { nonsense: 'x' } } }],
    ['a state of nobody', { action: 'retry_job', selection: { filter: { state: 'nonsense' } } }],
    ['args that are an object', { action: 'retry_job', selection: { filter: { args: { a: 1 } } } }],
    ['args with a NUL byte inside', { action: 'retry_job', selection: { filter: { args: '{"a":"\\u0000"}' } } }],
    ['a time that is none', { action: 'retry_job', selection: { filter: { from: 'yesterday' } } }],
    ['a bulk run that is none', { action: 'retry_job', selection: { bulk: 'x' } }],
    ['a version with a NUL byte', { action: 'retry_job', subject, input: { seen: 'a\0' } }],
    ['input of nobody', { action: 'retry_job', subject, input: { force: true } }],
    ['a subject of another kind', { action: 'retry_job', subject: { type: 'queue', id: 'mail' } }],
    ['an empty queue', { action: 'pause_queue', subject: { type: 'queue', id: '' } }],
    ['a queue with a NUL byte', { action: 'pause_queue', subject: { type: 'queue', id: 'a\0' } }],
    ['a selection of queues', { action: 'pause_queue', selection: { ids: ['mail'] } }],
    ['no limit', { action: 'scale_queue', subject: { type: 'queue', id: 'mail' } }],
    ['half a job at once', { action: 'scale_queue', subject: { type: 'queue', id: 'mail' }, input: { limit: 1.5 } }],
    ['no job at once', { action: 'scale_queue', subject: { type: 'queue', id: 'mail' }, input: { limit: 0 } }],
    ['too many at once', { action: 'scale_queue', subject: { type: 'queue', id: 'mail' }, input: { limit: 1e9 } }],
  ])('are refused with %s, as a preview and in one shot, and say where', async (_, body) => {
    for (const server of both()) {
      const reason = 'a test of bad input'
      const answers = [
        await server.call('ops-demo', 'POST', '/previews', body),
        await server.call('ops-demo', 'POST', '/operations', { ...body, reason }, { 'idempotency-key': crypto.randomUUID() }),
      ]
      for (const answer of answers) {
        expectProblem(answer)
        expect(answer.body.detail, answer.text).toMatch(/^body\.(subject|selection|input|reason)/)
        expect(answer.body.detail, answer.text).not.toMatch(/: Invalid input$/)
      }
    }
  })

  test('about what is not there are not found, whatever its id looks like', async () => {
    for (const server of both()) {
      for (const name of ['x', '-1', '99999999999999999999999', "';--", '%', 'constructor', '__proto__', id]) {
        for (const body of [{ subject: { type: 'job', id: name } }, { selection: { ids: [name], seen: { [name]: 'v' } } }, { selection: { filter: { id: name } } }]) {
          const answer = await server.call('ops-demo', 'POST', '/previews', { action: 'retry_job', ...body })
          const { status } = answer
          // A selection names what is gone, and that nothing of it can be done is said when it is confirmed.
          expect('selection' in body && body.selection?.ids ? [201] : [404], answer.text).toContain(status)
        }
      }
    }
  })
})
