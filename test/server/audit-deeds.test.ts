import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AuditEvent, BulkRun } from '../../schemas/index.ts'
import { pgBoss } from '../../server/engines/pg-boss/index.ts'
import { runBatch, runBatches } from '../../server/operations/bulk/runner.ts'
import { openKit, type RunningKit } from '../../server/open.ts'
import { insertJobs } from '../support/failed-jobs.ts'
import { operate } from '../support/operate.ts'
import { auth, displayPolicy, startServer, type TestServer } from '../support/server.ts'

/** `ops-two` may see everything but the queue `mail`. */
let server: TestServer
let worker: RunningKit
let client: Client

beforeAll(async () => {
  const authorize: typeof auth.authorize = (person, action, resource) => (person.id === 'ops-two' && resource.queue === 'mail' ? false : auth.authorize(person, action, resource))
  const options = { auth: { ...auth, authorize }, displayPolicy }
  server = await startServer({ queues: ['nightly_sync', 'mail'], cron: [], ...options })
  worker = await openKit({ database: { url: server.database.url }, engine: pgBoss(server.boss), ...options })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await worker?.db.close()
  await server?.stop()
})
beforeEach(async () => {
  await client.query(`alter table ops.audit_event disable trigger all; delete from ops.audit_event; alter table ops.audit_event enable trigger all; delete from pgboss.job where name = 'mail'`)
})

const operator = operate(() => server, 'the mail server is back')
const list = async (search = '', who = 'ops-demo') => {
  const { status, body, text } = await server.call(who, 'GET', `/audit-events?${search}`)
  expect(status, text).toBe(200)
  return (body as { items: AuditEvent[] }).items
}
const runOf = async (jobs: number) => {
  await insertJobs(client, jobs)
  const { body } = await operator.once('ops-demo', { action: 'retry_job', selection: { filter: { queue: 'mail', state: 'discarded' } } })
  return (body.bulk as BulkRun | undefined)?.id ?? (body.event as AuditEvent).bulkId!
}

interface Planted {
  actor: string
  type: string
  event: string
  queue?: string
  hoursAgo?: number
}

const plant = ({ actor, type, event, queue, hoursAgo = 0 }: Planted) =>
  client.query(
    `insert into ops.audit_event (id, occurred_at, action, event_type, outcome, actor_id, actor_type, actor_label, subject_type, subject_id, source, request_id, metadata)
     values (gen_random_uuid(), now() - make_interval(hours => $1), 'any', $2, 'succeeded', $3, $4, $3, 'queue', $5, 'api', 'r', $6)`,
    [hoursAgo, event, actor, type, queue ?? 'nightly_sync', JSON.stringify({ resource: { queue: queue ?? 'nightly_sync' } })],
  )

describe('whose events', () => {
  test.each([
    ['', 'ops-demo,importer,system,ops-two'],
    ['actors=people', 'ops-demo,ops-two'],
    ['actors=accounts', 'ops-demo,importer,ops-two'],
    ['actors=system', 'system'],
    ['actors=accounts&notActor=ops-demo&notActorType=user', 'importer,ops-two'],
    ['notEventType=queue.scaled,incident.', 'ops-demo,ops-two'],
  ])('%s: %s', async (search, actors) => {
    await plant({ actor: 'ops-demo', type: 'user', event: 'queue.paused', hoursAgo: 0 })
    await plant({ actor: 'importer', type: 'service', event: 'queue.scaled', hoursAgo: 1 })
    await plant({ actor: 'system', type: 'system', event: 'incident.opened', hoursAgo: 2 })
    await plant({ actor: 'ops-two', type: 'user', event: 'queue.resumed', hoursAgo: 3 })
    expect((await list(search)).map(({ actor }) => actor.id).join()).toBe(actors)
  })
})

describe('a bulk run', () => {
  test('in the background is one event without its batches, with its numbers as they are now', async () => {
    const id = await runOf(2_300)
    await runBatch(worker)
    const one = async () => (await list('batches=no')).filter(({ bulkId }) => bulkId === id)
    expect((await one()).map(({ eventType }) => eventType)).toEqual(['bulk.started'])
    expect((await one())[0]!.run).toEqual({ status: 'running', total: 2_300, eligible: 2_300, outcomes: { done: 1_000, waiting: 1_300 }, batches: 3 })
    await runBatches(worker)
    expect((await one())[0]!.run).toMatchObject({ status: 'finished', outcomes: { done: 2_300 } })
    const unfolded = await list(`subjectType=bulk&subjectId=${id}&batches=no`)
    expect(unfolded.map(({ eventType, metadata }) => metadata.batch ?? eventType)).toEqual(['bulk.finished', 3, 2, 1, 'bulk.started'])
    expect((await list('eventType=job.retried&batches=no')).map(({ metadata }) => metadata.batch)).toEqual([3, 2, 1])
    expect((await server.call('ops-demo', 'GET', `/audit-events/${unfolded[0]!.id}`)).body).toMatchObject({ run: { status: 'finished' } })
  })

  test('that was aborted keeps the deed of whoever aborted it', async () => {
    const id = await runOf(1_100)
    await server.call('ops-demo', 'POST', `/bulk/${id}/abort`)
    const [aborted, started] = await list('batches=no&actors=people')
    expect([aborted!.eventType, started!.eventType]).toEqual(['bulk.aborted', 'bulk.started'])
    expect(started!.run).toMatchObject({ status: 'aborted', outcomes: { aborted: 1_100 } })
  })

  test('of one batch is the event of that batch', async () => {
    const id = await runOf(3)
    const [event, ...more] = await list('batches=no&actors=people')
    expect(more).toEqual([])
    expect(event).toMatchObject({ eventType: 'job.retried', bulkId: id, jobs: 3, run: { status: 'finished', batches: 1 } })
    expect(event!.run!.fates).toBeUndefined()
    const fate = { counts: { completed: 2, failed: 1 }, asOf: new Date().toISOString() }
    await client.query('update ops.bulk_run set fate = $1 where id = $2', [JSON.stringify(fate), id])
    expect((await list('batches=no&actors=people'))[0]!.run!.fates).toEqual(fate.counts)
  })

  test('is nothing to whoever may not see its queue, and shows no numbers once it is no longer kept', async () => {
    await insertJobs(client, 2)
    const { rows } = await client.query<{ id: string }>(`select id::text from pgboss.job where name = 'mail'`)
    const id = await runOf(1)
    expect(await list('', 'ops-two')).toEqual([])
    const [seen] = await list(`subjectType=job&subjectId=${rows[0]!.id}`)
    expect(seen!.run).toBeDefined()
    await client.query('delete from ops.bulk_run where id = $1', [id])
    expect((await list('batches=no'))[0]!.run).toBeUndefined()
  })
})

describe('GET /audit-events/count', () => {
  const count = async (search: string, who = 'ops-demo') => {
    const { status, body, text } = await server.call(who, 'GET', `/audit-events/count?${search}`)
    expect(status, text).toBe(200)
    return (body as { periods: { events: number; more: boolean }[] }).periods.map(({ events, more }) => `${events}${more ? '+' : ''}`)
  }
  const hour = (ago: number) => new Date(Date.now() - ago * 3_600_000).toISOString()

  test('counts each period by itself, up to a hundred, in either order', async () => {
    for (const hoursAgo of [1, 1, 3]) await plant({ actor: 'system', type: 'system', event: 'incident.opened', hoursAgo })
    for (let number = 0; number < 101; number++) await plant({ actor: 'ops-demo', type: 'user', event: 'queue.paused', hoursAgo: 5 })
    const bounds = [0, 2, 4, 6].map(hour)
    expect(await count(`bounds=${bounds}`)).toEqual(['2', '1', '100+'])
    expect(await count(`bounds=${bounds.toReversed()}`)).toEqual(['100+', '1', '2'])
    expect(await count(`actors=system&bounds=${bounds}`)).toEqual(['2', '1', '0'])
  })

  test('counts only what the viewer may see', async () => {
    for (const queue of ['mail', 'mail', 'nightly_sync']) await plant({ actor: 'ops-demo', type: 'user', event: 'queue.paused', queue, hoursAgo: 1 })
    expect([await count(`bounds=${hour(2)},${hour(0)}`), await count(`bounds=${hour(2)},${hour(0)}`, 'ops-two')]).toEqual([['3'], ['1']])
  })

  test.each(['bounds=2026-11-21T00:00:00Z', 'bounds=now,then', '', `bounds=${Array.from({ length: 42 }, () => '2026-11-21T00:00:00Z')}`])('refuses %s', async (search) => {
    const { status, body } = await server.call('ops-demo', 'GET', `/audit-events/count?${search}`)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toContain('bounds')
  })
})
