import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseTraceParent } from '../../server/http/trace.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { operate } from '../support/operate.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
const parent = '00f067aa0ba902b7'
const good = `00-${trace}-${parent}-01`

describe('a traceparent', () => {
  test.each<[string, string | undefined, string | undefined]>([
    ['as the standard writes it', good, good],
    ['that is not sampled', `00-${trace}-${parent}-00`, `00-${trace}-${parent}-00`],
    ['with flags that nobody knows yet', `00-${trace}-${parent}-ff`, `00-${trace}-${parent}-ff`],
    ['of a later version', `cc-${trace}-${parent}-01`, good],
    ['of a later version with more in it', `cc-${trace}-${parent}-01-what-the-future-brings`, good],
    ['of a later version with other flags', `cc-${trace}-${parent}-06`, `00-${trace}-${parent}-00`],
    ['of a later version with more that is not set off', `cc-${trace}-${parent}-01.what`, undefined],
    ['that is missing', undefined, undefined],
    ['that is empty', '', undefined],
    ['of the version that is not allowed', `ff-${trace}-${parent}-01`, undefined],
    ['with more than its version has', `${good}-what`, undefined],
    ['without a trace', `00-${'0'.repeat(32)}-${parent}-01`, undefined],
    ['without a parent', `00-${trace}-${'0'.repeat(16)}-01`, undefined],
    ['in capitals', good.toUpperCase(), undefined],
    ['that is too short', good.slice(0, -1), undefined],
    ['that is too long', `${good}1`, undefined],
    ['with blanks', ` ${good} `, undefined],
    ['that was sent twice', `${good}, ${good}`, undefined],
    ['with a line break', `${good}\n`, undefined],
  ])('%s', (_what, header, expected) => expect(parseTraceParent(header)).toBe(expected))
})

describe('the trace of a request', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.stop())
  const subject = { type: 'cron_entry', id: 'nightly_sync' }
  const send = (path: string, body: object, traceparent: string) => server.call('ops-demo', 'POST', path, body, { traceparent, 'idempotency-key': crypto.randomUUID() })
  const newest = async (query: string) => (await server.call('ops-demo', 'GET', `/audit-events?limit=1${query}`)).body.items![0]!.metadata as Record<string, unknown>

  test('is recorded in the event of a change, of a refusal and of an export', async () => {
    expect((await send('/operations', { action: 'pause_cron_entry', subject }, good)).body.event).toMatchObject({ metadata: { traceparent: good } })
    expect((await send('/operations', { action: 'pause_cron_entry', subject }, good)).status).toBe(409)
    expect(await newest('&outcome=failed')).toMatchObject({ traceparent: good })
    await server.call('ops-demo', 'GET', '/audit-events/export?format=ndjson', undefined, { traceparent: good })
    expect(await newest('&eventType=audit.exported')).toMatchObject({ traceparent: good })
  })

  test('is that of the confirmation, not of the preview', async () => {
    const other = good.replace(parent, '1111111111111111')
    const { body } = await send('/previews', { action: 'resume_cron_entry', subject }, other)
    const done = await send(`/previews/${String(body.id)}/execute`, { token: body.token }, good)
    expect(done.body.event).toMatchObject({ metadata: { traceparent: good } })
  })

  test('is left out if it is invalid, and the request is answered all the same', async () => {
    const { status, body } = await send('/operations', { action: 'run_cron_entry', subject }, 'not a trace')
    expect(status).toBe(200)
    expect((body.event as { metadata: object }).metadata).not.toHaveProperty('traceparent')
  })

  test('is recorded in the events of a bulk run', async () => {
    const { once } = operate(() => server)
    const made = await once('ops-demo', { action: 'run_cron_entry', subject })
    const { jobId } = made.body.result as { jobId: string }
    const done = await send('/operations', { action: 'discard_job', selection: { ids: [jobId] }, reason: 'not needed any more' }, good)
    expect(done.status).toBe(200)
    expect(await newest('&eventType=job.discarded')).toMatchObject({ traceparent: good })
  })
})
