import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Plan } from '../../../schemas/index.ts'
import type { Affected, DescribedClass } from '../../../server/incidents/class.ts'
import { errorGroupOfJob } from '../../../server/errors/jobs-of-group.ts'
import { classes } from '../../../server/incidents/classes.ts'
import { givenIncident } from '../../support/incidents.ts'
import { type JobServer, startJobServer } from '../../support/jobs.ts'
import { operate } from '../../support/operate.ts'
import { auth } from '../../support/server.ts'

let server: JobServer
let client: Client
let closed: string[] = []
let queue = ''
let queues = 0
const { preview, execute, once } = operate(() => server, 'the mail server is back')

/** A class whose facts say outright what it affects. */
const facts = z.object({ affects: z.any() })
const plain: DescribedClass<z.infer<typeof facts>> = {
  name: 'failure_burst',
  facts,
  describe: () => ({ title: 'it fails', headline: 'It fails.', measured: [], ruledOut: [], facts: [], affected: { jobs: null, queues: [], executors: null } }),
  affected: ({ affects }) => affects as Affected,
}
const all = classes as unknown as unknown[]

beforeAll(async () => {
  all.unshift(plain)
  server = await startJobServer({
    detector: { enabled: false },
    auth: { ...auth, authorize: (person, action, resource) => (closed.includes(resource.queue ?? '') || closed.includes(action) ? false : auth.authorize(person, action, resource)) },
  })
  client = new Client({ connectionString: server.oban.url })
  await client.connect()
})
afterAll(async () => {
  all.splice(all.indexOf(plain), 1)
  await client?.end()
  await server?.stop()
})
beforeEach(async () => {
  closed = []
  queue = `mail-${++queues}`
  await client.query('truncate ops.incident')
})

const incident = (jobs: Affected['jobs'], more: object = {}) => givenIncident(client, { class: 'failure_burst', queue, facts: { affects: { jobs } }, ...more })
const insert = (state: string, more: object = {}) => server.oban.insert({ queue, state, ...(state === 'discarded' && { discardedIn: -60 }), ...more })

async function listed(query: string, who = 'ops-demo'): Promise<string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const { status, body, text } = await server.call(who, 'GET', `/jobs?limit=2&${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    expect(status, text).toBe(200)
    ids.push(...body.items!.map(({ id }) => String(id)))
    cursor = body.nextCursor as string | undefined
    if (!cursor) return ids
  }
}
const counted = async (query: string) => (await server.call('ops-demo', 'GET', `/jobs/count?${query}`)).body.count

describe('jobs of an incident', () => {
  test('that are known by a filter are listed, counted and narrowed further', async () => {
    const failed = [await insert('discarded'), await insert('discarded', { worker: 'Shop.Other' }), await insert('discarded')]
    await insert('completed')
    const id = await incident({ filter: { queue, states: ['discarded'] } })
    expect(await listed(`incident=${id}`)).toEqual(failed.toReversed())
    expect(await listed(`incident=${id}&order=oldest`)).toEqual(failed)
    expect(await listed(`incident=${id}&worker=Shop.Other`)).toEqual([failed[1]])
    expect(await listed(`incident=${id}&state=completed,discarded`)).toHaveLength(3)
    expect(await listed(`incident=${id}&state=completed`)).toEqual([])
    expect(await listed(`incident=${id}&queue=another`)).toEqual([])
    expect(await counted(`incident=${id}`)).toBe(3)
  })

  test('that are known by their ids are listed page by page, as far as they still exist', async () => {
    const jobs: string[] = []
    for (let age = 5; age > 0; age--) jobs.push(await insert('executing', { insertedIn: -age * 60, attemptedIn: -age * 60 }))
    const id = await incident({ ids: [...jobs, '999999999'] })
    expect(await listed(`incident=${id}`)).toEqual(jobs.toReversed())
    expect(await listed(`incident=${id}&order=oldest`)).toEqual(jobs)
    expect(await listed(`incident=${id}&id=${jobs[2]!}`)).toEqual([jobs[2]])
    expect(await counted(`incident=${id}`)).toBe(5)
  })

  test('with an error are those that failed with it, not every job of the queue', async () => {
    const failing = (error: string) => insert('discarded', { attempt: 1, errors: [{ at: new Date().toISOString(), attempt: 1, error }] })
    const wanted = [await failing('** (Smtp.Error) timeout after 30 s'), await failing('** (Smtp.Error) timeout after 31 s')]
    const other = await failing('** (ArgumentError) no such template')
    const [shown] = await server.oban.engine.read([wanted[0]!])
    const fingerprint = errorGroupOfJob({ errors: undefined, log: { info() {}, warn() {}, error() {} } }, shown!)
    const id = await incident({ filter: { queue, states: ['discarded'] } }, { scope: { fingerprint } })
    expect(await listed(`incident=${id}&order=oldest`)).toEqual(wanted)
    const { body } = await preview('ops-demo', { action: 'retry_job', selection: { filter: { incident: id } } })
    expect((body.plan as Plan).selection).toMatchObject({ total: 2, eligible: 2 })
    expect(await listed(`queue=${queue}&state=discarded`)).toContain(other)
  })

  test('are none where there is no such incident', async () => {
    await insert('discarded')
    const id = crypto.randomUUID()
    expect(await listed(`incident=${id}`)).toEqual([])
    expect(await counted(`incident=${id}`)).toBe(0)
  })

  test.each(['999', 'nope', "'; drop table ops.incident; --"])('cannot be asked for with %s, which is no id', async (id) => {
    for (const path of ['/jobs', '/jobs/count', '/jobs/histogram']) {
      const { status, body } = await server.call('ops-demo', 'GET', `${path}?incident=${encodeURIComponent(id)}`)
      expect(status).toBe(400)
      expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'query.incident', message: expect.stringContaining('the id of an incident') }] })
    }
  })

  test('are none for those who may not see the incident, exactly as for an incident without jobs', async () => {
    const job = await insert('discarded')
    const id = await incident({ ids: [job] })
    const empty = await incident(undefined)
    expect(await listed(`incident=${id}`)).toEqual([job])
    for (const what of [queue, 'view_incidents']) {
      closed = [what]
      expect(await listed(`incident=${id}`)).toEqual([])
      const answers = await Promise.all([id, empty, crypto.randomUUID()].map((each) => preview('ops-demo', { action: 'retry_job', selection: { filter: { incident: each } } })))
      expect(new Set(answers.map(({ status, body }) => `${status} ${String(body.code)} ${String(body.detail)}`)).size).toBe(1)
    }
  })

  test('leave out those that the viewer may not see', async () => {
    const [shown, hidden] = [await insert('discarded'), await server.oban.insert({ queue: 'payroll', state: 'discarded', discardedIn: -60 })]
    const id = await incident({ ids: [shown, hidden] })
    closed = ['payroll']
    expect(await listed(`incident=${id}`)).toEqual([shown])
    const { body } = await preview('ops-demo', { action: 'retry_job', selection: { filter: { incident: id } } })
    expect((body.plan as Plan).selection).toMatchObject({ total: 1, eligible: 1, byQueue: { [queue]: 1 } })
  })
})

describe('a repair of an incident', () => {
  test('previews what is touched and what is not, with reasons, and its evidence names the incident', async () => {
    const failed = [await insert('discarded'), await insert('discarded')]
    const waiting = await insert('available')
    const id = await incident({ ids: [...failed, waiting] })
    const answer = await preview('ops-demo', { action: 'retry_job', selection: { filter: { incident: id } } })
    expect((answer.body.plan as Plan).selection).toMatchObject({
      total: 3,
      eligible: 2,
      byState: { discarded: 2 },
      notEligible: { 'State is available; Retry applies to retryable, discarded, cancelled or completed jobs.': 1 },
    })
    const done = await execute('ops-demo', answer)
    expect(done.status, done.text).toBe(200)
    expect(done.body.event).toMatchObject({ eventType: 'job.retried', metadata: { incident: id } })
    expect((await server.oban.row(failed[0]!)).state).toBe('available')

    const trail = (await server.call('ops-demo', 'GET', `/audit-events?subjectType=incident&subjectId=${id}`)).body.items as { eventType: string; subject: { type: string } }[]
    expect(trail.map(({ eventType, subject }) => [eventType, subject.type])).toEqual([['job.retried', 'bulk']])
    const { body } = await server.call('ops-demo', 'GET', `/forensics/incident/${id}`)
    expect((body.chronology as { label: string }[]).filter(({ label }) => label.includes('retried'))).toHaveLength(1)
  })

  test('is in the evidence of the incident only for those who may see its jobs', async () => {
    const job = await insert('discarded')
    const id = await givenIncident(client, { class: 'failure_burst', facts: { affects: { jobs: { ids: [job] } } } })
    await once('ops-two', { action: 'retry_job', selection: { filter: { incident: id } } })
    const trail = async () => (await server.call('ops-demo', 'GET', `/audit-events?subjectType=incident&subjectId=${id}`)).body.items as unknown[]
    expect(await trail()).toHaveLength(1)
    closed = [queue]
    expect(await trail()).toEqual([])
  })

  test('never rescues a job whose executor is still there', async () => {
    const [lost, attended] = [await insert('executing', { attempt: 1, attemptedIn: -7200, insertedIn: -7200 }), await insert('executing', { attempt: 1, attemptedIn: -1, insertedIn: -60 })]
    const id = await incident({ ids: [lost, attended] })
    const answer = await preview('ops-demo', { action: 'rescue_job', selection: { filter: { incident: id } } })
    const { selection } = answer.body.plan as Plan
    expect(selection).toMatchObject({ total: 2, eligible: 1 })
    expect((await execute('ops-demo', answer)).status).toBe(200)
    expect((await server.oban.row(attended)).state).toBe('executing')
    expect((await server.oban.row(lost)).state).toBe('available')
  })

  test('changes nothing that recovered after the preview', async () => {
    const [first, second] = [await insert('discarded'), await insert('discarded')]
    const id = await incident({ ids: [first, second] })
    const answer = await preview('ops-demo', { action: 'retry_job', selection: { filter: { incident: id } } })
    await client.query(`update oban_jobs set state = 'completed', completed_at = timezone('utc', now()) where id = $1`, [second])
    const done = await execute('ops-demo', answer)
    expect(done.body.result).toMatchObject({ outcomes: { done: 1, changed: 1 } })
    expect((await server.oban.row(second)).state).toBe('completed')
  })

  test('is refused to those who may not do it, with nothing changed', async () => {
    const job = await insert('discarded')
    const id = await incident({ ids: [job] })
    expect((await once('viewer-demo', { action: 'retry_job', selection: { filter: { incident: id } } })).status).toBe(403)
    expect((await server.oban.row(job)).state).toBe('discarded')
  })
})
