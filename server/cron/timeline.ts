import type { Pattern } from './pattern.ts'
import type { Segment, Zone } from './zone.ts'

/** More than any local time is away from UTC, with any gap added. */
const slackMs = 2 * 86_400_000

/**
 * The instants of one expression in one timezone, as one strictly increasing sequence.
 *
 * Where clocks go forward, local times are left out: fixed times among them run once, when the clocks have changed. The day
 * of such a time is the one it was written for, also when the gap ends on the day after. Where clocks go back, local
 * times happen twice: fixed times run the first time. What follows the clock runs whenever the clock shows it.
 */
export class Timeline {
  private readonly pattern: Pattern
  private readonly zone: Zone
  /** What was asked for last: the next instants stay the same until the first of them has come. */
  private next: { from: number; instants: number[]; texts: string[] } = { from: 0, instants: [], texts: [] }

  constructor(pattern: Pattern, zone: Zone) {
    this.pattern = pattern
    this.zone = zone
  }

  /** The first instant after `from`; null when there is none. */
  nextAfter(from: number): number | null {
    // Expressions know minutes, and instants milliseconds.
    let at = Math.floor(from) + 1
    for (;;) {
      const segment = this.zone.segmentAt(at)
      if (at === segment.from && this.runsAtEndOfGap(segment)) return at
      const begins = localStart(this.pattern, segment)
      const found = this.pattern.first(Math.max(at + segment.offset, begins))
      if (found !== null && found < segment.to + segment.offset) return found - segment.offset
      // What is far away needs no look at the years in between. Clocks may go back meanwhile, so it is looked for from before.
      const next = this.pattern.first(segment.to - slackMs)
      if (next === null) return null
      at = Math.max(segment.to, next - slackMs)
    }
  }

  /** The last instant before `to`, not before `since`; null when there is none. */
  lastBefore(to: number, since: number): number | null {
    let end = to
    while (end > since) {
      const segment = this.zone.segmentAt(end - 1)
      const begins = localStart(this.pattern, segment)
      const found = this.pattern.lastBefore(end + segment.offset, since - slackMs)
      if (found !== null && found >= begins) return reached(found - segment.offset, since)
      if (this.runsAtEndOfGap(segment)) return reached(segment.from, since)
      const previous = this.pattern.lastBefore(segment.from + slackMs, since - slackMs)
      if (previous === null) return null
      end = Math.min(segment.from, previous + slackMs)
    }
    return null
  }

  /** Instants in (from, to], oldest first, at most `cap`. */
  between(from: number, to: number, cap: number): number[] {
    const found: number[] = []
    for (let at = this.nextAfter(from); at !== null && at <= to && found.length < cap; at = this.nextAfter(at)) found.push(at)
    return found
  }

  /** The first `count` instants after `from`, as ISO-8601; lists of entries ask for the same ones again and again. */
  nextTexts(from: number, count: number): string[] {
    const { next } = this
    const holds = next.instants.length >= count && next.from <= from && from < next.instants[0]!
    if (!holds) {
      const instants = this.between(from, Infinity, count)
      this.next = { from, instants, texts: instants.map((at) => new Date(at).toISOString()) }
    }
    return this.next.texts.slice(0, count)
  }

  /** The newest instants in (from, to], oldest first, at most `cap`. */
  newest(from: number, to: number, cap: number): number[] {
    const found: number[] = []
    for (let at = this.lastBefore(to + 1, from + 1); at !== null && found.length < cap; at = this.lastBefore(at, from + 1)) found.push(at)
    return found.toReversed()
  }

  private runsAtEndOfGap({ from, offset, before }: Segment): boolean {
    if (!this.pattern.fixed || offset <= before) return false
    const leftOut = this.pattern.first(from + before)
    return leftOut !== null && leftOut < from + offset
  }
}

/** From which local time on a segment's clock counts: fixed times that it shows for the second time do not. */
function localStart({ fixed }: Pattern, { from, offset, before }: Segment): number {
  // Where clocks went forward, the gap itself is not shown.
  return from + (fixed ? Math.max(offset, before) : offset)
}

function reached(at: number, since: number): number | null {
  return at >= since ? at : null
}
