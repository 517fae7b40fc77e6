import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getCronEntry, listCronEntries } from '../../../server/cron/read.ts'
import type { DeclaredCronEntry } from '../../../server/options.ts'
import { glance, type Harness, openHarness } from './harness.ts'

const nightly: DeclaredCronEntry = { name: 'nightly', queue: 'work', expression: '0 2 * * *', args: { a: 1, b: { c: 2, d: 3 } } }
const digest: DeclaredCronEntry = { name: 'digest', queue: 'work', expression: '*/10 * * * *', overlap: 'allow', catchUp: 'latest' }

let harness: Harness
beforeAll(async () => {
  harness = await openHarness()
})
afterAll(() => harness.close())
beforeEach(async () => {
  harness.clock.now = new Date('2026-03-02T10:00:30Z')
  await harness.ask('delete from ops.cron_entry')
})

/** Events since the last look. */
let told = 0
async function news() {
  const all = await harness.events()
  const fresh = all.slice(told)
  told = all.length
  return fresh.map(({ event_type, subject_id, before, after, actor_id, source, action }) => ({ event_type, subject_id, before, after, actor_id, source, action }))
}

test('a start stores the declared entries, audited as the system, and the next start writes nothing', async () => {
  await news()
  await harness.sync([nightly, digest])
  expect(await news()).toMatchObject([
    { event_type: 'cron.declared', subject_id: 'nightly', before: {}, after: { queue: 'work', expression: '0 2 * * *', timezone: 'Etc/UTC' }, actor_id: 'system', source: 'system', action: 'sync_cron_entry' },
    { event_type: 'cron.declared', subject_id: 'digest' },
  ])
  const before = await harness.ask('select xmin::text, * from ops.cron_entry order by name')
  await harness.sync([digest, { ...nightly, args: { b: { d: 3, c: 2 }, a: 1 } }])
  expect(await harness.ask('select xmin::text, * from ops.cron_entry order by name')).toEqual(before)
  expect(await news()).toEqual([])
})

test('several processes that start at once write them only once', async () => {
  await news()
  await Promise.all([1, 2, 3, 4].map(() => harness.sync([nightly, digest])))
  expect(await news()).toHaveLength(2)
})

test('a deployment that changes an entry records the change and preserves the pause', async () => {
  await harness.sync([nightly])
  await harness.operate('pause_cron_entry', 'nightly', {}, { reason: 'keep me' })
  await news()
  await harness.sync([{ ...nightly, expression: '0 3 * * *', queue: 'other' }])
  expect(await news()).toMatchObject([
    { event_type: 'cron.reconfigured', before: { queue: 'work', expression: '0 2 * * *' }, after: { queue: 'other', expression: '0 3 * * *' } },
  ])
  expect(await getCronEntry(harness.as(), 'nightly')).toMatchObject({ status: 'waiting', pause: { reason: 'keep me' }, queue: 'other', version: 3 })
})

test('a deployment that changes no schedule preserves due slots', async () => {
  await harness.sync([digest])
  harness.clock.now = new Date('2026-03-02T10:25:00Z')
  await harness.sync([{ ...digest, args: { now: 'with args' } }])
  await harness.tick()
  expect(glance(await harness.slots())).toEqual(['10:10 scheduler_down', '10:20 claimed'])
})

test('an entry removed from the code is retired with its history, and returns as it was', async () => {
  await harness.sync([digest, nightly])
  await harness.tickAt('2026-03-02T10:10:01Z')
  await news()
  harness.clock.now = new Date('2026-03-02T10:15:00Z')
  await harness.sync([nightly])
  expect(await news()).toMatchObject([{ event_type: 'cron.retired', subject_id: 'digest', before: { retiredAt: null }, after: { retiredAt: '2026-03-02T10:15:00.000Z' } }])
  expect(await getCronEntry(harness.as(), 'digest')).toMatchObject({ status: 'resolved', diagnosis: 'retired', nextRuns: [], coming: [], recent: [{ outcome: 'on_time' }] })
  await harness.tickAt('2026-03-02T10:20:01Z')
  harness.clock.now = new Date('2026-03-02T10:25:00Z')
  await harness.sync([nightly])
  expect(await news()).toEqual([])
  await harness.sync([digest, nightly])
  expect(await news()).toMatchObject([{ event_type: 'cron.declared', before: { retiredAt: '2026-03-02T10:15:00.000Z' }, after: { retiredAt: null } }])
  await harness.tickAt('2026-03-02T10:30:01Z')
  expect(glance(await harness.slots(), 'digest')).toEqual(['10:10 claimed', '10:30 claimed'])
  expect((await getCronEntry(harness.as(), 'digest')).recent).toHaveLength(2)
})

test('a declaration does not take over an entry created at runtime, and then changes nothing at all', async () => {
  const definition = { queue: 'work', args: {}, expression: '0 0 * * *', timezone: 'Etc/UTC', overlap: 'allow', catchUp: 'none', maxCatchUp: 1 }
  await harness.operate('create_cron_entry', 'nightly', definition, { reason: 'made by hand' })
  await expect(harness.sync([digest, nightly])).rejects.toThrow(/cron entry 'nightly' is declared in code, but an operator created an entry of that name/)
  const { items } = await listCronEntries(harness.as(), {}, { limit: 50 })
  expect(items.map(({ name, source }) => [name, source])).toEqual([['nightly', 'runtime']])
})

describe('an invalid declaration stops the start and names entry and field', () => {
  test.each<[string, unknown[], RegExp]>([
    ['expression', [{ ...nightly, expression: '0 25 * * *' }], /cron\[0\] 'nightly': expression: got '25' in the field hour/],
    ['never', [digest, { ...nightly, expression: '0 0 30 2 *' }], /cron\[1\] 'nightly': expression: .*never fires/],
    ['timezone', [{ ...nightly, timezone: 'Berlin' }], /cron\[0\] 'nightly': timezone: got 'Berlin'/],
    ['queue', [{ ...nightly, queue: '' }], /cron\[0\] 'nightly': 'queue' is invalid/],
    ['overlap', [{ ...nightly, overlap: 'maybe' }], /cron\[0\] 'nightly': 'overlap' is invalid/],
    ['unknown key', [{ ...nightly, cron: '* * * * *' }], /cron\[0\] 'nightly'.*Unrecognized key/i],
    ['name', [{ ...nightly, name: 'has spaces' }], /cron\[0\] 'has spaces': 'name' is not a valid name/],
    ['twice', [nightly, nightly], /cron\[1\] 'nightly': 'name' is declared twice/],
    ['source', [{ ...nightly, source: 'runtime' }], /cron\[0\] 'nightly': 'source' is 'runtime'/],
  ])('%s', async (_what, declared, message) => {
    await expect(harness.sync(declared as DeclaredCronEntry[])).rejects.toThrow(message)
    expect(await harness.ask('select 1 from ops.cron_entry')).toEqual([])
  })
})
