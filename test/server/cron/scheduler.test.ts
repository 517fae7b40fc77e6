import { afterEach, expect, test } from 'vitest'
import type { DeclaredCronEntry } from '../../../server/options.ts'
import { glance, type Harness, openHarness } from './harness.ts'

let harness: Harness
afterEach(() => harness.close())

const every: DeclaredCronEntry = { name: 'every', queue: 'work', expression: '* * * * *', args: { a: 1 }, overlap: 'allow', catchUp: 'none' }

async function open(entries: Partial<DeclaredCronEntry>[], options?: Parameters<typeof openHarness>[0]) {
  harness = await openHarness(options)
  await harness.sync(entries.map((entry) => ({ ...every, ...entry })))
  return harness
}

test('a due slot is claimed once and creates one job with the args of the entry', async () => {
  const { tickAt, slots, boss } = await open([{}])
  await tickAt('2026-03-02T10:00:59Z')
  expect(await slots()).toEqual([])
  await tickAt('2026-03-02T10:01:01Z')
  await tickAt('2026-03-02T10:01:02Z')
  expect(glance(await slots())).toEqual(['10:01 claimed'])
  const jobs = await boss.fetch('work', { batchSize: 10 })
  expect(jobs.map(({ data }) => data)).toEqual([{ a: 1 }])
  expect((await slots())[0]!.job_id).toBe(jobs[0]!.id)
})

test('a tick that is late by seconds runs the slot even without catch-up; a minute late, the slot is missed', async () => {
  const { tickAt, slots } = await open([{ catchUp: 'none' }])
  await tickAt('2026-03-02T10:01:02Z')
  await tickAt('2026-03-02T10:02:59.999Z')
  await tickAt('2026-03-02T10:04:10Z')
  expect(glance(await slots())).toEqual(['10:01 claimed', '10:02 claimed', '10:03 scheduler_down', '10:04 claimed'])
})

test('after downtime each catch-up policy is applied, and slots that do not run are recorded', async () => {
  const entries = [
    { name: 'none', expression: '*/10 * * * *', catchUp: 'none' as const },
    { name: 'latest', expression: '*/10 * * * *', catchUp: 'latest' as const },
    { name: 'all', expression: '*/10 * * * *', catchUp: 'all' as const, maxCatchUp: 2 },
  ]
  const { tickAt, slots } = await open(entries)
  await tickAt('2026-03-02T10:05:00Z')
  await tickAt('2026-03-02T10:45:00Z')
  const seen = await slots()
  expect(glance(seen, 'none')).toEqual(['10:10 scheduler_down', '10:20 scheduler_down', '10:30 scheduler_down', '10:40 scheduler_down'])
  expect(glance(seen, 'latest')).toEqual(['10:10 scheduler_down', '10:20 scheduler_down', '10:30 scheduler_down', '10:40 claimed'])
  expect(glance(seen, 'all')).toEqual(['10:10 scheduler_down', '10:20 scheduler_down', '10:30 claimed', '10:40 claimed'])
})

test('a year of downtime of an entry that fires every minute produces a few hundred rows, not half a million', async () => {
  const { tickAt, slots } = await open([{ catchUp: 'all', maxCatchUp: 20 }])
  const began = performance.now()
  await tickAt('2027-03-02T10:00:30Z')
  expect(performance.now() - began).toBeLessThan(8_000)
  const seen = await slots()
  expect(seen.filter(({ state }) => state === 'claimed')).toHaveLength(21)
  expect(seen.filter(({ state }) => state === 'scheduler_down')).toHaveLength(499)
}, 60_000)

test('overlap is determined by the jobs of the entry itself', async () => {
  const { tickAt, slots, work, boss } = await open([
    { name: 'skip', queue: 'a', overlap: 'skip' },
    { name: 'queue', queue: 'b', overlap: 'queue_one' },
    { name: 'cancel', queue: 'c', overlap: 'cancel_previous' },
    { name: 'other', queue: 'a', overlap: 'skip' },
  ], { queues: ['a', 'b', 'c'] })
  await tickAt('2026-03-02T10:01:01Z')
  const own = (await slots()).find(({ entry }) => entry === 'other')!
  await boss.fetch('a', { batchSize: 2 })
  await boss.complete('a', own.job_id!)
  await work('b', 'start')
  const cancelled = await work('c', 'start')
  await tickAt('2026-03-02T10:02:01Z')
  await tickAt('2026-03-02T10:03:01Z')
  const seen = await slots()
  expect(glance(seen, 'skip')).toEqual(['10:01 claimed', '10:02 skipped_overlap', '10:03 skipped_overlap'])
  expect(glance(seen, 'other')).toEqual(['10:01 claimed', '10:02 claimed', '10:03 skipped_overlap'])
  expect(glance(seen, 'queue')).toEqual(['10:01 claimed', '10:02 queued_follow_up', '10:03 skipped_overlap'])
  expect(glance(seen, 'cancel')).toEqual(['10:01 claimed', '10:02 claimed', '10:03 claimed'])
  expect((await boss.findJobs('c', { id: cancelled!.id }))[0]!.state).toBe('cancelled')
})

test('a waiting follow-up starts only when the running job has ended', async () => {
  const { tickAt, slots, boss } = await open([{ overlap: 'queue_one' }])
  await tickAt('2026-03-02T10:01:01Z')
  const [running] = await boss.fetch('work')
  await tickAt('2026-03-02T10:02:01Z')
  await tickAt('2026-03-02T10:02:10Z')
  expect((await slots())[1]).toMatchObject({ state: 'queued_follow_up', job_id: null })
  await boss.complete('work', running!.id)
  await tickAt('2026-03-02T10:02:20Z')
  const [first, followUp] = await slots()
  expect(first).toMatchObject({ job_state: 'completed' })
  expect(followUp).toMatchObject({ state: 'queued_follow_up', claimed_at: '2026-03-02 10:02:20+00' })
  expect((await boss.fetch('work', { batchSize: 5 })).map(({ id }) => id)).toEqual([followUp!.job_id])
  await tickAt('2026-03-02T10:03:01Z')
  expect(glance(await slots())).toEqual(['10:01 claimed', '10:02 queued_follow_up', '10:03 queued_follow_up'])
})

test('if a follow-up starts in the same tick in which the next slot is due, that slot waits behind it', async () => {
  const { tickAt, slots, boss } = await open([{ overlap: 'queue_one' }])
  await tickAt('2026-03-02T10:01:01Z')
  const [running] = await boss.fetch('work')
  await tickAt('2026-03-02T10:02:01Z')
  await boss.complete('work', running!.id)
  await tickAt('2026-03-02T10:03:01Z')
  expect((await slots()).map(({ at, state, job_id }) => [at.slice(6), state, job_id !== null])).toEqual([
    ['10:01', 'claimed', true],
    ['10:02', 'queued_follow_up', true],
    ['10:03', 'queued_follow_up', false],
  ])
})

test('an entry whose queue the engine refuses backs off and delays no other entry', async () => {
  const { tickAt, slots, boss, ask, logged } = await open([{ name: 'bad', queue: 'nowhere' }, { name: 'good' }])
  await tickAt('2026-03-02T10:01:01Z')
  expect(glance(await slots())).toEqual(['10:01 claimed'])
  const [bad] = await ask<{ last_error: string; retry_at: string }>("select last_error, retry_at::text from ops.cron_entry where name = 'bad'")
  expect(bad!.last_error).toMatch(/nowhere/)
  expect(bad!.retry_at).toBe('2026-03-02 10:01:06+00')
  expect(logged.filter((line) => line.includes('no job was created'))).toHaveLength(1)
  await boss.createQueue('nowhere')
  await tickAt('2026-03-02T10:01:03Z')
  expect(await slots()).toHaveLength(1)
  await tickAt('2026-03-02T10:01:10Z')
  expect(glance(await slots(), 'bad')).toEqual(['10:01 claimed'])
  expect(await ask("select last_error from ops.cron_entry where name = 'bad'")).toEqual([{ last_error: null }])
})

test('a slot skipped by an operator is not run, even as the latest of a catch-up', async () => {
  const { tickAt, slots, operate } = await open([{ expression: '*/10 * * * *', catchUp: 'latest' }])
  await operate('skip_cron_slot', 'every', { slotAt: '2026-03-02T10:30:00Z' })
  await tickAt('2026-03-02T10:35:00Z')
  expect(glance(await slots())).toEqual(['10:10 scheduler_down', '10:20 claimed', '10:30 skipped_by_operator'])
})

test('nothing is claimed during a pause, its slots are not caught up, and they are shown as paused', async () => {
  const { tickAt, slots, operate, clock, as } = await open([{ catchUp: 'all', maxCatchUp: 10 }])
  await tickAt('2026-03-02T10:01:00Z')
  await operate('pause_cron_entry', 'every')
  for (const minute of ['02', '03', '04']) await tickAt(`2026-03-02T10:${minute}:01Z`)
  clock.now = new Date('2026-03-02T10:04:30Z')
  await operate('resume_cron_entry', 'every')
  await tickAt('2026-03-02T10:05:01Z')
  expect(glance(await slots())).toEqual(['10:01 claimed', '10:05 claimed'])
  const { getCronHistory } = await import('../../../server/cron/read.ts')
  const history = await getCronHistory(as(), 'every', { from: '2026-03-02T10:00:30Z' })
  expect(history.slots.map(({ at, outcome }) => `${at.slice(11, 16)} ${outcome}`)).toEqual([
    '10:05 on_time',
    '10:04 paused',
    '10:03 paused',
    '10:02 paused',
    '10:01 on_time',
  ])
})

test('a pause with an end is lifted by the system at that instant, with evidence that names the pause', async () => {
  const { tickAt, slots, operate, events, ask } = await open([{ catchUp: 'all', maxCatchUp: 10 }])
  await tickAt('2026-03-02T10:01:00Z')
  const paused = await operate('pause_cron_entry', 'every', { resumeAt: '2026-03-02T10:04:00Z' }, { reason: 'maintenance' })
  await tickAt('2026-03-02T10:03:59Z')
  expect(await events('cron.resumed')).toEqual([])
  await tickAt('2026-03-02T10:04:02Z')
  expect(glance(await slots())).toEqual(['10:01 claimed', '10:04 claimed'])
  const [resumed, ...more] = await events('cron.resumed')
  expect(more).toEqual([])
  expect(resumed).toMatchObject({
    actor_id: 'system',
    source: 'system',
    outcome: 'succeeded',
    before: { pausedBy: 'ops-demo', pauseReason: 'maintenance', resumeAt: '2026-03-02T10:04:00.000Z' },
    after: { pausedAt: null, resumeAt: null },
    metadata: { pauseEventId: paused.event.id, pausedBy: 'ops-demo' },
  })
  expect(await ask("select to_at::text from ops.cron_coverage where kind = 'paused'")).toEqual([{ to_at: '2026-03-02 10:04:00+00' }])
})

test('coverage grows while the scheduler is alive, and a gap starts a new interval', async () => {
  const { tickAt, ask } = await open([])
  for (const second of ['30', '31', '36', '45', '59']) await tickAt(`2026-03-02T10:00:${second}Z`)
  await tickAt('2026-03-02T10:02:00Z')
  const rows = await ask("select to_char(from_at at time zone 'utc', 'MI:SS') as from, to_char(to_at at time zone 'utc', 'MI:SS') as to from ops.cron_coverage order by id")
  expect(rows).toEqual([{ from: '00:30', to: '00:59' }, { from: '02:00', to: '02:00' }])
})

test('two concurrent schedulers claim every slot once', async () => {
  const { clock, kit, slots, boss } = await open(Array.from({ length: 120 }, (_, index) => ({ name: `e${index}` })))
  const { openState, tick } = await import('../../../server/cron/tick.ts')
  clock.now = new Date('2026-03-02T10:01:01Z')
  await Promise.all([tick(kit, openState()), tick(kit, openState()), tick(kit, openState())])
  const seen = await slots()
  expect(seen).toHaveLength(120)
  expect(new Set(seen.map(({ job_id }) => job_id)).size).toBe(120)
  expect(await boss.fetch('work', { batchSize: 500 })).toHaveLength(120)
})

test('a job that the engine no longer has counts as ended, with an unknown state', async () => {
  const { tickAt, slots, boss, ask } = await open([{ overlap: 'skip', expression: '*/5 * * * *' }])
  await tickAt('2026-03-02T10:05:01Z')
  await ask('delete from pgboss.job')
  await tickAt('2026-03-02T10:07:01Z')
  expect((await slots())[0]).toMatchObject({ job_state: 'unknown' })
  await tickAt('2026-03-02T10:10:01Z')
  expect(glance(await slots())).toEqual(['10:05 claimed', '10:10 claimed'])
  expect(await boss.fetch('work')).toHaveLength(1)
})
