import type { Cron } from 'croner'

/** So many computed instants are kept; lists of entries ask for the same ones again and again. */
const maxKept = 2_048

/**
 * The instants of one expression in one timezone, as one strictly increasing sequence. What was computed last is kept
 * as one stretch without holes: every instant in (from, to] is in `instants`.
 */
export class Timeline {
  private readonly cron: Cron
  private from = 0
  private to = 0
  private instants: number[] = []

  constructor(cron: Cron) {
    this.cron = cron
  }

  /** The first instant after `from`; null when there is none. */
  nextAfter(from: number): number | null {
    if (from >= this.from && from < this.to) {
      const index = firstAfter(this.instants, from)
      if (index < this.instants.length) return this.instants[index]!
    }
    const next = this.cron.nextRun(new Date(from))?.getTime() ?? null
    if (next !== null) this.keep(from, next)
    return next
  }

  /** Instants in (from, to], oldest first, at most `cap`. */
  between(from: number, to: number, cap: number): number[] {
    const found: number[] = []
    for (let at = this.nextAfter(from); at !== null && at <= to && found.length < cap; at = this.nextAfter(at)) found.push(at)
    return found
  }

  /**
   * The newest instants in (from, to], oldest first, at most `cap`. Looks back in growing steps, because a long window
   * of a busy expression must not be walked from its start.
   */
  newest(from: number, to: number, cap: number): number[] {
    if (to <= from) return []
    for (let span = cap * 60_000; ; span *= 2) {
      const start = Math.max(from, to - span)
      const found = this.between(start, to, Infinity)
      if (start === from || found.length >= cap) return found.slice(-cap)
    }
  }

  /** Nothing lies between `from` and `next`. */
  private keep(from: number, next: number): void {
    if (from < this.from || from > this.to || this.instants.length >= maxKept) {
      this.instants = []
      this.from = from
    }
    if (next > (this.instants.at(-1) ?? this.from)) this.instants.push(next)
    this.to = next
  }
}

function firstAfter(sorted: number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}
