import type { ComingEntry } from '../../../schemas/cron-runs.ts'

/** What the coming runs look like on one axis. Pure: instants are milliseconds, and nothing here knows the reader. */

export interface Span {
  from: number
  to: number
}

/** One coming run. Its end is the usual one; unknown lengths count as an instant. */
export interface Bar extends Span {
  entry: ComingEntry
  known: boolean
  skipped: boolean
  paused: boolean
}

/** An entry that runs so often that its runs are shown as a rhythm. */
export function isFrequent({ rhythms }: ComingEntry): boolean {
  return rhythms.length > 0
}

export function barsOf(entry: ComingEntry): Bar[] {
  const length = (entry.usual?.seconds ?? 0) * 1000
  return entry.runs.map(({ at, skipped, paused }) => ({ entry, from: Date.parse(at), to: Date.parse(at) + length, known: entry.usual !== undefined, skipped, paused }))
}

/** The runs that begin or are still going in the window, by time. Those of frequent entries are not among them. */
export function barsIn(entries: readonly ComingEntry[], { from, to }: Span): Bar[] {
  return entries
    .filter((entry) => !isFrequent(entry))
    .flatMap(barsOf)
    .filter((bar) => bar.from < to && (bar.from >= from || bar.to > from))
    .sort((a, b) => a.from - b.from || (a.entry.name < b.entry.name ? -1 : 1))
}

/** How many runs of a frequent entry begin in the window. */
export function countIn({ rhythms }: ComingEntry, { from, to }: Span): number {
  return rhythms.reduce((sum, rhythm) => {
    const [first, every] = [Date.parse(rhythm.from), rhythm.everySeconds * 1000]
    if (rhythm.runs === 1) return sum + (first >= from && first < to ? 1 : 0)
    const before = (at: number) => Math.min(rhythm.runs, Math.max(0, Math.ceil((at - first) / every)))
    return sum + before(to) - before(from)
  }, 0)
}

/** Whether it will take place, as far as is known now. */
export function happens({ skipped, paused }: Bar): boolean {
  return !skipped && !paused
}

/** The other entries whose runs overlap this one. */
export function overlapping(bar: Bar, bars: readonly Bar[]): string[] {
  if (!happens(bar)) return []
  const others = bars.filter((other) => other.entry !== bar.entry && happens(other) && touches(bar, other))
  return [...new Set(others.map(({ entry }) => entry.name))]
}

/** Two that begin at the same instant overlap, however long they take. */
function touches(one: Span, other: Span): boolean {
  return one.from === other.from || (one.from < other.to && other.from < one.to)
}

export interface AtOnce {
  at: number
  count: number
}

/** How many run at once, whenever that changes; a run that ends when another begins does not overlap it. */
export function concurrency(bars: readonly Bar[]): AtOnce[] {
  const changes = new Map<number, number>()
  const add = (at: number, by: number) => changes.set(at, (changes.get(at) ?? 0) + by)
  for (const bar of bars.filter(happens)) {
    add(bar.from, 1)
    // An instant still counts as one for a moment, so that those at the same time are seen.
    add(Math.max(bar.to, bar.from + 1), -1)
  }
  let count = 0
  return [...changes].sort(([a], [b]) => a - b).map(([at, by]) => ({ at, count: (count += by) }))
}

/** When most run at once, the first time. */
export function busiest(steps: readonly AtOnce[]): AtOnce | undefined {
  return steps.reduce<AtOnce | undefined>((most, step) => (step.count > (most?.count ?? 0) ? step : most), undefined)
}

/** The most at once in each of `count` equal parts of the axis. */
export function binned(steps: readonly AtOnce[], { from, to }: Span, count: number): number[] {
  const width = (to - from) / count
  const bins = Array.from({ length: count }, () => 0)
  steps.forEach((step, index) => {
    const end = steps[index + 1]?.at ?? step.at
    const first = Math.max(0, Math.floor((step.at - from) / width))
    const last = Math.min(count - 1, Math.ceil((end - from) / width) - 1)
    for (let bin = first; bin <= last; bin++) bins[bin] = Math.max(bins[bin]!, step.count)
  })
  return bins
}

export interface Night {
  /** Entries with one run in the window, and with several. */
  once: number
  several: number
  paused: number
  frequent: number
  most?: AtOnce
}

/** What the sentence above the axis says about the window. */
export function nightOf(entries: readonly ComingEntry[], window: Span): Night {
  const bars = barsIn(entries, window)
  const byEntry = Map.groupBy(bars.filter(happens), ({ entry }) => entry)
  const sizes = [...byEntry.values()].map(({ length }) => length)
  const steps = concurrency(bars).filter(({ at }) => at < window.to)
  const inside = steps.map((step) => ({ ...step, at: Math.max(step.at, window.from) }))
  return {
    once: sizes.filter((size) => size === 1).length,
    several: sizes.filter((size) => size > 1).length,
    paused: new Set([...bars.filter(({ paused }) => paused).map(({ entry }) => entry), ...entries.filter((entry) => isFrequent(entry) && entry.pause && countIn(entry, window) > 0)]).size,
    frequent: entries.filter((entry) => isFrequent(entry) && !entry.pause && countIn(entry, window) > 0).length,
    most: busiest(inside),
  }
}

const clock = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/

/** The window that an address names: `01:00-04:00` is the next one in the reader's time; an interval of instants is itself. */
export function parseBetween(text: string, axis: Span): Span {
  const [, ...parts] = clock.exec(text) ?? []
  if (parts.length === 4) return nextBetween(parts.map(Number) as [number, number, number, number], axis)
  const [from, to] = text.split('/').map((part) => Date.parse(part))
  if (from !== undefined && to !== undefined && from < to && from < axis.to && to > axis.from) return clamp({ from, to }, axis)
  return nextBetween([1, 0, 4, 0], axis)
}

function nextBetween([fromHour, fromMinute, toHour, toMinute]: [number, number, number, number], axis: Span): Span {
  for (let day = -1; ; day++) {
    const from = localTime(axis.from, day, fromHour, fromMinute)
    const over = toHour * 60 + toMinute <= fromHour * 60 + fromMinute ? 1 : 0
    const to = localTime(axis.from, day + over, toHour, toMinute)
    if (to > axis.from) return clamp({ from, to }, axis)
  }
}

function localTime(at: number, days: number, hour: number, minute: number): number {
  const date = new Date(at)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, hour, minute).getTime()
}

function clamp({ from, to }: Span, axis: Span): Span {
  return { from: Math.max(from, axis.from), to: Math.min(to, axis.to) }
}

/** How an address names a window: by the time of day if the axis has each only once. */
export function writeBetween({ from, to }: Span, axis: Span): string {
  if (axis.to - axis.from > 86_400_000) return `${new Date(from).toISOString()}/${new Date(to).toISOString()}`
  const text = (at: number) => `${String(new Date(at).getHours()).padStart(2, '0')}:${String(new Date(at).getMinutes()).padStart(2, '0')}`
  return `${text(from)}-${text(to)}`
}
