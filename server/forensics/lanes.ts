import { type EvidenceGap, formatCount, type Timeline, type TimelineLane, type TimelineLaneKey, timelineLanes, timelineMarks } from '../../schemas/index.ts'
import type { Facts, SourceItem, Window } from './source.ts'

/** The lanes that are drawn as lines, with the source whose gaps interrupt them. */
const lines: Partial<Record<LaneKey, EvidenceGap['source']>> = { scheduler: 'coverage', beats: 'executor', measured: 'measurement' }
export type LaneKey = TimelineLaneKey

/** Marks closer to each other than this part of the axis cannot be told apart. */
const closest = 1 / 160

export interface PictureInput {
  items: readonly SourceItem[]
  gaps: readonly EvidenceGap[]
  window: Window
  facts: Facts
  now: Date
  /** Lanes that belong to the subject even if nothing is in them. */
  always?: readonly LaneKey[]
}

/** The window as lanes over one axis. Pure. */
export function drawTimeline({ items, gaps, window, facts, now, always = [] }: PictureInput): Timeline {
  const to = endOf(window, facts)
  const from = window.axisFrom ?? window.from
  const lanesShown = (Object.keys(timelineLanes) as LaneKey[]).flatMap((key): TimelineLane[] => {
    const [label, line] = [timelineLanes[key], lines[key]]
    const seen = items.filter((item) => item.lane === key && item.mark !== undefined && overlaps(item, from, to)).map(toMark)
    const marks = key === 'slots' ? [...seen, ...comingMarks(facts, to)] : seen
    const holes = line ? gapsWithin(gaps.filter(({ source }) => source === line), window) : []
    if (!marks.length && !holes.length && !always.includes(key)) return []
    return [{ key, label, line: line !== undefined, marks: thin(marks, to.getTime() - from.getTime()), gaps: holes, ...(line && window.from > from ? { from: window.from.toISOString() } : {}) }]
  })
  return { from: from.toISOString(), to: to.toISOString(), now: now.toISOString(), range: window.range, lanes: lanesShown }
}

/** A window that ends now shows a little of what is to come, if the schedule has something there. */
function endOf({ from: begin, axisFrom: from = begin, to, range }: Window, { cron }: Facts): Date {
  const end = to.getTime() + (to.getTime() - from.getTime()) / 18
  return range && cron?.entry.coming.length && Date.parse(cron.entry.coming[0]!.at) <= end ? new Date(end) : to
}

/** What the schedule has ahead; while the entry is paused, it will not run. */
function comingMarks({ cron }: Facts, to: Date): Mark[] {
  if (!cron) return []
  const { coming, pause } = cron.entry
  return coming
    .filter(({ at }) => Date.parse(at) <= to.getTime())
    .map(({ at, skipped }) => {
      const waits = pause !== undefined && (pause.resumeAt === undefined || pause.resumeAt > at)
      return { at, mark: skipped ? 'coming_skipped' : waits ? 'paused' : 'coming', label: skipped ? 'Will be skipped' : waits ? 'Will not run while it is paused' : 'Coming' }
    })
}

type Mark = TimelineLane['marks'][number]

function toMark({ at, to, mark, label, href, ref }: SourceItem): Mark {
  return { at, to, mark: mark!, label, href: href ?? ref.href }
}

function overlaps({ at, to }: SourceItem, from: Date, end: Date): boolean {
  return Date.parse(at) <= end.getTime() && Date.parse(to ?? at) >= from.getTime()
}

function gapsWithin(gaps: EvidenceGap[], { from, to }: Window): TimelineLane['gaps'] {
  return gaps.flatMap((gap) => {
    const start = Math.max(from.getTime(), gap.from ? Date.parse(gap.from) : from.getTime())
    const end = Math.min(to.getTime(), gap.to ? Date.parse(gap.to) : to.getTime())
    return start < end ? [{ from: new Date(start).toISOString(), to: new Date(end).toISOString(), label: gap.reason }] : []
  })
}

/** Neighbours that look the same and are too close to be told apart become one mark that says how many they are. */
function thin(marks: Mark[], span: number): Mark[] {
  const kept: Mark[] = []
  for (const mark of marks.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    const last = kept.at(-1)
    const near = last && last.mark === mark.mark && Date.parse(mark.at) - Date.parse(last.to ?? last.at) < span * closest
    if (!near) kept.push({ ...mark })
    else Object.assign(last, { to: later(last.to ?? last.at, mark.to ?? mark.at), count: (last.count ?? 1) + 1, label: `${formatCount((last.count ?? 1) + 1)} ${timelineMarks[mark.mark]}`, href: undefined })
  }
  return kept
}

function later(a: string, b: string): string {
  return Date.parse(a) > Date.parse(b) ? a : b
}
