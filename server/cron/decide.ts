import { countOf } from '../../schemas/plural.ts'
import type { SlotState } from '../db/entities.ts'
import { graceMs } from './history.ts'
import type { Entry } from './rows.ts'

/** At most this many of the newest missed slots get a row; older ones can be derived from the expression and coverage. */
export const maxMissedRows = 500

export interface Situation extends Pick<Entry, 'overlap' | 'catchUp' | 'maxCatchUp'> {
  now: Date
  /** Due instants that are undecided, oldest first. */
  due: Date[]
  /** This entry's own jobs that have not ended. */
  unfinishedJobs: number
  /** Whether a follow-up of an earlier slot waits for them. */
  waiting: boolean
  /** Whether a scheduler was alive at that instant. */
  absence(at: Date): 'missed_fire' | 'scheduler_down'
}

export interface DecidedSlot {
  at: Date
  state: SlotState
  note?: string
}

export interface Decision {
  /** The waiting follow-up gets its job now. */
  startWaiting: boolean
  /** Unfinished jobs are cancelled first. */
  cancelUnfinished: boolean
  /** Every due instant with its decision; `claimed` creates a job. */
  slots: DecidedSlot[]
}

/**
 * Decides about the due instants of one entry. A pure function.
 *
 * An instant less than a minute old is merely late and runs whatever the catch-up policy is: a tick takes a moment, and so
 * does a restart. Older ones were missed, and the policy decides: `none` runs none of them, `latest` the newest one unless
 * a newer slot runs anyway, `all` the newest `maxCatchUp`. The overlap policy then applies to the chosen slots in order.
 */
export function decide(situation: Situation): Decision {
  const { due, waiting, unfinishedJobs } = situation
  const runs = new Set(chooseRuns(situation))
  const missed = due.filter((at) => !runs.has(at)).slice(-maxMissedRows)
  const startWaiting = waiting && unfinishedJobs === 0
  return {
    startWaiting,
    cancelUnfinished: situation.overlap === 'cancel_previous' && unfinishedJobs > 0 && runs.size > 0,
    slots: [
      ...missed.map((at) => ({ at, state: situation.absence(at), note: missedNote(situation) })),
      ...applyOverlap(situation, [...runs], startWaiting),
    ].sort((a, b) => a.at.getTime() - b.at.getTime()),
  }
}

function chooseRuns({ due, now, catchUp, maxCatchUp }: Situation): Date[] {
  const isLate = (at: Date) => now.getTime() - at.getTime() < graceMs
  const late = due.filter(isLate)
  const missed = due.filter((at) => !isLate(at))
  if (catchUp === 'none') return late
  if (catchUp === 'latest') return late.length ? late : missed.slice(-1)
  return [...missed.slice(-maxCatchUp), ...late]
}

function missedNote({ catchUp, maxCatchUp }: Situation): string {
  if (catchUp === 'none') return 'Missed; this entry does not catch up.'
  if (catchUp === 'latest') return 'Missed; this entry catches up on its latest slot only.'
  return `Missed; this entry catches up on at most ${countOf(maxCatchUp, 'slot')}.`
}

function applyOverlap({ overlap, unfinishedJobs, waiting }: Situation, runs: Date[], startWaiting: boolean): DecidedSlot[] {
  if (overlap === 'allow') return runs.map(claim)
  if (overlap === 'cancel_previous') {
    const last = runs.at(-1)
    return runs.map((at) => (at === last ? claim(at) : skip(at, 'A newer slot was due at the same moment and would have cancelled it.')))
  }
  let busy = unfinishedJobs > 0 || startWaiting
  let follows = waiting && !startWaiting
  return runs.map((at) => {
    if (!busy) {
      busy = true
      return claim(at)
    }
    if (overlap === 'skip') return skip(at, 'The previous job had not ended.')
    if (follows) return skip(at, 'The previous job had not ended, and a follow-up was already waiting.')
    follows = true
    return { at, state: 'queued_follow_up', note: 'Waits for the previous job to end.' }
  })
}

function claim(at: Date): DecidedSlot {
  return { at, state: 'claimed' }
}

function skip(at: Date, note: string): DecidedSlot {
  return { at, state: 'skipped_overlap', note }
}
