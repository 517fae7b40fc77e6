import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cronEntry, cronHistory } from '../../../schemas/index.ts'
import { type CronFilters, type CronPageWanted, getCronEntry, getCronHistory, listCronEntries } from '../../../server/cron/read.ts'
import type { Viewer } from '../../../server/host/viewer.ts'
import type { Scope } from '../../../server/operations/scope.ts'
import { type Harness, openHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await openHarness({ queues: ['work', 'secret'] })
  const base = { queue: 'work', overlap: 'allow' as const, catchUp: 'none' as const }
  await harness.sync([
    ...Array.from({ length: 25 }, (_, index) => ({ ...base, name: `e${String(index).padStart(2, '0')}`, expression: '*/10 * * * *' })),
    { ...base, name: 'secret_entry', queue: 'secret', expression: '*/10 * * * *', args: { password: 'canary-1', kept: 'yes' } },
    { ...base, name: 'Z_fixture', source: 'fixture', expression: '0 0 1 1 *', timezone: 'Europe/Berlin' },
  ])
  for (const at of ['10:00:31', '10:10:01', '10:10:05', '10:20:45', '10:31']) await harness.tickAt(`2026-03-02T${at}${at.length === 5 ? ':00' : ''}Z`)
  await harness.operate('pause_cron_entry', 'e03', {}, { reason: 'canary-2 reason' })
})
afterAll(() => harness.close())

type Query = CronFilters & Partial<CronPageWanted>
const list = ({ limit = 50, cursor, recent, ...filters }: Query = {}, scope: Scope = harness.as()) => listCronEntries(scope, filters, { limit, cursor, recent })
const names = async (query: Query) => (await list(query)).items.map(({ name }) => name)

describe('the list', () => {
  test('every entry matches the schema', async () => {
    const { items } = await list()
    expect(items).toHaveLength(27)
    for (const item of items) expect(cronEntry.parse(item)).toEqual(JSON.parse(JSON.stringify(item)))
  })

  test('pages follow each other by name, even if entries are created and deleted in between', async () => {
    const first = await list({ limit: 10 })
    const second = await list({ limit: 10, cursor: first.nextCursor })
    const third = await list({ limit: 10, cursor: second.nextCursor })
    expect(third.nextCursor).toBeUndefined()
    const seen = [first, second, third].flatMap(({ items }) => items.map(({ name }) => name))
    expect(new Set(seen).size).toBe(27)
    expect(seen).toEqual((await list()).items.map(({ name }) => name))
  })

  test.each(['x', '', Buffer.from('{"name":1}').toString('base64url'), Buffer.from('"e"').toString('base64url'), Buffer.from('{"name":"a\\u0000"}').toString('base64url')])(
    "the cursor '%s' is refused",
    async (cursor) => {
      await expect(list({ cursor })).rejects.toMatchObject({ code: 'invalid_request', details: { errors: [{ path: 'query.cursor' }] } })
    },
  )

  test('filters', async () => {
    expect(await names({ q: 'SECRET' })).toEqual(['secret_entry'])
    expect(await names({ q: '%' })).toEqual([])
    expect(await names({ source: 'fixture' })).toEqual(['Z_fixture'])
    expect(await names({ state: 'paused' })).toEqual(['e03'])
    expect(await names({ state: 'active', q: 'e0' })).not.toContain('e03')
    expect(await names({ state: 'retired' })).toEqual([])
  })

  test('has as many of the last slots as are asked for, the same as the entry alone', async () => {
    const whole = (await getCronEntry(harness.as(), 'e00')).recent
    const [none, two, all] = await Promise.all([undefined, 2, 36].map(async (recent) => (await list({ recent, q: 'e00' })).items[0]!))
    expect(whole).toHaveLength(3)
    expect([none!.recent, two!.recent, all!.recent]).toEqual([[], whole.slice(-2), whole])
    expect([none!.coming, two!.coming.length]).toEqual([[], 12])
    expect({ ...none, recent: whole, coming: all!.coming }).toEqual(all)
  })

  test.each([undefined, 36])('with %s slots each, a page costs the same few statements regardless of the number of its entries', async (recent) => {
    const count = async (limit: number) => {
      let statements = 0
      const scope = harness.as()
      const kysely = scope.em.getKysely()
      const executor = kysely.getExecutor()
      const execute = executor.executeQuery.bind(executor)
      executor.executeQuery = (...args) => {
        statements += 1
        return execute(...args)
      }
      const em = Object.create(scope.em, { getKysely: { value: () => kysely } }) as Scope['em']
      await list({ limit, recent }, { ...scope, em })
      return statements
    }
    const [few, many] = [await count(2), await count(27)]
    expect(few).toBeGreaterThan(0)
    expect(many).toBe(few)
  })
})

describe('one entry', () => {
  const get = (name: string, scope: Scope = harness.as()) => getCronEntry(scope, name)

  test('shows its slots, its last run and the next ones', async () => {
    const shown = await get('e00')
    expect(shown.recent.map(({ at, outcome }) => `${at.slice(11, 16)} ${outcome}`)).toEqual(['10:10 on_time', '10:20 delayed', '10:30 scheduler_down'])
    expect(shown.lastRun).toMatchObject({ at: '2026-03-02T10:20:00.000Z', lateSeconds: 45, outcome: 'delayed' })
    expect(shown).toMatchObject({ status: 'needs_review', diagnosis: 'scheduler_down', description: 'Every 10 minutes', unfinishedJobs: 2 })
    expect(shown.nextRuns).toEqual(['2026-03-02T10:40:00.000Z', '2026-03-02T10:50:00.000Z', '2026-03-02T11:00:00.000Z', '2026-03-02T11:10:00.000Z', '2026-03-02T11:20:00.000Z'])
  })

  test('is not found for an unknown name', async () => {
    await expect(get('nobody')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('lists the permissions of the actor; an actor who cannot be named may change nothing', async () => {
    expect((await get('e00')).permissions.pause_cron_entry).toEqual({ allowed: true })
    expect((await get('e00', harness.as('viewer-demo'))).permissions.pause_cron_entry).toEqual({ allowed: false, reason: 'Your role is viewer.' })
    const nameless = await get('e00', harness.as('nameless'))
    expect(Object.values(nameless.permissions).every(({ allowed, reason }) => !allowed && /cannot be named/.test(reason ?? ''))).toBe(true)
  })

  test('goes through the display policy', async () => {
    expect((await get('secret_entry')).args).toEqual({ password: '[hidden]', kept: 'yes' })
    expect((await get('secret_entry', harness.as('support-demo'))).args).toEqual({ hidden: 'by role' })
    expect((await get('e03', harness.as('support-demo'))).pause).toMatchObject({ reason: '[hidden by role]' })
    expect(JSON.stringify(await list({}, harness.as('support-demo')))).not.toContain('canary')
  })
})

describe('an actor who may see only one queue', () => {
  const limited = (): Scope => {
    const scope = harness.as()
    const can: Viewer['can'] = async (_action, { queue, type }) => ({ allowed: type === 'page' || queue === 'secret' })
    return { ...scope, viewer: { ...scope.viewer, can } }
  }

  test('sees only its entries, in the list, individually and in the history', async () => {
    expect((await list({}, limited())).items.map(({ name }) => name)).toEqual(['secret_entry'])
    await expect(getCronEntry(limited(), 'e00')).rejects.toMatchObject({ code: 'not_found' })
    await expect(getCronHistory(limited(), 'e00', {})).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('history', () => {
  const history = (query: { from?: string; to?: string } = {}, name = 'e00') => getCronHistory(harness.as(), name, query)

  test('matches the schema, newest first, with counts, and names the gaps in its evidence', async () => {
    const shown = await history({ from: '2026-03-02T10:00:00Z' })
    expect(cronHistory.parse(shown)).toEqual(JSON.parse(JSON.stringify(shown)))
    expect(shown.slots.map(({ outcome }) => outcome)).toEqual(['scheduler_down', 'delayed', 'on_time'])
    expect(shown.counts).toEqual({ scheduler_down: 1, delayed: 1, on_time: 1 })
    expect(shown.completeness.state).toBe('partial_evidence')
    expect(shown.completeness.reasons).toContain('No scheduler on record from 2026-03-02T10:20:45.000Z to 2026-03-02T10:31:00.000Z.')
  })

  test('defaults to the last day', async () => {
    const { from, to } = await history()
    expect([from, to]).toEqual(['2026-03-01T10:31:00.000Z', '2026-03-02T10:31:00.000Z'])
  })

  test('refuses a window that ends before it begins', async () => {
    await expect(history({ from: '2026-03-03T00:00:00Z', to: '2026-03-02T00:00:00Z' })).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('a window of the far past or the far future is answered at once', async () => {
    const began = performance.now()
    expect((await history({ from: '1970-01-01T00:00:00Z', to: '1990-01-01T00:00:00Z' })).slots).toEqual([])
    expect((await history({ from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' })).slots).toHaveLength(3)
    expect((await history({ from: '9998-01-01T00:00:00Z', to: '9999-01-01T00:00:00Z' })).slots).toEqual([])
    expect(performance.now() - began).toBeLessThan(3_000)
  })
})
