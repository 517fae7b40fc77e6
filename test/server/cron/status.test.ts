import { afterEach, expect, test } from 'vitest'
import { getCronEntry, listCronEntries } from '../../../server/cron/read.ts'
import { findTroubledSubject } from '../../../server/cron/operations/subject.ts'
import { type EntryStatus, statusOfEntry } from '../../../server/cron/status.ts'
import { cronBundle } from '../../../server/forensics/cron-entry.ts'
import { listEntryGlances } from '../../../server/overview/cron-attention.ts'
import type { ActingScope } from '../../../server/operations/scope.ts'
import { type Harness, openHarness } from './harness.ts'

const now = new Date('2026-03-10T12:00:00Z')
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
const day = 24 * 60
const entry = { retiredAt: null, pausedAt: null, lastError: null, nextSlotAt: new Date('2026-03-11T02:00:00Z'), expression: '0 2 * * *', timezone: 'Etc/UTC' }
const coverage = { scheduling: [{ from: ago(30 * day), to: ago(2 * day) }], firstAt: ago(30 * day) }
const missed = { slotAt: ago(3 * day), state: 'missed_fire' as const }

test.each<[what: string, facts: Partial<Parameters<typeof statusOfEntry>[0]>, status: EntryStatus]>([
  ['is well', {}, { status: 'runnable', diagnosis: 'ready' }],
  ['missed a slot three days ago', { last: missed }, { status: 'needs_review', diagnosis: 'missed_fire', missedAt: missed.slotAt }],
  ['missed a slot eight days ago', { last: { ...missed, slotAt: ago(8 * day) } }, { status: 'runnable', diagnosis: 'ready' }],
  ['ran since', { last: { slotAt: ago(5), state: 'claimed' } }, { status: 'runnable', diagnosis: 'ready' }],
  ['is paused and missed a slot', { entry: { ...entry, pausedAt: ago(5) }, last: missed }, { status: 'waiting', diagnosis: 'paused' }],
  ['made no job', { entry: { ...entry, lastError: 'no queue' } }, { status: 'needs_review', diagnosis: 'enqueue_failed' }],
  ['left the code', { entry: { ...entry, retiredAt: ago(5), lastError: 'no queue' } }, { status: 'resolved', diagnosis: 'retired' }],
  ['never fires again', { entry: { ...entry, nextSlotAt: null } }, { status: 'resolved', diagnosis: 'ready' }],
  ['is due since half a minute', { entry: { ...entry, nextSlotAt: ago(0.5) } }, { status: 'runnable', diagnosis: 'ready' }],
  [
    'was not decided while nobody scheduled',
    { entry: { ...entry, nextSlotAt: new Date('2026-03-09T02:00:00Z') } },
    { status: 'needs_review', diagnosis: 'scheduler_down', missedAt: new Date('2026-03-10T02:00:00Z') },
  ],
  [
    'was not decided although somebody scheduled',
    { entry: { ...entry, nextSlotAt: new Date('2026-03-10T02:00:00Z') }, coverage: { ...coverage, scheduling: [{ from: ago(day), to: now }] } },
    { status: 'needs_review', diagnosis: 'missed_fire', missedAt: new Date('2026-03-10T02:00:00Z') },
  ],
])('an entry that %s', (_what, facts, status) => {
  expect(statusOfEntry({ entry, coverage, ...facts }, now)).toEqual(status)
})

let harness: Harness | undefined
afterEach(() => harness?.close())

test('list, page, overview, forensics and plans agree on the status of an entry, whatever happened to it', async () => {
  harness = await openHarness({ start: '2026-03-02T10:00:30Z' })
  const { clock, as, tickAt, operate, sync } = harness
  const base = { queue: 'work', overlap: 'allow' as const, catchUp: 'none' as const }
  await sync([
    { ...base, name: 'well', expression: '* * * * *' },
    { ...base, name: 'missed', expression: '0 11 * * *' },
    { ...base, name: 'refused', queue: 'nowhere', expression: '* * * * *' },
    { ...base, name: 'paused', expression: '* * * * *' },
    { ...base, name: 'skipped', expression: '0 11 * * *' },
  ])
  await operate('pause_cron_entry', 'paused')
  await tickAt('2026-03-02T10:01:01Z')
  await operate('skip_cron_slot', 'skipped', { slotAt: '2026-03-03T11:00:00Z' })
  const statuses = async () => {
    const scope = { ...as(), locking: false } as unknown as ActingScope
    const listed = new Map((await listCronEntries(as(), {}, { limit: 50 })).items.map(({ name, status }) => [name, status]))
    const glances = new Map((await listEntryGlances(as())).glances.map(({ name, status }) => [name, status]))
    for (const [name, status] of listed) {
      expect((await getCronEntry(as(), name)).status, name).toBe(status)
      expect(glances.get(name), name).toBe(status)
      expect((await cronBundle(as(), name, { limit: 200 })).diagnosis.status, name).toBe(status)
      const { found } = await findTroubledSubject({ subject: { type: 'cron_entry', id: name } }, scope)
      expect(found.troubled, name).toBe(status === 'needs_review')
    }
    return Object.fromEntries(listed)
  }
  expect(await statuses()).toEqual({ well: 'runnable', missed: 'runnable', refused: 'needs_review', paused: 'waiting', skipped: 'runnable' })
  // Nobody schedules, and nobody has decided anything yet.
  clock.now = new Date('2026-03-02T11:05:00Z')
  const down = { well: 'needs_review', missed: 'needs_review', refused: 'needs_review', paused: 'waiting', skipped: 'needs_review' }
  expect(await statuses()).toEqual(down)
  await tickAt('2026-03-02T11:05:01Z')
  expect(await statuses()).toEqual({ ...down, well: 'runnable' })
  // Days later, with a slot that an operator skipped in between.
  await tickAt('2026-03-03T11:00:10Z')
  await tickAt('2026-03-04T10:00:00Z')
  expect(await statuses()).toMatchObject({ missed: 'runnable', skipped: 'needs_review' })
})

test('a run links to its job, even for an entry created just now', async () => {
  harness = await openHarness()
  const { operate, sync, as } = harness
  await sync([{ name: 'well', queue: 'work', expression: '0 2 * * *' }])
  const { result } = await operate('run_cron_entry', 'well')
  const { chronology } = await cronBundle(as(), 'well', { limit: 200 })
  expect(chronology.find(({ outcome }) => outcome === 'manual_run')?.ref).toMatchObject({ type: 'job', href: `/ops/jobs/job/${String(result.jobId)}` })
})
