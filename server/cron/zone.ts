/** A period in which a timezone has one offset. */
export interface Segment {
  from: number
  /** Exclusive. */
  to: number
  /** Milliseconds that local time is ahead of UTC. */
  offset: number
  /** The offset before `from`; the same as `offset` if only the year changes. */
  before: number
}

const secondMs = 1_000
const weekMs = 7 * 86_400_000
const maxZones = 600
const maxYears = 1_000

/** The segments of a timezone, computed year by year on demand. */
export class Zone {
  private readonly format: Intl.DateTimeFormat
  private readonly years = new Map<number, Segment[]>()
  private last: Segment | undefined

  constructor(timezone: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
  }

  /** The segment that contains an instant. */
  segmentAt(at: number): Segment {
    const cached = this.last
    if (cached && cached.from <= at && at < cached.to) return cached
    const found = this.segmentsOf(new Date(at).getUTCFullYear()).find(({ to }) => at < to)!
    this.last = found
    return found
  }

  private segmentsOf(year: number): Segment[] {
    const cached = this.years.get(year)
    if (cached) return cached
    if (this.years.size >= maxYears) this.years.clear()
    const segments = this.compute(startOf(year), startOf(year + 1))
    this.years.set(year, segments)
    return segments
  }

  /** Samples weekly: no timezone changes its offset and changes it back within a week. */
  private compute(start: number, end: number): Segment[] {
    const segments: Segment[] = []
    let from = start
    let before = this.offsetAt(start - secondMs)
    let offset = this.offsetAt(start)
    for (let seen = start; seen < end; ) {
      const next = Math.min(seen + weekMs, end)
      if (this.offsetAt(next) !== offset) {
        const change = this.findChange(seen, next, offset)
        if (change === end) break
        segments.push({ from, to: change, offset, before })
        before = offset
        offset = this.offsetAt(change)
        from = change
        seen = change
      } else seen = next
    }
    segments.push({ from, to: end, offset, before })
    return segments
  }

  /** The first instant in (low, high] with a different offset, to the second. */
  private findChange(low: number, high: number, offset: number): number {
    while (high - low > secondMs) {
      const middle = low + Math.floor((high - low) / 2 / secondMs) * secondMs
      if (this.offsetAt(middle) === offset) low = middle
      else high = middle
    }
    return high
  }

  private offsetAt(at: number): number {
    const [, sign, hours, minutes, seconds = '0'] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(this.format.format(at)) ?? []
    if (sign === undefined) return 0
    return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * secondMs
  }
}

function startOf(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1)
}

const zones = new Map<string, Zone>()

export function zoneOf(timezone: string): Zone {
  const cached = zones.get(timezone)
  if (cached) return cached
  if (zones.size >= maxZones) zones.delete(zones.keys().next().value!)
  const zone = new Zone(timezone)
  zones.set(timezone, zone)
  return zone
}
