import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getIncident, type Incident, listIncidents } from '../../schemas/index.ts'
import { givenIncident } from '../support/incidents.ts'
import { type JobServer, startJobServer } from '../support/jobs.ts'
import { operate } from '../support/operate.ts'
import { auth } from '../support/server.ts'

let server: JobServer
let client: Client
let closed: string[] = []
const { preview, execute, once } = operate(() => server, 'looking into the mails')

beforeAll(async () => {
  server = await startJobServer({
    detector: { enabled: false },
    auth: { ...auth, authorize: (person, action, resource) => (closed.includes(resource.queue ?? '') ? false : auth.authorize(person, action, resource)) },
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
  await client.query('truncate ops.incident')
})

const on = (action: string, id: string, input: object = {}) => ({ action, subject: { type: 'incident', id }, input })
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()

async function read(id: string, who = 'ops-demo'): Promise<Incident> {
  const { status, body } = await server.call(who, 'GET', `/incidents/${id}`)
  expect(status).toBe(200)
  return getIncident.output.parse(body)
}

async function list(query: string, who = 'ops-demo'): Promise<string[]> {
  const { body } = await server.call(who, 'GET', `/incidents?${query}`)
  return listIncidents.output.parse(body).items.map(({ id }) => id)
}

async function code(who: string, body: object): Promise<string> {
  const answer = await preview(who, body)
  return answer.status === 201 ? 'ready' : String(answer.body.code)
}

describe('an acknowledgement', () => {
  test('names who gave it and when, is recorded, and can be taken back', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    const done = await once('ops-demo', on('acknowledge_incident', id))
    expect(done.status, done.text).toBe(200)
    expect(done.body.event).toMatchObject({ eventType: 'incident.acknowledged', outcome: 'succeeded', subject: { type: 'incident', id }, before: { acknowledgedBy: null }, after: { acknowledgedBy: 'ops-demo' } })
    const { acknowledged, operations } = await read(id)
    expect(acknowledged).toMatchObject({ by: { id: 'ops-demo' } })
    expect(operations.acknowledge_incident).toEqual({ allowed: false, reason: 'It is already acknowledged; expected one that is not.' })
    expect(operations.unacknowledge_incident).toEqual({ allowed: true })
    expect(await code('ops-demo', on('acknowledge_incident', id))).toBe('illegal_transition')

    expect((await once('ops-demo', on('unacknowledge_incident', id))).status).toBe(200)
    expect((await read(id)).acknowledged).toBeNull()
    const { rows } = await client.query('select acknowledged_by is null as gone from ops.incident where id = $1', [id])
    expect(rows).toEqual([{ gone: true }])
  })

  test('is given only once when two operators confirm their previews', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    const [mine, theirs] = [await preview('ops-demo', on('acknowledge_incident', id)), await preview('ops-two', on('acknowledge_incident', id))]
    const answers = await Promise.all([execute('ops-demo', mine), execute('ops-two', theirs)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  test.each(['pending', 'resolved'] as const)('is refused for an incident that is %s', async (state) => {
    const id = await givenIncident(client, { queue: 'report', state })
    for (const action of ['acknowledge_incident', 'assign_incident', 'unsilence_incident']) expect(await code('ops-demo', on(action, id))).toBe('illegal_transition')
  })
})

describe('an assignment', () => {
  test('goes to the actor, to a named account, or to nobody, and the event records the previous assignee', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    expect((await once('ops-demo', on('assign_incident', id))).status).toBe(200)
    expect((await read(id)).assignee).toMatchObject({ to: { id: 'ops-demo', type: 'user', label: 'ops-demo' } })
    expect(await code('ops-demo', on('assign_incident', id))).toBe('illegal_transition')

    const lead = { id: 'ops-lead', type: 'user', label: 'Ops Lead' }
    const { body } = await once('ops-demo', on('assign_incident', id, { to: lead }))
    expect(body.event).toMatchObject({ before: { assignedTo: 'ops-demo', assignee: 'user:ops-demo' }, after: { assignedTo: 'Ops Lead', assignee: 'user:ops-lead' } })
    expect((await read(id)).assignee?.to).toEqual(lead)

    expect((await once('ops-demo', on('assign_incident', id, { to: null }))).status).toBe(200)
    expect((await read(id)).assignee).toBeNull()
  })

  test.each([
    ['this product itself', { id: 'x', type: 'system' }],
    ['a name with blanks around it', { id: ' ops-demo', type: 'user' }],
    ['a name with invisible characters', { id: 'ops\u200bdemo', type: 'user' }],
    ['a name without a type', { id: 'ops-demo' }],
  ])('to %s is refused', async (_, to) => {
    const id = await givenIncident(client, { queue: 'report' })
    expect(await code('ops-demo', on('assign_incident', id, { to }))).toBe('invalid_request')
  })

  test('cannot give the actor another label than the host does', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    await once('ops-demo', on('assign_incident', id, { to: { id: 'ops-demo', type: 'user', label: 'The Boss' } }))
    expect((await read(id)).assignee?.to.label).toBe('ops-demo')
  })
})

describe('a note', () => {
  test('is the reason of its event, also after the incident has ended', async () => {
    for (const state of ['open', 'resolved'] as const) {
      const id = await givenIncident(client, { queue: 'report', state })
      const { status, body } = await once('ops-demo', { ...on('note_incident', id), reason: 'the provider has confirmed it' })
      expect(status).toBe(200)
      expect(body.event).toMatchObject({ eventType: 'incident.noted', reason: 'the provider has confirmed it', subject: { id } })
    }
  })

  test('is refused when it is empty', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    const { status, body } = await once('ops-demo', { ...on('note_incident', id), reason: '  ' })
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'reason_required' })
  })
})

describe('a silence', () => {
  test('lasts until its time, and ends on request', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    const until = inHours(4)
    expect((await once('ops-demo', on('silence_incident', id, { until, untilRate: 12.5, untilCount: 500 }))).status).toBe(200)
    expect((await read(id)).silenced).toMatchObject({ until, untilRate: 12.5, untilCount: 500, by: { id: 'ops-demo' }, reason: 'looking into the mails' })
    expect(await code('ops-demo', on('silence_incident', id, { until }))).toBe('illegal_transition')
    expect(await list('silenced=yes')).toEqual([id])
    expect((await once('ops-demo', on('unsilence_incident', id))).status).toBe(200)
    expect((await read(id)).silenced).toBeNull()
    expect(await list('silenced=yes')).toEqual([])
  })

  test('without a time ends after 30 days', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    await once('ops-demo', on('silence_incident', id, { untilCount: 500 }))
    const { until } = (await read(id)).silenced!
    expect((Date.parse(until!) - Date.now()) / 86_400_000).toBeCloseTo(30, 2)
  })

  test('whose time is over is none, even before anything has ended it', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    await once('ops-demo', on('silence_incident', id, { until: inHours(1) }))
    await client.query(`update ops.incident set silence = jsonb_set(silence, '{until}', to_jsonb(now() - interval '1 second'))`)
    const { silenced, operations } = await read(id)
    expect(silenced).toBeNull()
    expect(operations.silence_incident).toEqual({ allowed: true })
    expect(await list('silenced=no')).toEqual([id])
    expect(await code('ops-demo', on('silence_incident', id, { until: inHours(1) }))).toBe('ready')
  })

  test.each([
    ['without an end', {}],
    ['until a time that is over', { until: '2020-01-01T00:00:00Z' }],
    ['for more than 30 days', { until: inHours(24 * 31) }],
    ['until a rate of zero', { untilRate: 0 }],
    ['until half a job', { untilCount: 0.5 }],
    ['by a field that nobody knows', { forever: true }],
  ])('%s is refused', async (_, input) => {
    const id = await givenIncident(client, { queue: 'report' })
    expect(await code('ops-demo', on('silence_incident', id, input))).toBe('invalid_request')
  })
})

describe('the list', () => {
  test('tells whose incidents there are: whom they are assigned to, or else who acknowledged them', async () => {
    const [free, seen, given] = [await givenIncident(client, { minutesAgo: 3 }), await givenIncident(client, { minutesAgo: 2 }), await givenIncident(client, { minutesAgo: 1 })]
    await once('ops-demo', on('acknowledge_incident', seen))
    await once('ops-demo', on('acknowledge_incident', given))
    await once('ops-demo', on('assign_incident', given, { to: { id: 'ops-two', type: 'user' } }))
    expect(await list('owner=me')).toEqual([seen])
    expect(await list('owner=me', 'ops-two')).toEqual([given])
    expect(await list('owner=nobody')).toEqual([free])
  })
})

describe('rights', () => {
  test('an incident of a queue that the actor may not see answers as one that does not exist', async () => {
    const id = await givenIncident(client, { queue: 'payroll-canary' })
    closed = ['payroll-canary']
    const [hidden, unknown] = [await preview('ops-demo', on('acknowledge_incident', id)), await preview('ops-demo', on('acknowledge_incident', crypto.randomUUID()))]
    const comparable = ({ status, text }: typeof hidden, of: string) => ({ status, text: text.replaceAll(of, 'ID').replace(/"requestId":"[^"]*"/, '') })
    expect(comparable(hidden, id).status).toBe(404)
    expect(hidden.text).not.toContain('payroll')
    expect(hidden.text.replaceAll(id, '').replace(/"requestId":"[^"]*"/, '').length).toBe(unknown.text.replaceAll(/[0-9a-f-]{36}/g, '').replace(/"requestId":"[^"]*"/, '').length)
  })

  test('what was done about it is in the audit log only for those who may see its queue', async () => {
    const id = await givenIncident(client, { queue: 'payroll-canary' })
    await once('ops-two', { ...on('note_incident', id), reason: 'the payroll of canary' })
    const events = async () => (await server.call('ops-demo', 'GET', `/audit-events?subjectType=incident&subjectId=${id}`)).body.items as unknown[]
    expect(await events()).toHaveLength(1)
    closed = ['payroll-canary']
    expect(await events()).toEqual([])
  })

  test('a viewer sees the operations as refused, with the reason of the host', async () => {
    const id = await givenIncident(client, { queue: 'report' })
    const { operations } = await read(id, 'viewer-demo')
    expect(new Set(Object.values(operations).map(({ reason }) => reason))).toEqual(new Set(['Your role is viewer.']))
    expect((await once('viewer-demo', on('acknowledge_incident', id))).status).toBe(403)
  })
})

describe('whether anybody is looking', () => {
  const looked = (secondsAgo: number) =>
    client.query(
      `insert into ops.detection (key, ticked_at, took_ms, sources) values ('latest', now() - $1 * interval '1 second', 1, jsonb_build_object('queues', now() - $1 * interval '1 second', 'errors', null))
       on conflict (key) do update set ticked_at = excluded.ticked_at, sources = excluded.sources`,
      [secondsAgo],
    )
  const watch = async () => listIncidents.output.parse((await server.call('ops-demo', 'GET', '/incidents')).body).watch

  test('is said with every list, by the age of the last look', async () => {
    for (const [age, state] of [[5, 'fresh'], [90, 'lagging'], [400, 'unknown']] as const) {
      await looked(age)
      const { state: said, lookedAt, sources } = await watch()
      expect({ said, sources: sources.map(({ name, state }) => [name, state]) }).toEqual({ said: state, sources: expect.arrayContaining([['queues', state], ['errors', 'unknown']]) })
      expect(Date.parse(lookedAt!)).toBeLessThan(Date.now() - (age - 2) * 1000)
    }
  })

  test('is unknown if the detector has never run', async () => {
    await client.query('delete from ops.detection')
    expect(await watch()).toEqual({ state: 'unknown', lookedAt: null, sources: [] })
  })
})
