import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ComingRuns, listComingRuns as described } from '../../../schemas/index.ts'
import { listComingRuns, type ComingFilters } from '../../../server/cron/coming.ts'
import { query } from '../../../server/db/database.ts'
import type { Scope } from '../../../server/operations/scope.ts'
import { type Harness, openHarness } from './harness.ts'

let harness: Harness
const base = { queue: 'work', overlap: 'allow' as const, catchUp: 'none' as const, expression: '0 2 * * *' }
beforeAll(async () => {
  harness = await openHarness({ start: '2026-03-07T13:24:00Z', queues: ['work', 'secret'] })
  await harness.sync([
    { ...base, name: 'backup' },
    { ...base, name: 'feed', expression: '* * * * *' },
    { ...base, name: 'office', expression: '*/10 9-16 * * *' },
    { ...base, name: 'yearly', expression: '0 0 1 1 *' },
    { ...base, name: 'new_york', expression: '30 2 * * *', timezone: 'America/New_York' },
    { ...base, name: 'held', expression: '30 * * * *' },
    { ...base, name: 'hidden_one', queue: 'secret', expression: '0 3 * * *' },
  ])
  await harness.operate('pause_cron_entry', 'held', { resumeAt: '2026-03-07T20:00:00Z' }, { reason: 'canary-coming reason' })
  await harness.operate('skip_cron_slot', 'backup', { slotAt: '2026-03-08T02:00:00Z' })
})
afterAll(() => harness.close())

const list = (asked: ComingFilters & { from?: string; to?: string } = {}, scope: Scope = harness.as()): Promise<ComingRuns> => listComingRuns(scope, asked)
const named = (answer: ComingRuns, name: string) => answer.entries.find((each) => each.name === name)!

test('the next 24 hours of every entry, soonest first, as described', async () => {
  const answer = await list()
  expect(described.output.parse(answer)).toEqual(JSON.parse(JSON.stringify(answer)))
  expect([answer.from, answer.to]).toEqual(['2026-03-07T13:24:00.000Z', '2026-03-08T13:24:00.000Z'])
  expect(answer.entries.map(({ name }) => name)).toEqual(['feed', 'held', 'office', 'backup', 'hidden_one', 'new_york'])
  expect(named(answer, 'hidden_one').runs).toEqual([{ at: '2026-03-08T03:00:00.000Z', skipped: false, paused: false }])
})

test('a frequent entry is a rhythm, in as few words whatever the window', async () => {
  for (const to of [undefined, '2026-03-14T13:24:00Z']) {
    const { runs, rhythms } = named(await list({ to }), 'feed')
    expect(runs).toEqual([])
    expect(rhythms).toHaveLength(1)
    expect(rhythms[0]).toMatchObject({ from: '2026-03-07T13:24:00.000Z', everySeconds: 60, runs: to ? 10_081 : 1_441 })
  }
  const { rhythms } = named(await list({ to: '2026-03-10T00:00:00Z' }), 'office')
  expect(rhythms.map(({ from, to, runs }) => `${from.slice(8, 16)} ${to.slice(8, 16)} ${runs}`)).toEqual(['07T13:30 07T16:50 21', '08T09:00 08T16:50 48', '09T09:00 09T16:50 48'])
})

test('a skipped run says so, and runs again when that is taken back', async () => {
  const at = '2026-03-08T02:00:00.000Z'
  expect(named(await list(), 'backup').runs).toEqual([{ at, skipped: true, paused: false }])
  const { event } = await harness.operate('unskip_cron_slot', 'backup', { slotAt: at })
  expect([event.eventType, event.before, event.after]).toEqual(['cron.slot_unskipped', { skippedSlot: at }, { skippedSlot: null }])
  expect(named(await list(), 'backup').runs).toEqual([{ at, skipped: false, paused: false }])
  await expect(harness.operate('unskip_cron_slot', 'backup', { slotAt: at })).rejects.toMatchObject({ code: 'invalid_request', details: { errors: [{ path: 'input.slotAt' }] } })
})

test('runs before the end of a pause are paused, those after it are not', async () => {
  const { pause, runs } = named(await list({ to: '2026-03-07T22:00:00Z' }), 'held')
  expect(pause).toMatchObject({ reason: 'canary-coming reason', resumeAt: '2026-03-07T20:00:00.000Z' })
  expect(runs.map(({ at, paused }) => `${at.slice(11, 16)}${paused ? ' paused' : ''}`)).toEqual([
    ...['13', '14', '15', '16', '17', '18', '19'].map((hour) => `${hour}:30 paused`), '20:30', '21:30',
  ])
  expect(JSON.stringify(await list({}, harness.as('support-demo')))).not.toContain('canary')
})

test('a time that does not exist on the night when clocks go forward runs at the end of the gap', async () => {
  expect(named(await list(), 'new_york').runs.map(({ at }) => at)).toEqual(['2026-03-08T07:00:00.000Z'])
})

test.each<[ComingFilters, string[]]>([
  [{ queue: 'secret' }, ['hidden_one']],
  [{ names: 'backup,feed' }, ['feed', 'backup']],
  [{ q: 'NEW' }, ['new_york']],
  [{ source: 'runtime' }, []],
])('filtered by %j', async (filters, names) => {
  expect((await list(filters)).entries.map(({ name }) => name)).toEqual(names)
})

test.each([
  { to: '2026-03-07T13:00:00Z' },
  { to: '2026-03-17T00:00:00Z' },
  { from: '2028-03-17T00:00:00Z' },
])('the window %j is refused', async (asked) => {
  await expect(list(asked)).rejects.toMatchObject({ code: 'invalid_request', details: { errors: [{ path: 'query.to' }] } })
})

describe('how long a run usually takes', () => {
  const ended = (name: string, seconds: number[], state = 'completed') =>
    query(
      harness.kit.db.em(),
      sql`insert into ops.cron_slot (entry_id, kind, slot_at, state, decided_at, claimed_at, job_queue, job_id, job_state, finished_at)
        select entry.id, 'scheduled', at, 'claimed', at, at, 'work', gen_random_uuid()::text, ${state}, at + make_interval(secs => seconds)
        from ops.cron_entry entry, unnest(${seconds}::float8[]) with ordinality as given (seconds, place), lateral (select timestamptz '2026-03-01' + place * interval '1 minute' as at) slot
        where name = ${name}`,
    )

  test('is unknown with too few runs, then the median of its own, whatever else hung', async () => {
    expect(named(await list(), 'backup').usual).toBeUndefined()
    await ended('backup', [100, 90_000, 120])
    expect(named(await list(), 'backup').usual).toEqual({ seconds: 120, basis: 'entry', runs: 3 })
  })

  test('does not count runs that failed', async () => {
    await ended('new_york', [1, 1, 1, 1], 'discarded')
    expect(named(await list(), 'new_york').usual).toBeUndefined()
  })

  test('is that of its queue where the entry itself has too few runs', async () => {
    await query(harness.kit.db.em(), sql`insert into ops.usual_duration (queue, worker, as_of, durations) values ('secret', '', ${harness.clock.now}, '{"0": 10}')`)
    expect(named(await list(), 'hidden_one').usual).toMatchObject({ seconds: 1, basis: 'queue' })
  })
})

describe('an actor who may see only one queue', () => {
  const limited = (): Scope => {
    const scope = harness.as()
    return { ...scope, viewer: { ...scope.viewer, can: async (action, resource) => ({ allowed: resource.type === 'page' || resource.queue === 'work' || action !== 'view_cron' }) } as Scope['viewer'] }
  }
  test('sees nothing of the others, not even by their name', async () => {
    const all = await list({}, limited())
    expect(all.entries.map(({ name }) => name)).not.toContain('hidden_one')
    expect((await list({ names: 'hidden_one' }, limited())).entries).toEqual([])
  })
})
