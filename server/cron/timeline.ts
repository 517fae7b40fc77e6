import type { Pattern } from './pattern.ts'
import type { Segment, Zone } from './zone.ts'

/** More than the largest offset from UTC plus the largest gap. */
const slackMs = 2 * 86_400_000

/**
 * The instants of one expression in one timezone, as one strictly increasing sequence.
 *
 * When clocks go forward, some local times are skipped: fixed times among them run once, right after the change. Such a time
 * belongs to the day it was written for, even if the gap ends on the next day. When clocks go back, some local times occur
 * twice: fixed times run only the first time. Wildcards and steps run whenever the clock shows a matching time.
 */
export class Timeline {
  private readonly pattern: Pattern
  private readonly zone: Zone
  /** Cache of the last answer: the next instants stay the same until the first of them has passed. */
  private next: { from: number; instants: number[]; texts: string[] } = { from: 0, instants: [], texts: [] }

  constructor(pattern: Pattern, zone: Zone) {
    this.pattern = pattern
    this.zone = zone
  }

  /** The first instant after `from`; null when there is none. */
  nextAfter(from: number): number | null {
    // Expressions have minute precision, instants have milliseconds.
    let at = Math.floor(from) + 1
    for (;;) {
      const segment = this.zone.segmentAt(at)
      if (at === segment.from && this.runsAtEndOfGap(segment)) return at
      const begins = localStart(this.pattern, segment)
      const found = this.pattern.first(Math.max(at + segment.offset, begins))
      if (found !== null && found < segment.to + segment.offset) return found - segment.offset
      // Skip the years in between if the next match is far away. Clocks may go back in between, so restart a little earlier.
      const next = this.pattern.first(segment.to - slackMs)
      if (next === null) return null
      at = Math.max(segment.to, next - slackMs)
    }
  }

  /** The last instant before `to` and not before `since`; null when there is none. */
  lastBefore(to: number, since: number): number | null {
    let end = to
    while (end > since) {
      const segment = this.zone.segmentAt(end - 1)
      const begins = localStart(this.pattern, segment)
      const found = this.pattern.lastBefore(end + segment.offset, since - slackMs)
      if (found !== null && found >= begins) return notBefore(found - segment.offset, since)
      if (this.runsAtEndOfGap(segment)) return notBefore(segment.from, since)
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

  /** The first `count` instants after `from`, as ISO-8601. Cached, because lists of entries request the same ones repeatedly. */
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

/** The local time from which a segment counts: fixed times that the clock shows a second time do not. */
function localStart({ fixed }: Pattern, { from, offset, before }: Segment): number {
  // If clocks went forward, the clock never shows the gap.
  return from + (fixed ? Math.max(offset, before) : offset)
}

function notBefore(at: number, since: number): number | null {
  return at >= since ? at : null
}
