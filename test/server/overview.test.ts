import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Overview } from '../../schemas/index.ts'
import { overview as overviewSchema } from '../../schemas/index.ts'
import { auth, nightlySync, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let client: Client
let surfaces: Record<string, boolean> = {}

beforeAll(async () => {
  server = await startServer({
    cron: ['a_first', 'b_second', 'c_third', 'd_fourth', 'e_fifth'].map((name) => ({ ...nightlySync, name })),
    auth: { ...auth, authorize: (person, action, resource) => surfaces[`${action} ${resource.id}`] ?? surfaces[action] ?? auth.authorize(person, action, resource) },
  })
  client = new Client({ connectionString: server.database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await server.stop()
})

const read = async (): Promise<Overview> => {
  const { status, body } = await server.call('ops-demo', 'GET', '/overview')
  expect(status).toBe(200)
  return overviewSchema.parse(body)
}
const bucket = (overview: Overview, status: string) => overview.buckets.find((each) => each.status === status)!
const operate = (action: string, id: string, reason?: string) =>
  server.call('ops-demo', 'POST', '/operations', { action, subject: { type: 'cron_entry', id }, reason }, { 'idempotency-key': crypto.randomUUID() })

describe('the overview', () => {
  test('has its six buckets in their order, and says that nothing has been measured', async () => {
    const overview = await read()
    expect(overview.buckets.map(({ title }) => title)).toEqual(['Needs Review', 'Blocked', 'Waiting', 'Runnable', 'Bridge-only Follow-up', 'Resolved Recently'])
    expect(overview.moving).toBeNull()
    expect(overview.sentence).toMatch(/Nothing has been measured/)
    expect(overview.vitals.every(({ value, asOf }) => value === null && asOf === null)).toBe(true)
    expect(bucket(overview, 'runnable')).toMatchObject({ count: 5, ownershipLabel: 'Powertools-native' })
    expect(bucket(overview, 'runnable').exemplars).toHaveLength(3)
    expect(bucket(overview, 'needs_review')).toMatchObject({ count: null, lookedAt: null, diagnosis: 'Jobs that failed for good have not been counted yet.' })
    expect(bucket(overview, 'blocked')).toMatchObject({ count: null, lookedAt: null, diagnosis: 'Queues in which nothing starts have not been counted yet.' })
  })

  test('says that nothing needs a decision once there are measurements', async () => {
    await client.query(`insert into ops.finding values ('discarded_jobs', now(), '{"found":[],"tookMs":1}')`)
    expect(bucket(await read(), 'needs_review')).toMatchObject({ count: 0, diagnosis: 'Nothing needs a decision.' })
  })

  test('shows a pause with actor and reason, and its end as resolved', async () => {
    await operate('pause_cron_entry', 'b_second', 'a reason to read')
    const waiting = bucket(await read(), 'waiting')
    expect(waiting).toMatchObject({ count: 1 })
    expect(waiting.exemplars[0]).toMatchObject({ label: 'b_second', href: '/ops/jobs/cron?entry=b_second' })
    expect(waiting.exemplars[0]!.attention).toMatch(/ops-demo.*a reason to read/)
    await operate('resume_cron_entry', 'b_second')
    const resolved = bucket(await read(), 'resolved')
    expect(resolved).toMatchObject({ count: 1 })
    expect(resolved.exemplars[0]!.label).toBe('b_second')
  })

  test('puts a missed run first, until the entry has run again', async () => {
    await client.query(
      `insert into ops.cron_slot (entry_id, kind, slot_at, state, decided_at)
       select id, 'scheduled', now() - interval '2 hours', 'missed_fire', now() from ops.cron_entry where name = 'c_third'`,
    )
    const overview = await read()
    expect(bucket(overview, 'needs_review')).toMatchObject({ count: 1 })
    expect(bucket(overview, 'needs_review').exemplars[0]).toMatchObject({ label: 'c_third', forensicsHref: '/ops/jobs/forensics/cron_entry/c_third' })
    expect(overview.sentence).toMatch(/^c_third: missed a run/)
    expect((await operate('run_cron_entry', 'c_third')).status).toBe(200)
    expect(bucket(await read(), 'needs_review').count).toBe(0)
  })

  test('says when figures were measured, and that work is not moving if it is not', async () => {
    await client.query(
      `insert into ops.snapshot (at, seconds, waiting, executing, finished, wait_p95_seconds, how)
       select now() - n * interval '5 seconds', 5, 12, 0, 0, null, 'exact' from generate_series(0, 80) n`,
    )
    const overview = await read()
    expect(overview).toMatchObject({ moving: false })
    expect(overview.sentence).toMatch(/12 jobs are waiting, and none has finished/)
    expect(overview.vitals.find(({ key }) => key === 'waiting_now')).toMatchObject({ value: 12, how: 'exact' })
    await client.query('update ops.snapshot set finished = 10, executing = 1')
    expect(await read()).toMatchObject({ moving: true })
  })

  test('shows open incidents with who is on them, names the worst in the sentence, and tells of each subject once', async () => {
    await client.query(
      `insert into ops.incident (id, key, class, rank, scope, state, began_at, opened_at, last_seen_at, facts, facts_at, explained_by, acknowledged_at, acknowledged_by)
       values ('0191b8f2-6b1d-7dd2-8b6f-0000000000a1', 'a', 'stuck_queue', 10, '{"queue":"nightly_sync"}', 'open', now() - interval '3 hours', now(), now(), '{}', now(), null, null, null),
         ('0191b8f2-6b1d-7dd2-8b6f-0000000000a2', 'b', 'missed_fire', 30, '{"cronEntry":"d_fourth"}', 'open', now() - interval '1 hour', now(), now(), '{}', now(), null, now(), '{"id":"ops-lead","type":"user","label":"ops-lead"}'),
         ('0191b8f2-6b1d-7dd2-8b6f-0000000000a3', 'c', 'retry_exhausted', 40, '{"queue":"nightly_sync"}', 'open', now(), now(), now(), '{}', now(), '0191b8f2-6b1d-7dd2-8b6f-0000000000a1', null, null),
         ('0191b8f2-6b1d-7dd2-8b6f-0000000000a4', 'd', 'stuck_queue', 10, '{"queue":"other"}', 'resolved', now(), now(), now(), '{}', now(), null, null, null)`,
    )
    await client.query(`insert into ops.cron_slot (entry_id, kind, slot_at, state, decided_at)
      select id, 'scheduled', now() - interval '2 hours', 'missed_fire', now() from ops.cron_entry where name = 'd_fourth'`)
    const overview = await read()
    expect(overview.incidents).toMatchObject({ open: 3, unattended: 1, capped: false })
    expect(overview.incidents!.items).toMatchObject([
      { status: 'blocked', about: 'nightly_sync', acknowledged: null, acknowledge: { allowed: true }, since: expect.stringMatching(/Z$/) },
      { status: 'needs_review', acknowledged: { by: { label: 'ops-lead' } } },
    ])
    expect(overview.incidents!.items[1]).not.toHaveProperty('acknowledge')
    const { body } = await server.call('ops-demo', 'GET', '/incidents')
    const listed = (body as unknown as { items: { id: string; status: string }[] }).items
    for (const { id, status } of overview.incidents!.items) expect([id, listed.find((each) => each.id === id)!.status]).toEqual([id, status])
    expect(overview.troubles.map(({ status }) => status)).toEqual(['blocked', 'needs_review'])
    expect(bucket(overview, 'blocked')).toMatchObject({ count: 1, exemplars: [{ label: 'nightly_sync' }] })
    expect(bucket(overview, 'needs_review')).toMatchObject({ count: 1, exemplars: [{ label: 'd_fourth' }] })
    surfaces = { 'view_queues nightly_sync': false }
    expect((await read()).incidents).toMatchObject({ open: 1, items: [{ status: 'needs_review' }] })
    surfaces = { view_incidents: false }
    expect(await read()).toMatchObject({ incidents: null, withheld: ['incidents'] })
    surfaces = {}
    await client.query('truncate ops.incident')
  })

  test('describes the six worst incidents, counts the others, and hides those of queues that may not be seen', async () => {
    await client.query(
      `insert into ops.incident (id, key, class, rank, scope, state, began_at, opened_at, last_seen_at, facts, facts_at, silence)
       select gen_random_uuid(), 'many ' || n, case when n < 7 then 'stuck_queue' else 'missed_fire' end, n,
         case when n < 7 then jsonb_build_object('queue', 'queue_' || n) else jsonb_build_object('cronEntry', 'd_fourth', 'queue', 'nightly_sync') end, 'open', now() - interval '1 hour', now(), now(), '{}', now(),
         case when n < 7 then '{"at":"2026-01-01T00:00:00Z","by":{"id":"ops-lead","type":"user","label":"ops-lead"},"reason":"known"}'::jsonb end
       from generate_series(1, 7) n`,
    )
    const overview = await read()
    expect(overview.incidents).toMatchObject({ open: 7, unattended: 1 })
    expect(overview.incidents!.items.map(({ about }) => about)).toEqual(['queue_1', 'queue_2', 'queue_3', 'queue_4', 'queue_5', 'queue_6'])
    expect(bucket(overview, 'blocked')).toMatchObject({ count: 6, exemplars: [{ label: 'queue_1' }, { label: 'queue_2' }, { label: 'queue_3' }] })
    expect(bucket(overview, 'needs_review'), 'told once, by the incident').toMatchObject({ count: 1, exemplars: [{ label: 'd_fourth', attention: 'missed run' }] })
    expect(overview.troubles, 'those that are silenced are no trouble now').toMatchObject([{ status: 'needs_review', text: 'd_fourth: missed run.', about: 'd_fourth' }])
    surfaces = { 'view_cron d_fourth': false, 'view_queues queue_2': false }
    const less = await read()
    expect(less.incidents).toMatchObject({ open: 5, unattended: 0 })
    expect(JSON.stringify(less)).not.toMatch(/d_fourth|queue_2/)
    surfaces = {}
    await client.query('truncate ops.incident')
  })

  test('lists changes: operations and deploys, marked on the charts as well, and nothing that the viewer may not see', async () => {
    await client.query('truncate ops.snapshot')
    expect((await server.call('ops-demo', 'POST', '/deploys', { version: 'v412', note: 'new mailer' })).status).toBe(201)
    await operate('pause_cron_entry', 'e_fifth', 'fixture maintenance')
    const { changes, chart } = await read()
    expect(changes.slice(0, 2)).toMatchObject([
      { kind: 'operation', who: 'ops-demo', text: 'paused the entry e_fifth', detail: '“fixture maintenance”', href: '/ops/jobs/cron?entry=e_fifth' },
      { kind: 'deploy', who: 'v412', text: 'by ops-demo', detail: 'new mailer' },
    ])
    expect(chart.marks).toContainEqual(expect.objectContaining({ kind: 'deploy', label: 'v412' }))
    expect(chart.marks.at(-1)).toMatchObject({ kind: 'operation', label: 'ops-demo paused the entry e_fifth' })
    surfaces = { 'view_cron e_fifth': false }
    expect(JSON.stringify(await read())).not.toContain('e_fifth')
    surfaces = { view_audit: false }
    expect((await read()).changes.map(({ kind }) => kind)).toEqual(['deploy'])
    surfaces = {}
    await operate('resume_cron_entry', 'e_fifth')
  })

  test('calls figures of a minute lagging and of five minutes unknown, and is never sure then', async () => {
    const measured = (age: string) =>
      client.query(`truncate ops.snapshot; insert into ops.snapshot (at, seconds, waiting, executing, finished, how) values (now() - interval '${age}', 5, 3, 1, 9, 'exact')`)
    await measured('2 seconds')
    expect(await read()).toMatchObject({ figures: 'fresh', moving: true, rest: expect.stringMatching(/moving\.$/) })
    await measured('2 minutes')
    expect(await read()).toMatchObject({ figures: 'lagging', moving: null, rest: expect.stringMatching(/^The figures are lagging: they were last measured at 20\d\d-/) })
    await measured('6 minutes')
    const overview = await read()
    expect(overview).toMatchObject({ figures: 'unknown', moving: null, rest: expect.stringMatching(/^Nothing has been measured since 20.*unknown\.$/) })
    expect(overview.vitals.map(({ value }) => value)).toEqual([null, null, null, null])
  })

  test('lists as withheld what the actor may not see', async () => {
    surfaces = { view_cron: false }
    const overview = await read()
    expect(overview.withheld).toContain('cron entries')
    expect(JSON.stringify(overview)).not.toContain('a_first')
    surfaces = {}
    const { count } = bucket(await read(), 'runnable')
    surfaces = { 'view_cron a_first': false }
    expect(bucket(await read(), 'runnable').count).toBe(count! - 1)
    surfaces = { view_audit: false }
    expect((await read()).withheld).toContain('audit events')
    surfaces = {}
  })
})
