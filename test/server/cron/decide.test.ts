import { expect, test } from 'vitest'
import { decide, maxMissedRows, type Situation } from '../../../server/cron/decide.ts'

const now = new Date('2026-03-02T10:30:02Z')
const at = (text: string) => new Date(`2026-03-02T${text.length === 5 ? `${text}:00` : text}Z`)

interface Row {
  title: string
  given: Partial<Omit<Situation, 'due'>> & { due: string[] }
  slots: string[]
  startWaiting?: boolean
  cancelUnfinished?: boolean
}

const rows: Row[] = [
  { title: 'nothing is due', given: { due: [] }, slots: [] },
  { title: 'a slot two seconds ago runs without catch-up', given: { due: ['10:30'], catchUp: 'none' }, slots: ['10:30 claimed'] },
  { title: '59.9 s ago is late', given: { due: ['10:29:02.100'], catchUp: 'none' }, slots: ['10:29 claimed'] },
  { title: '60 s ago is missed', given: { due: ['10:29:02'], catchUp: 'none' }, slots: ['10:29 missed_fire'] },
  { title: 'none runs what is late and nothing older', given: { due: ['10:10', '10:20', '10:30'], catchUp: 'none' }, slots: ['10:10 missed_fire', '10:20 missed_fire', '10:30 claimed'] },
  { title: 'latest runs the newest missed one', given: { due: ['10:00', '10:10', '10:20'], catchUp: 'latest' }, slots: ['10:00 missed_fire', '10:10 missed_fire', '10:20 claimed'] },
  { title: 'latest does not run a missed one beside one that is just late', given: { due: ['10:20', '10:30'], catchUp: 'latest' }, slots: ['10:20 missed_fire', '10:30 claimed'] },
  { title: 'all runs the newest up to its limit, and what is just late besides', given: { due: ['10:00', '10:10', '10:20', '10:30'], catchUp: 'all', maxCatchUp: 2 }, slots: ['10:00 missed_fire', '10:10 claimed', '10:20 claimed', '10:30 claimed'] },
  { title: 'what nobody watched is scheduler_down', given: { due: ['10:10', '10:20'], catchUp: 'none', absence: (t) => (t < at('10:15') ? 'scheduler_down' : 'missed_fire') }, slots: ['10:10 scheduler_down', '10:20 missed_fire'] },
  { title: 'allow does not look at jobs', given: { due: ['10:30'], overlap: 'allow', unfinishedJobs: 9 }, slots: ['10:30 claimed'] },
  { title: 'skip leaves out while a job is unfinished', given: { due: ['10:30'], overlap: 'skip', unfinishedJobs: 1 }, slots: ['10:30 skipped_overlap'] },
  { title: 'skip in a catch-up runs the first', given: { due: ['10:10', '10:20'], overlap: 'skip', catchUp: 'all', maxCatchUp: 5 }, slots: ['10:10 claimed', '10:20 skipped_overlap'] },
  { title: 'queue_one claims when nothing runs', given: { due: ['10:30'], overlap: 'queue_one' }, slots: ['10:30 claimed'] },
  { title: 'queue_one lets one wait', given: { due: ['10:30'], overlap: 'queue_one', unfinishedJobs: 1 }, slots: ['10:30 queued_follow_up'] },
  { title: 'queue_one lets only one wait', given: { due: ['10:30'], overlap: 'queue_one', unfinishedJobs: 1, waiting: true }, slots: ['10:30 skipped_overlap'] },
  { title: 'the one that waits starts when the job has ended', given: { due: [], overlap: 'queue_one', waiting: true }, slots: [], startWaiting: true },
  { title: 'the one that waits goes first, and the new one waits behind it', given: { due: ['10:30'], overlap: 'queue_one', waiting: true }, slots: ['10:30 queued_follow_up'], startWaiting: true },
  { title: 'queue_one in a catch-up: one runs, one waits, the rest is left out', given: { due: ['10:00', '10:10', '10:20'], overlap: 'queue_one', catchUp: 'all', maxCatchUp: 5 }, slots: ['10:00 claimed', '10:10 queued_follow_up', '10:20 skipped_overlap'] },
  { title: 'cancel_previous cancels and claims', given: { due: ['10:30'], overlap: 'cancel_previous', unfinishedJobs: 2 }, slots: ['10:30 claimed'], cancelUnfinished: true },
  { title: 'cancel_previous cancels nothing when nothing is to run', given: { due: ['10:20'], overlap: 'cancel_previous', catchUp: 'none', unfinishedJobs: 2 }, slots: ['10:20 missed_fire'] },
  { title: 'cancel_previous in a catch-up makes only the job that would survive', given: { due: ['10:10', '10:20'], overlap: 'cancel_previous', catchUp: 'all', maxCatchUp: 5 }, slots: ['10:10 skipped_overlap', '10:20 claimed'] },
]

test.each(rows)('$title', ({ given, slots, startWaiting = false, cancelUnfinished = false }) => {
  const decision = decide({
    overlap: 'allow',
    catchUp: 'latest',
    maxCatchUp: 1,
    now,
    unfinishedJobs: 0,
    waiting: false,
    absence: () => 'missed_fire',
    ...given,
    due: given.due.map(at),
  })
  expect(decision.slots.map((slot) => `${slot.at.toISOString().slice(11, 16)} ${slot.state}`)).toEqual(slots)
  expect(decision).toMatchObject({ startWaiting, cancelUnfinished })
})

test('after a long absence only the newest missed slots get a row', () => {
  const due = Array.from({ length: 800 }, (_, index) => new Date(now.getTime() - (900 - index) * 60_000))
  const { slots } = decide({ overlap: 'allow', catchUp: 'none', maxCatchUp: 1, now, due, unfinishedJobs: 0, waiting: false, absence: () => 'scheduler_down' })
  expect(slots).toHaveLength(maxMissedRows)
  expect(slots.at(-1)!.at).toEqual(due.at(-1))
})
