import { clockTime, dayOf, timeOfDay } from '../core/time.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const maxTicks = 7

/** Steps that a reader can count in. */
const steps = [second, 5 * second, 15 * second, 30 * second, minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 3 * day, 7 * day, 14 * day, 30 * day, 90 * day, 365 * day]

export interface Tick {
  at: number
  label: string
}

/** At most eight ticks at round instants of the reader's clock. */
export function ticksOf(from: number, to: number, locale?: string): Tick[] {
  const step = steps.find((each) => (to - from) / each <= maxTicks) ?? steps.at(-1)!
  const ticks: Tick[] = []
  for (let at = firstTick(from, step); at <= to && ticks.length <= maxTicks; at = nextTick(at, step)) {
    if (at >= from) ticks.push({ at, label: labelOf(at, step, locale) })
  }
  return ticks
}

function labelOf(at: number, step: number, locale?: string): string {
  if (step < minute) return timeOfDay(at, { locale })
  return step < day && !isMidnight(at) ? clockTime(at, locale) : dayOf(at, { locale })
}

function firstTick(from: number, step: number): number {
  const start = new Date(from)
  start.setHours(0, 0, 0, 0)
  let at = start.getTime()
  while (at < from) at = nextTick(at, step)
  return at
}

/** Days are of the reader's calendar, so that a tick stays at midnight when the clock changes. */
function nextTick(at: number, step: number): number {
  if (step < day) return at + step
  const next = new Date(at)
  next.setDate(next.getDate() + step / day)
  return next.getTime()
}

function isMidnight(at: number): boolean {
  const date = new Date(at)
  return date.getHours() === 0 && date.getMinutes() === 0
}
