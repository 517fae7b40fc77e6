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
    expect(overview.sentence).toMatch(/one cron entry needs a decision/)
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

  test('lists as withheld what the actor may not see', async () => {
    surfaces = { view_cron: false }
    const overview = await read()
    expect(overview.withheld).toContain('cron entries')
    expect(JSON.stringify(overview)).not.toContain('a_first')
    surfaces = { 'view_cron a_first': false }
    expect(bucket(await read(), 'runnable').count).toBe(4)
    surfaces = { view_audit: false }
    expect((await read()).withheld).toContain('audit events')
    surfaces = {}
  })
})
