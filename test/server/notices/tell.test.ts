import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AuditEvent } from '../../../schemas/index.ts'
import { query } from '../../../server/db/database.ts'
import { readNoticeFacts } from '../../../server/incidents/notice-facts.ts'
import { recordNotice } from '../../../server/notices/outbox.ts'
import { deleteOldNotices } from '../../../server/notices/rows.ts'
import { tellHost } from '../../../server/notices/tell.ts'
import type { RunningKit } from '../../../server/open.ts'
import { writeEvent } from '../../../server/operations/event.ts'
import { changeIncident, insertIncident, openNoticeKit } from '../../support/notices.ts'
import { createDatabase, type TestDatabase } from '../../support/postgres.ts'
import { runSql } from '../../support/template.ts'

let database: TestDatabase
let kit: RunningKit
let told: AuditEvent[] = []
let behave: (event: AuditEvent) => Promise<string | void> | string | void
const clock = { now: new Date('2026-11-21T03:00:00Z') }
const pass = (seconds: number) => (clock.now = new Date(clock.now.getTime() + seconds * 1000))
const handle = (event: AuditEvent) => {
  told.push(event)
  return behave(event)
}

beforeAll(async () => {
  database = await createDatabase()
  kit = await openNoticeKit(database.url, clock, { handle })
})
afterAll(async () => {
  await kit.db.close()
  await database.drop()
})
beforeEach(async () => {
  await runSql(database.url, 'delete from ops.notice; delete from ops.notice_thread; delete from ops.incident')
  told = []
  behave = () => {}
})

const tell = () => tellHost(kit, readNoticeFacts)
const heard = () => told.map(({ id, eventType }) => [id, eventType])
const notices = () => query(kit.db.em(), sql<{ id: string; outcome: string | null; detail: string | null; tries: number }>`select id, outcome, detail, tries from ops.notice order by recorded_at, id`)
const followUps = async (subject: string) =>
  query(kit.db.em(), sql<{ outcome: string; metadata: Record<string, unknown> }>`select outcome, metadata from ops.audit_event where event_type = 'host.follow_up' and subject_id = ${subject} order by occurred_at`)

test('a notice is sent half a minute after an incident opened, once, with the id of its audit event, and the answer of the host is recorded', async () => {
  behave = () => 'paged the mail team'
  const incident = await insertIncident(kit, clock.now)
  const id = await changeIncident(kit, incident, 'incident.opened')
  await tell()
  expect(told).toEqual([])
  pass(31)
  await tell()
  await tell()
  expect(heard()).toEqual([[id, 'incident.opened']])
  expect(told[0]).toMatchObject({ subject: { type: 'incident', id: incident }, actor: { id: 'system' }, after: { class: 'stuck_queue' } })
  expect(await followUps(incident)).toMatchObject([{ outcome: 'succeeded', metadata: { status: 'invoked', detail: 'paged the mail team', event: id } }])
  expect(await notices()).toMatchObject([{ id, outcome: 'told', detail: 'paged the mail team', tries: 1 }])
})

test('what is over within half a minute is left out, and why is recorded', async () => {
  const incident = await insertIncident(kit, clock.now)
  await changeIncident(kit, incident, 'incident.opened')
  await changeIncident(kit, incident, 'incident.resolved', { state: 'resolved' })
  pass(31)
  await tell()
  expect(told).toEqual([])
  expect((await notices()).map(({ outcome, detail }) => [outcome, detail])).toEqual([
    ['left_out', 'Another change came before it was sent.'],
    ['left_out', 'No notice was sent that it had opened.'],
  ])
})

test('an incident that stays open is repeated every four hours by an event of its own, until it is acknowledged', async () => {
  const incident = await insertIncident(kit, clock.now)
  const opened = await changeIncident(kit, incident, 'incident.opened')
  pass(31)
  await tell()
  for (let n = 0; n < 2; n++) {
    pass(4 * 3600 + 1)
    await tell()
  }
  expect(told.map(({ eventType }) => eventType)).toEqual(['incident.opened', 'incident.still_open', 'incident.still_open'])
  expect(new Set(told.map(({ id }) => id)).size).toBe(3)
  expect(told[1]).toMatchObject({ after: { class: 'stuck_queue', queue: 'mail' }, metadata: { event: opened, title: 'mail is stuck', class: 'stuck_queue', resource: { queue: 'mail' } } })
  await runSql(database.url, `update ops.incident set acknowledged_at = now()`)
  pass(9 * 3600)
  await tell()
  expect(told).toHaveLength(3)
})

test('the notice of its end is sent five minutes after the last change at the earliest', async () => {
  const incident = await insertIncident(kit, clock.now)
  await changeIncident(kit, incident, 'incident.opened')
  pass(31)
  await tell()
  const resolved = await changeIncident(kit, incident, 'incident.resolved', { state: 'resolved' })
  pass(60)
  await tell()
  expect(told).toHaveLength(1)
  pass(241)
  await tell()
  expect(heard().at(-1)).toEqual([resolved, 'incident.resolved'])
})

test('a handler that fails is called again with the same message, later and later, and five failures are the end', async () => {
  behave = () => Promise.reject(new Error('CANARY pager token'))
  const incident = await insertIncident(kit, clock.now)
  const id = await changeIncident(kit, incident, 'incident.opened')
  pass(31)
  for (const wait of [9, 1, 60, 300, 1800, 86_400]) {
    await tell()
    pass(wait)
  }
  await tell()
  expect(heard()).toEqual(Array.from({ length: 5 }, () => [id, 'incident.opened']))
  expect(await notices()).toMatchObject([{ outcome: 'failed', tries: 5 }])
  const recorded = await followUps(incident)
  expect(recorded.map(({ metadata }) => metadata.attempt)).toEqual([undefined, 2, 3, 4, 5])
  expect(JSON.stringify(recorded)).not.toContain('CANARY')
})

test('the notice of a repair whose process died before sending it is sent at once by another process', async () => {
  const id = await kit.db.transact(async (em) => {
    const event = await writeEvent(kit.db, em, { action: 'retry_job', eventType: 'job.retried', outcome: 'succeeded', actor: { id: 'ops-demo', type: 'user', label: 'ops-demo' }, subject: { type: 'job', id: 'j1' }, source: 'api', requestId: 'r1', metadata: { resource: { queue: 'mail' } } })
    await recordNotice(kit, em, event)
    return event.id
  })
  const other = await openNoticeKit(database.url, clock, { handle })
  await tellHost(other, readNoticeFacts)
  await tell()
  expect(heard()).toEqual([[id, 'job.retried']])
  expect(await followUps('j1')).toHaveLength(1)
  expect(await query(kit.db.em(), sql`select * from ops.notice_thread`)).toEqual([])
  await other.db.close()
})

test('many processes tell each message once', async () => {
  const others = await Promise.all(Array.from({ length: 4 }, () => openNoticeKit(database.url, clock, { handle })))
  behave = () => new Promise((resolve) => setTimeout(resolve, 5))
  const ids: string[] = []
  for (let n = 0; n < 20; n++) ids.push(await changeIncident(kit, await insertIncident(kit, clock.now), 'incident.opened'))
  pass(31)
  await Promise.all([kit, ...others].map((each) => tellHost(each, readNoticeFacts)))
  expect(told.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  await Promise.all(others.map(({ db }) => db.close()))
})

test('a notice that is recorded while another one of its incident is being sent is not overlooked', async () => {
  const incident = await insertIncident(kit, clock.now)
  await changeIncident(kit, incident, 'incident.opened')
  pass(31)
  behave = async () => {
    behave = () => {}
    await changeIncident(kit, incident, 'incident.resolved', { state: 'resolved' })
  }
  await tell()
  pass(301)
  await tell()
  expect(told.map(({ eventType }) => eventType)).toEqual(['incident.opened', 'incident.resolved'])
})

test('a process whose claim has expired records nothing', async () => {
  const incident = await insertIncident(kit, clock.now)
  const id = await changeIncident(kit, incident, 'incident.opened')
  pass(31)
  behave = async () => {
    behave = () => {}
    pass(31)
    await tell()
  }
  await tell()
  expect(heard()).toEqual([[id, 'incident.opened'], [id, 'incident.opened']])
  expect(await followUps(incident)).toHaveLength(1)
  expect(await notices()).toMatchObject([{ outcome: 'told', tries: 1 }])
})

test('a notice and its event are there together or not at all', async () => {
  const incident = await insertIncident(kit, clock.now)
  await expect(changeIncident(kit, incident, 'incident.resolved', { state: 'nonsense' })).rejects.toThrow()
  expect(await notices()).toEqual([])
})

test('old notices are deleted, but not what the host knows of an open incident', async () => {
  const [open, gone] = [await insertIncident(kit, clock.now), await insertIncident(kit, clock.now)]
  for (const id of [open, gone]) await changeIncident(kit, id, 'incident.opened')
  pass(31)
  await tell()
  await runSql(database.url, `update ops.incident set acknowledged_at = now()`)
  await changeIncident(kit, gone, 'incident.resolved', { state: 'resolved' })
  pass(301)
  await tell()
  pass(31 * 86_400)
  await tell()
  await deleteOldNotices(kit)
  expect(await notices()).toEqual([])
  expect(await query(kit.db.em(), sql`select subject_id from ops.notice_thread`)).toEqual([{ subject_id: open }])
  await changeIncident(kit, open, 'incident.resolved', { state: 'resolved' })
  await tell()
  expect(told.at(-1)).toMatchObject({ eventType: 'incident.resolved', subject: { id: open } })
})
