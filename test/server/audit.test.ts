import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditEvent } from '../../schemas/index.ts'
import { type Database, openDatabase } from '../../server/db/database.ts'
import { type NewEvent, writeEvent } from '../../server/operations/event.ts'
import { auth, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let db: Database
let surfaces: Record<string, boolean> = {}

beforeAll(async () => {
  server = await startServer({
    cron: [],
    auth: { ...auth, authorize: (person, action, resource) => surfaces[`${action} ${resource.id}`] ?? surfaces[action] ?? auth.authorize(person, action, resource) },
  })
  db = await openDatabase({ url: server.database.url })
  for (let n = 0; n < 45; n++) await write({ subject: { type: 'cron_entry', id: `entry_${n % 3}` }, reason: n % 9 ? undefined : `migration of shard ${n}` })
  await write({ actor: { id: 'ops-two', type: 'user', label: 'Second' }, eventType: 'cron.resumed', action: 'resume_cron_entry' })
  await write({ outcome: 'denied', code: 'forbidden', actor: { id: 'eve', type: 'user', label: 'Eve' } })
})
afterAll(async () => {
  await db.close()
  await server.stop()
})

const write = (event: Partial<NewEvent>) =>
  writeEvent(db, db.em(), {
    action: 'pause_cron_entry',
    eventType: 'cron.paused',
    outcome: 'succeeded',
    actor: { id: 'ops-demo', type: 'user', label: 'ops-demo' },
    subject: { type: 'cron_entry', id: 'entry_0' },
    source: 'api',
    requestId: crypto.randomUUID(),
    ...event,
  })
const list = async (search: string, who = 'ops-demo') => {
  const { status, body } = await server.call(who, 'GET', `/audit-events?${search}`)
  expect(status).toBe(200)
  return body as { items: Record<string, never>[]; nextCursor?: string }
}

describe('the list', () => {
  test('is ordered newest first, to the microsecond, and each event matches the schema', async () => {
    const { items } = await list('limit=200')
    const times = items.map(({ occurredAt }) => String(occurredAt))
    expect(times).toEqual(times.toSorted().toReversed())
    expect(times.every((time) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(time))).toBe(true)
    expect(() => items.forEach((item) => auditEvent.parse(item))).not.toThrow()
  })

  test.each([
    ['actor=ops-two', 1],
    ['actor=eve&outcome=denied', 1],
    ['outcome=denied', 1],
    ['outcome=succeeded&limit=200', 46],
    ['action=resume_cron_entry', 1],
    ['eventType=cron.paused&limit=200', 46],
    ['eventType=cron.&limit=200', 47],
    ['eventType=cron.re', 1],
    ['eventType=cron&limit=200', 47],
    ['eventType=ron.', 0],
    ['eventType=cron%25', 0],
    ['subjectType=cron_entry&subjectId=entry_1', 15],
    ['subjectId=nobody', 0],
    ['q=migration', 5],
    ['q=SHARD%20migration', 5],
    ['q=migrat', 0],
    ['from=2999-01-01T00:00:00Z', 0],
    ['to=2001-01-01T00:00:00Z', 0],
    ['from=2001-01-01T00:00:00%2B02:00&to=2999-01-01T00:00:00Z&actor=eve', 1],
    ['actors=people&limit=200', 47],
    ['notActor=ops-demo', 2],
    ['notActor=ops-demo&notActorType=service&limit=200', 47],
    ['notEventType=cron.paused', 1],
    ['notEventType=cron.pau,host.', 1],
    ['notEventType=cron.,host.', 0],
    ['notEventType=%2C&limit=200', 47],
    ['notOutcome=succeeded', 1],
    ['notSubjectType=cron_entry', 0],
    ['notSubjectType=cron_entry&notSubjectId=entry_0&limit=200', 30],
    ['eventType=cron.&notEventType=cron.paused&notActor=ops-demo', 1],
  ])('%s finds %i', async (search, count) => {
    expect((await list(search)).items).toHaveLength(count)
  })

  test('is read in pages, unaffected by events written in the meantime', async () => {
    const before = (await list('limit=200')).items.map(({ id }) => id)
    const seen: unknown[] = []
    for (let cursor = ''; ; ) {
      const page = await list(`limit=7${cursor && `&cursor=${cursor}`}`)
      seen.push(...page.items.map(({ id }) => id))
      await write({ subject: { type: 'cron_entry', id: 'meanwhile' } })
      if (!page.nextCursor) break
      cursor = page.nextCursor
    }
    expect(seen).toEqual(before)
  })
})

describe('what a viewer may not see elsewhere', () => {
  test('is hidden in the log too: a whole surface', async () => {
    surfaces = { view_cron: false }
    expect((await list('limit=200')).items).toEqual([])
    surfaces = {}
  })

  test('is hidden in the log too: one subject', async () => {
    const [hidden] = (await list('subjectId=entry_2')).items
    surfaces = { 'view_cron entry_2': false }
    expect((await list('subjectId=entry_2')).items).toEqual([])
    expect((await list('subjectId=entry_1')).items).toHaveLength(15)
    expect((await server.call('ops-demo', 'GET', `/audit-events/${String(hidden!.id)}`)).status).toBe(404)
    expect((await server.call('ops-demo', 'GET', '/audit-events/export?format=ndjson')).text).not.toContain('entry_2')
    surfaces = {}
  })
})

describe('an export', () => {
  const exported = (format: string, search = '') => server.call('ops-demo', 'GET', `/audit-events/export?format=${format}${search}`)

  test('has every matching event, newest first, and is itself recorded as an event', async () => {
    const answer = await exported('ndjson', '&subjectId=entry_0&q=migration')
    expect(answer.headers.get('content-disposition')).toMatch(/attachment; filename="audit-events-.*\.ndjson"/)
    const events = answer.text.trim().split('\n').map((line) => auditEvent.parse(JSON.parse(line)))
    const found = (await list('subjectId=entry_0&q=migration')).items
    expect(events.map(({ id }) => id)).toEqual(found.map(({ id }) => id))
    const [told] = (await list('eventType=audit.exported')).items
    expect(told).toMatchObject({ actor: { id: 'ops-demo' }, subject: { type: 'audit_log', id: 'ndjson' }, metadata: { filters: { subjectId: 'entry_0', q: 'migration' } } })
  })

  test('is a table that a spreadsheet reads without executing formulas', async () => {
    await write({ reason: '=HYPERLINK("http://evil.example","click")', subject: { type: 'cron_entry', id: 'formula' } })
    await write({ reason: 'two\nlines, "quoted"', subject: { type: 'cron_entry', id: 'formula' } })
    const { text } = await exported('csv', '&subjectId=formula')
    const [header, ...rest] = text.split('\r\n')
    expect(header).toContain('occurredAt,action,eventType,outcome')
    expect(rest.join('\n')).toContain(`"'=HYPERLINK(""http://evil.example"",""click"")"`)
    expect(text).toContain('"two\nlines, ""quoted"""')
  })

  test('of more than one batch is complete', async () => {
    await Promise.all(Array.from({ length: 1_200 }, () => write({ subject: { type: 'cron_entry', id: 'many' } })))
    const { text } = await exported('ndjson', '&subjectId=many')
    const ids = text.trim().split('\n').map((line) => (JSON.parse(line) as { id: string }).id)
    expect(new Set(ids).size).toBe(1_200)
  })

  test('is refused to actors who cannot be named', async () => {
    expect((await server.call('nameless', 'GET', '/audit-events/export?format=csv')).body.code).toBe('unattributable_actor')
  })
})
