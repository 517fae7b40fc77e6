import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CronPageWanted } from '../../../server/cron/read.ts'
import { listCronEntries } from '../../../server/cron/read.ts'
import { query } from '../../../server/db/database.ts'
import { type Harness, openHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await openHarness({ start: '2026-03-02T10:00:30Z', queues: ['work', 'mail'] })
  const base = { queue: 'work', overlap: 'allow' as const, catchUp: 'none' as const }
  await harness.sync([
    ...[1, 2, 9, 10, 11, 100].map((number) => ({ ...base, name: `mail_${number}`, queue: 'mail', expression: `${number % 60} 3 * * *` })),
    { ...base, name: 'Alpha', expression: '* * * * *' },
    { ...base, name: 'beta', expression: '0 11 * * *' },
    { ...base, name: 'held', expression: '0 11 * * *', source: 'fixture' },
    { ...base, name: 'late', expression: '0 11 * * *' },
    { ...base, name: 'missed', expression: '0 11 * * *' },
    { ...base, name: 'refused', queue: 'nowhere', expression: '* * * * *' },
  ])
  await harness.operate('pause_cron_entry', 'held')
  await harness.operate('skip_cron_slot', 'beta', { slotAt: '2026-03-02T11:00:00Z' })
  await harness.tickAt('2026-03-02T10:01:01Z')
  await harness.operate('pause_cron_entry', 'late')
  await harness.operate('resume_cron_entry', 'late')
  // Nobody schedules from 10:01 until two hours later.
  await harness.tickAt('2026-03-02T12:30:00Z')
})
afterAll(() => harness.close())

const pageOf = (asked: Partial<CronPageWanted>) => listCronEntries(harness.as(), {}, { limit: 50, ...asked })
const namesOf = async (asked: Partial<CronPageWanted>) => (await pageOf(asked)).items.map(({ name }) => name)

test('by name, numbers count as numbers and capitals do not matter', async () => {
  expect(await namesOf({})).toEqual(['Alpha', 'beta', 'held', 'late', 'mail_1', 'mail_2', 'mail_9', 'mail_10', 'mail_11', 'mail_100', 'missed', 'refused'])
})

test('by next run, paused entries come first', async () => {
  const { items } = await pageOf({ sort: 'next' })
  expect(items[0]!.name).toBe('held')
  const next = items.slice(1).map(({ nextRuns }) => nextRuns[0]!)
  expect(next).toEqual(next.toSorted())
})

test('by health, entries that need review come first, by the same rule as their status', async () => {
  const { items } = await pageOf({ sort: 'health' })
  const statuses = items.map(({ status }) => status)
  expect(new Set(statuses).size).toBeGreaterThan(2)
  expect(statuses.lastIndexOf('needs_review')).toBe(statuses.filter((status) => status === 'needs_review').length - 1)
  expect(statuses.indexOf('waiting')).toBeLessThan(statuses.indexOf('runnable') < 0 ? Infinity : statuses.lastIndexOf('runnable'))
})

test('a group comes before the order', async () => {
  const items = (await pageOf({ group: 'source', sort: 'next' })).items.map(({ source }) => source)
  expect(items).toEqual(items.toSorted())
  const queues = (await pageOf({ group: 'queue' })).items.map(({ queue }) => queue)
  expect(queues).toEqual(queues.toSorted())
})

test.each<Partial<CronPageWanted>>([{}, { sort: 'next' }, { sort: 'health' }, { sort: 'health', group: 'queue' }, { sort: 'next', group: 'source' }])('pages of %j are the list, cut into pieces', async (asked) => {
  const whole = await namesOf(asked)
  const pieces: string[] = []
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await pageOf({ ...asked, limit: 5, cursor })
    pieces.push(...items.map(({ name }) => name))
    if (!(cursor = nextCursor)) break
  }
  expect(pieces).toEqual(whole)
})

test('a cursor of another order is refused', async () => {
  const { nextCursor } = await pageOf({ limit: 2 })
  await expect(pageOf({ sort: 'next', cursor: nextCursor })).rejects.toMatchObject({ code: 'invalid_request', details: { errors: [{ path: 'query.cursor' }] } })
})

test('a page by name reads only its own entries of ten thousand', async () => {
  const { db } = harness.kit
  await query(
    db.em(),
    sql`insert into ops.cron_entry (id, name, source, queue, expression, timezone, overlap, catch_up, max_catch_up, created_at, updated_at)
        select gen_random_uuid(), 'many_' || n, 'runtime', 'work', '0 2 * * *', 'Etc/UTC', 'allow', 'none', 1, now(), now() from generate_series(1, 10000) n`,
  )
  await query(db.em(), sql`analyze ops.cron_entry`)
  const [first] = await query(db.em(), sql<{ 'QUERY PLAN': unknown }>`
    explain (format json) select * from ops.cron_entry entry
    order by (regexp_replace(regexp_replace(lower(entry.name), '(\\d+)', '00000000000000000000\\1', 'g'), '\\d*(\\d{20})', '\\1', 'g')) collate "C", entry.name collate "C" limit 50`)
  expect(JSON.stringify(first)).toContain('cron_entry_natural')
  expect((await namesOf({ limit: 3, cursor: (await pageOf({ limit: 12 })).nextCursor }))).toHaveLength(3)
})
