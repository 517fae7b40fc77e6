import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Endpoint, endpoints, problem } from '../../schemas/index.ts'
import { type Answer, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.stop())

const all = Object.values(endpoints) as unknown as Endpoint[]
const subject = { type: 'cron_entry', id: 'nightly_sync' }
const create = (input: object) => ({
  action: 'create_cron_entry',
  subject: { type: 'cron_entry', id: 'runtime_one' },
  reason: 'a test of bad input',
  input: { queue: 'nightly_sync', expression: '0 3 * * *', ...input },
})
const id = crypto.randomUUID()
const nested = (depth: number): object => JSON.parse(`${'{"a":'.repeat(depth)}{}${'}'.repeat(depth)}`) as object

/** A refusal is a complete problem document: code, status, location, and no trace of internals. */
function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer.headers.get('content-type'), answer.text).toContain('application/problem+json')
  const parsed = problem.parse(answer.body)
  expect({ status: answer.status, code: parsed.code, detail: parsed.detail }).toMatchObject({ status, code })
  expect(parsed.requestId).toBe(answer.headers.get('x-request-id'))
  expect(answer.text).not.toMatch(/\bat .*\.[jt]s:\d+|node_modules|select |insert /i)
}

const ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => server.call('ops-demo', method, path, body, headers)
const operate = (body: unknown, headers: Record<string, string> = {}) => ask('POST', '/operations', body, { 'idempotency-key': crypto.randomUUID(), ...headers })

describe('every endpoint', () => {
  const paths = all
    .filter(({ access }) => access !== 'public')
    .map((endpoint) => ({ endpoint, path: endpoint.path.replace('{id}', id).replace('{name}', 'nightly_sync').replace('{subjectType}', 'cron_entry').replace('{subjectId}', 'x') }))

  test.each(paths.map(({ endpoint, path }) => [`${endpoint.method} ${endpoint.path}`, endpoint, path] as const))('%s refuses an unknown query key', async (_, endpoint, path) => {
    const body = endpoint.method === 'POST' || endpoint.method === 'PUT' ? {} : undefined
    expectProblem(await ask(endpoint.method, `${path}?nonsense=1`, body, { 'idempotency-key': 'k' }), 400, 'invalid_request')
  })

  test.each(paths.filter(({ endpoint }) => endpoint.body).map(({ endpoint, path }) => [endpoint.method, endpoint.path, path] as const))('%s %s refuses every kind of broken body', async (method, _, path) => {
    const headers = { 'idempotency-key': 'k' }
    expectProblem(await ask(method, path, '{"action": ', headers), 400, 'invalid_request')
    expectProblem(await ask(method, path, '', headers), 400, 'invalid_request')
    for (const body of ['null', '[]', '3', '"text"', '{}', '{"unknown":true}', '{"__proto__":{"x":1}}']) {
      expectProblem(await ask(method, path, body, headers), 400, 'invalid_request')
    }
    expectProblem(await ask(method, path, 'action=pause', { ...headers, 'content-type': 'application/x-www-form-urlencoded' }), 415, 'unsupported_media_type')
    expectProblem(await ask(method, path, `{"pad":"${'x'.repeat(1_100_000)}"}`, headers), 413, 'payload_too_large')
  })

  test.each(paths.map(({ endpoint, path }) => [endpoint.path, endpoint, path] as const))('%s refuses other methods and says which it accepts', async (_, endpoint, path) => {
    const answer = await ask('PATCH', path)
    expectProblem(answer, 405, 'method_not_allowed')
    expect(answer.headers.get('allow')).toContain(endpoint.method)
  })

  test('an endless body, sent in chunks, is cut off at the limit', async () => {
    const url = new URL(`${server.api}/operations`)
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(url, { method: 'POST', headers: { authorization: 'Bearer ops-demo', 'content-type': 'application/json', 'idempotency-key': 'k', 'transfer-encoding': 'chunked' } })
      request.on('response', (response) => {
        resolve(response.statusCode!)
        request.destroy()
      })
      request.on('error', reject)
      const chunk = 'x'.repeat(64 * 1024)
      for (let sent = 0; sent < 24; sent++) request.write(chunk)
    })
    expect(status).toBe(413)
  })
})

describe('operations', () => {
  test.each([
    ['an unknown action', { action: 'drop_everything', subject }],
    ['a subject of the wrong type', { action: 'pause_cron_entry', subject: { type: 'job', id: 'x' } }],
    ['a subject that is a string', { action: 'pause_cron_entry', subject: 'cron_entry:nightly_sync' }],
    ['an unknown field', { action: 'pause_cron_entry', subject, force: true }],
    ['an unknown input', { action: 'pause_cron_entry', subject, input: { until: 'tomorrow' } }],
    ['an invalid time', { action: 'pause_cron_entry', subject, input: { resumeAt: 'tomorrow' } }],
    ['a time without a zone', { action: 'pause_cron_entry', subject, input: { resumeAt: '2030-01-01T00:00:00' } }],
    ['a time in the past', { action: 'pause_cron_entry', subject, input: { resumeAt: '2001-01-01T00:00:00Z' } }],
    ['a NUL byte in the name', { action: 'pause_cron_entry', subject: { ...subject, id: 'a\0b' } }],
    ['a lone surrogate in the name', { action: 'pause_cron_entry', subject: { ...subject, id: 'a\ud800b' } }],
    ['a NUL byte in the reason', { action: 'pause_cron_entry', subject, reason: 'why\0not' }],
    ['a lone surrogate in the reason', { action: 'pause_cron_entry', subject, reason: 'why\udfff' }],
    ['a reason that is a number', { action: 'pause_cron_entry', subject, reason: 12345678 }],
    ['an overlong reason', { action: 'pause_cron_entry', subject, reason: 'x'.repeat(2_001) }],
    ['a NUL byte deep in args', create({ args: { a: [{ b: 'x\0' }] } })],
    ['a lone surrogate as a key of args', create({ args: { 'a\ud800': 1 } })],
    ['args that are a list', create({ args: [1] })],
    ['args nested far too deep', create({ args: nested(2_000) })],
    ['args nested one level too deep', create({ args: nested(100) })],
    ['a time beyond the year 9999 in UTC', { action: 'pause_cron_entry', subject, input: { resumeAt: '9999-12-31T23:59:59-10:00' } }],
    ['a time before the year 1 in UTC', { action: 'pause_cron_entry', subject, input: { resumeAt: '0001-01-01T00:00:00+10:00' } }],
    ['an offset that exists nowhere', { action: 'pause_cron_entry', subject, input: { resumeAt: '2030-01-01T00:00:00+16:00' } }],
    ['a second with a thousand digits', { action: 'pause_cron_entry', subject, input: { resumeAt: `2030-01-01T00:00:00.${'1'.repeat(1_000)}Z` } }],
    ['six fields', create({ expression: '0 0 3 * * *' })],
    ['four fields', create({ expression: '0 3 * *' })],
    ['a minute beyond the hour', create({ expression: '61 * * * *' })],
    ['words instead of an expression', create({ expression: 'every day' })],
    ['an expression that never fires', create({ expression: '0 0 31 2 *' })],
    ['an unknown timezone', create({ timezone: 'Mars/Olympus' })],
    ['a NUL byte in the timezone', create({ timezone: 'Etc/\0UTC' })],
    ['an unknown overlap', create({ overlap: 'maybe' })],
    ['no catch-up at all', create({ maxCatchUp: 0 })],
    ['half a catch-up', create({ maxCatchUp: 1.5 })],
    ['a name with a space', { ...create({}), subject: { type: 'cron_entry', id: 'two words' } }],
    ['a slot that the expression does not have', { action: 'skip_cron_slot', subject, input: { slotAt: '2030-01-01T00:00:01Z' } }],
    ['a slot in the past', { action: 'skip_cron_slot', subject, input: { slotAt: '2020-01-01T02:00:00Z' } }],
  ])('refuse %s, in one shot and as a preview', async (_, body) => {
    expectProblem(await operate(body), 400, 'invalid_request')
    const { reason: _reason, ...shown } = body as { reason?: unknown }
    if (_reason === undefined || 'input' in shown) expectProblem(await ask('POST', '/previews', shown), 400, 'invalid_request')
  })

  test.each([
    [{ action: 'pause_cron_entry', subject, input: { resumeAt: 'soon' } }, 'body.input.resumeAt: expected an ISO-8601 instant with its offset, e.g. 2026-11-21T06:00:00Z; got "soon"'],
    [create({ overlap: 'maybe' }), /^body\.input\.overlap: .*expected one of .*"queue_one".*; got "maybe"$/],
    [create({ maxCatchUp: 0 }), /^body\.input\.maxCatchUp: .*>=1; got 0$/],
    [create({ queue: 7 }), /^body\.input\.queue: .*expected string, received number$/],
    [create({ expression: '0 25 * * *' }), /25.*expected.*23/],
  ])('a refusal says where, what was expected and what was received: %j', async (body, detail) => {
    expect((await operate(body)).body.detail).toEqual(typeof detail === 'string' ? detail : expect.stringMatching(detail))
  })

  test('args nested a hundred levels deep, and a number that JavaScript cannot represent, are accepted unchanged', async () => {
    const answer = await operate({ ...create({ args: nested(99) }), subject: { type: 'cron_entry', id: 'nested_args' } })
    expect(answer.status, answer.text).toBe(200)
    expect((await ask('GET', '/cron-entries/nested_args')).body.args).toEqual(nested(99))
    for (const args of ['{"a":12345678901234567890}', '{"a":1e300}', '{"a":"1E+999999999"}']) {
      expect((await ask('GET', `/jobs?args=${encodeURIComponent(args)}`)).status).toBe(200)
    }
  })

  test('an entry that does not exist is not found', async () => {
    expectProblem(await operate({ action: 'pause_cron_entry', subject: { ...subject, id: 'nobody' } }), 404, 'not_found')
  })

  test('a missing or short required reason has its own code', async () => {
    const { reason: _, ...silent } = create({})
    expectProblem(await operate(silent), 422, 'reason_required')
    expectProblem(await operate({ ...silent, reason: '    ' }), 422, 'reason_required')
    expectProblem(await operate({ ...silent, reason: '  short  ' }), 422, 'reason_too_short')
  })

  test('an entry declared in code cannot be changed at runtime', async () => {
    const reason = 'must not be possible'
    expectProblem(await operate({ action: 'update_cron_entry', subject, input: { expression: '0 4 * * *' }, reason }), 409, 'code_managed_entry')
    expectProblem(await operate({ action: 'delete_cron_entry', subject, reason }), 409, 'code_managed_entry')
    expectProblem(await operate({ ...create({}), subject }), 409, 'illegal_transition')
  })

  test('an overlong Idempotency-Key is refused', async () => {
    expectProblem(await operate({ action: 'pause_cron_entry', subject }, { 'idempotency-key': 'x'.repeat(300) }), 400, 'invalid_request')
  })
})

describe('reads', () => {
  const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  test.each([
    ['/audit-events?limit=0'],
    ['/audit-events?limit=201'],
    ['/audit-events?limit=ten'],
    ['/audit-events?limit=1&limit=2'],
    ['/audit-events?outcome=perhaps'],
    ['/audit-events?from=yesterday'],
    ['/audit-events?q=%00'],
    ['/audit-events?from=2026-01-01T00:00:00%2B16:00'],
    ['/audit-events?to=9999-12-31T23:59:59-10:00'],
    ['/audit-events?from=2026-02-30T00:00:00Z'],
    [`/audit-events?from=2026-01-01T00:00:00.${'1'.repeat(200)}Z`],
    ['/jobs?from=2026-01-01T00:00:00%2B23:59'],
    ['/jobs?args=%7B%22a%22:1E%2B999999999%7D'],
    ['/jobs?args=%7B%22a%22:1e-999999999%7D'],
    [`/jobs?args=${encodeURIComponent(JSON.stringify(nested(700)))}`],
    ['/jobs/export?format=csv&from=9999-12-31T23:59:59-10:00'],
    ['/audit-events?cursor=rubbish'],
    [`/audit-events?cursor=${cursor(['2026-13-45 99:99:99+00', id])}`],
    [`/audit-events?cursor=${cursor(['2026-01-01 00:00:00+00', "'; drop table ops.preview; --"])}`],
    [`/audit-events?cursor=${cursor({ at: 1 })}`],
    [`/audit-events?cursor=${cursor(null)}`],
    ['/audit-events/not-a-uuid'],
    ['/audit-events/export'],
    ['/audit-events/export?format=pdf'],
    ['/cron-entries?cursor=rubbish'],
    [`/cron-entries?cursor=${cursor(null)}`],
    [`/cron-entries?cursor=${cursor([1])}`],
    ['/cron-entries?state=sleeping'],
    ['/cron-entries/nightly_sync/history?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'],
    ['/cron-entries/%00'],
    ['/cron-entries/%E0%A4%A'],
    ['/forensics/cron_entry/a%00b'],
    ['/previews/1'],
  ])('GET %s is refused as invalid', async (path) => {
    expectProblem(await ask('GET', path), 400, 'invalid_request')
  })

  test.each([
    [`/audit-events/${id}`],
    [`/previews/${id}`],
    ['/cron-entries/nobody'],
    ['/cron-entries/nobody/history'],
    ['/cron-entries/__proto__'],
    ['/nothing-here'],
    ['/cron-entries/a/b/c'],
  ])('GET %s is not found', async (path) => {
    expectProblem(await ask('GET', path), 404, 'not_found')
  })

  test.each([['job'], ['constructor'], ['__proto__'], ['cron_entry']])('forensics of an unknown %s is a bundle that says what to supply', async (type) => {
    const { status, body } = await ask('GET', `/forensics/${type}/nobody-knows`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ completeness: { state: 'unknown' } })
    expect(String((body.diagnosis as { detail: string }).detail)).toMatch(/supply/i)
  })

  test('none of this was logged as an internal error', () => {
    expect(server.logged.filter((line) => line.includes('"level":"error"'))).toEqual([])
  })
})

test('a body that is not JSON is refused without quoting it', async () => {
  for (const body of ['{"":"b","c":CANARY-word,"d":"e"}', '{"reason":CANARY-word}', '{"reason":"CANARY-word" CANARY-word', 'CANARY-word']) {
    const answer = await server.call('ops-demo', 'POST', '/previews', body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', detail: expect.stringMatching(/^The body is not valid JSON \((position \d+|syntax error)\)/) } })
    expect(answer.text).not.toContain('CANARY')
  }
})
