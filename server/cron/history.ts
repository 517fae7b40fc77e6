import type { CompletenessState, SlotOutcome } from '../../schemas/vocabulary.ts'
import type { SlotState } from '../db/entities.ts'
import { newestBetween } from './expression.ts'
import type { SlotRow } from './rows.ts'

/** A slot claimed later than this counts as delayed. */
const delayedAfterMs = 30_000
/** A due instant without a row is not classified before it is this old: a live scheduler may be about to claim it. */
export const graceMs = 60_000
/** Coverage is written every few seconds; smaller holes do not count as gaps. */
export const coverageSlackMs = 15_000
const maxReasons = 20

export interface Interval {
  from: Date
  /** Null: still open. */
  to: Date | null
}

/** The schedule of the entry from an instant on. */
export interface Revision {
  from: Date
  /** Null: retired. */
  expression: string | null
  timezone: string
}

/** The columns of a slot that the history needs. */
export type HistorySlot = Pick<SlotRow, 'kind' | 'slotAt' | 'state' | 'claimedAt' | 'jobId' | 'jobState' | 'finishedAt' | 'note'>

/** Everything known about one entry's past. */
export interface CronFacts {
  /** Oldest first. */
  revisions: Revision[]
  /** When the entry was paused. */
  paused: Interval[]
  slots: HistorySlot[]
  /** The next instant the scheduler will decide; due instants from there on are undecided. */
  nextSlotAt: Date | null
}

/** When a scheduler was alive. */
export interface Coverage {
  scheduling: Interval[]
  /** When the first recorded interval begins; null when there is none. */
  firstAt: Date | null
}

export interface Window {
  from: Date
  to: Date
}

export interface ClassifiedSlot {
  at: Date
  outcome: SlotOutcome
  claimedAt?: Date
  lateSeconds?: number
  jobId?: string
  jobState?: string
  finishedAt?: Date
  note?: string
}

export interface ClassifiedWindow {
  /** Newest first. */
  slots: ClassifiedSlot[]
  /** Whether there were more slots than fit. */
  truncated: boolean
}

/** Every instant that was due in the window and every manual run, each with its outcome. */
export function classifyWindow(facts: CronFacts, coverage: Coverage, window: Window, now: Date, cap: number): ClassifiedWindow {
  const rows = facts.slots.filter(({ slotAt }) => slotAt >= window.from && slotAt <= window.to && slotAt <= now)
  const decided = new Set(rows.filter(({ kind }) => kind === 'scheduled').map(({ slotAt }) => slotAt.getTime()))
  const open = dueInstants(facts.revisions, { from: window.from, to: earlier(window.to, now) }, cap + 1)
    .filter((at) => !decided.has(at.getTime()))
    .map((at) => classifyInstant(at, facts, coverage, now))
    .filter((slot) => slot !== null)
  const all = [...rows.map(classifyRow), ...open].sort((a, b) => b.at.getTime() - a.at.getTime())
  return { slots: all.slice(0, cap), truncated: all.length > cap }
}

/** The newest instants due in the window according to the revisions, both ends included, oldest first. */
function dueInstants(revisions: Revision[], { from, to }: Window, cap: number): Date[] {
  let found: Date[] = []
  for (const [index, { from: since, expression, timezone }] of [...revisions.entries()].toReversed()) {
    if (expression === null || since > to) continue
    const until = revisions[index + 1]?.from
    const end = until && until <= to ? new Date(until.getTime() - 1) : to
    const start = new Date(later(since, from).getTime() - 1)
    found = [...newestBetween({ expression, timezone }, start, end, cap - found.length), ...found]
    if (found.length >= cap || since <= from) break
  }
  return found
}

const outcomes: Record<Exclude<SlotState, 'claimed'>, SlotOutcome> = {
  queued_follow_up: 'queued_follow_up',
  skipped_overlap: 'skipped_overlap',
  skipped_by_operator: 'skipped_by_operator',
  missed_fire: 'missed_fire',
  scheduler_down: 'scheduler_down',
}

export function classifyRow(row: HistorySlot): ClassifiedSlot {
  const { slotAt: at, claimedAt } = row
  const late = claimedAt ? claimedAt.getTime() - at.getTime() : 0
  return {
    at,
    outcome: row.kind === 'manual' ? 'manual_run' : row.state !== 'claimed' ? outcomes[row.state] : late > delayedAfterMs ? 'delayed' : 'on_time',
    claimedAt: claimedAt ?? undefined,
    lateSeconds: claimedAt ? Math.max(0, late / 1000) : undefined,
    jobId: row.jobId ?? undefined,
    jobState: row.jobState ?? undefined,
    finishedAt: row.finishedAt ?? undefined,
    note: row.note ?? undefined,
  }
}

/** Classifies an instant that has no row. */
function classifyInstant(at: Date, facts: CronFacts, coverage: Coverage, now: Date): ClassifiedSlot | null {
  if (isWithin(facts.paused, at)) return { at, outcome: 'paused' }
  if (now.getTime() - at.getTime() < graceMs) return null
  if (!coverage.firstAt || at < coverage.firstAt) return { at, outcome: 'unknown', note: 'Nothing was recorded at that time.' }
  const outcome = absenceAt(coverage, at)
  const undecided = facts.nextSlotAt !== null && facts.nextSlotAt <= at
  return { at, outcome, note: undecided ? 'Not decided yet; catch-up may still run it.' : undefined }
}

/** Why an instant was not claimed: a scheduler was alive and missed it, or none was alive. */
export function absenceAt({ scheduling }: Pick<Coverage, 'scheduling'>, at: Date): 'missed_fire' | 'scheduler_down' {
  return scheduling.some(({ from, to }) => from <= at && (to === null || at <= to)) ? 'missed_fire' : 'scheduler_down'
}

/** A pause includes its first instant but not its last, which runs. */
function isWithin(intervals: Interval[], at: Date): boolean {
  return intervals.some(({ from, to }) => from <= at && (to === null || at < to))
}

export interface Completeness {
  state: CompletenessState
  reasons: string[]
}

/** Complete only if a scheduler is on record for the whole window, as far as the entry existed. */
export function assessCompleteness({ revisions }: Pick<CronFacts, 'revisions'>, coverage: Coverage, window: Window, now: Date): Completeness {
  const { from, to } = existenceIn(revisions, window, now)
  if (from >= to) return { state: 'complete', reasons: ['This entry did not exist at any time in this window.'] }
  const gaps = findGaps(coverage.scheduling, { from, to })
  if (!gaps.length) return { state: 'complete', reasons: [] }
  const first = coverage.firstAt
  if (!first) return { state: 'history_unavailable', reasons: ['No scheduler is on record yet.'] }
  if (first >= to) return { state: 'history_unavailable', reasons: [`The record begins at ${iso(first)}, after this window.`] }
  const reasons = gaps.map((gap) =>
    gap.to <= first ? `No record before ${iso(first)}.` : `No scheduler on record from ${iso(gap.from)} to ${iso(gap.to)}.`,
  )
  const reached = coverage.scheduling.some((interval) => interval.from < to && (interval.to === null || interval.to > from))
  if (!reached) return { state: 'history_unavailable', reasons }
  const more = reasons.length - maxReasons
  return { state: 'partial_evidence', reasons: more > 0 ? [...reasons.slice(0, maxReasons), `And ${more} more gaps.`] : reasons }
}

/** The gaps that `assessCompleteness` names, newest first. */
export function listCoverageGaps({ revisions }: Pick<CronFacts, 'revisions'>, coverage: Coverage, window: Window, now: Date): Window[] {
  const existence = existenceIn(revisions, window, now)
  return existence.from >= existence.to ? [] : findGaps(coverage.scheduling, existence).toReversed().slice(0, maxReasons)
}

/** The part of the window in which the entry existed. */
function existenceIn(revisions: Revision[], window: Window, now: Date): Window {
  return { from: later(window.from, revisions[0]?.from ?? window.from), to: earlier(window.to, now) }
}

function findGaps(scheduling: Interval[], { from, to }: Window): { from: Date; to: Date }[] {
  const gaps: { from: Date; to: Date }[] = []
  let reached = from
  for (const interval of mergeIntervals(scheduling)) {
    const end = interval.to ?? to
    if (end <= reached) continue
    if (interval.from >= to) break
    if (interval.from.getTime() - reached.getTime() > coverageSlackMs) gaps.push({ from: reached, to: interval.from })
    reached = end
  }
  if (to.getTime() - reached.getTime() > coverageSlackMs) gaps.push({ from: reached, to })
  return gaps
}

/** Merges overlapping schedulers and the short holes left when one replaces another. Oldest first. */
export function mergeIntervals(intervals: Interval[]): Interval[] {
  const merged: Interval[] = []
  for (const { from, to } of intervals.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    const last = merged.at(-1)
    if (last && (last.to === null || from.getTime() - last.to.getTime() <= coverageSlackMs)) {
      last.to = last.to === null || to === null ? null : later(last.to, to)
    } else merged.push({ from, to })
  }
  return merged
}

function iso(at: Date): string {
  return at.toISOString()
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b
}
