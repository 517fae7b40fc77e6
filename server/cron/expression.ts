import cronstrue from 'cronstrue'
import { fieldError } from '../error.ts'
import { FieldErrors } from './field-errors.ts'
import { checkFields } from './expression-fields.ts'
import { parsePattern } from './pattern.ts'
import { Timeline } from './timeline.ts'
import { parseTimezone } from './timezone.ts'
import { zoneOf } from './zone.ts'

export interface Schedule {
  expression: string
  timezone: string
}

/** Both as they will be stored, or the error that names each invalid field. `path` is their prefix in the request. */
export function parseSchedule(given: Schedule, path = ''): Schedule {
  const errors = new FieldErrors()
  const expression = errors.collect(() => parseExpression(given.expression, `${path}expression`))
  const timezone = errors.collect(() => parseTimezone(given.timezone, `${path}timezone`))
  errors.throwIfAny()
  return { expression: expression!, timezone: timezone! }
}

function parseExpression(given: string, path: string): string {
  const expression = checkFields(given, path)
  if (parsePattern(expression).first(0) !== null) return expression
  throw fieldError(path, `got '${expression}', which never fires; expected an expression with at least one day that exists`)
}

/** The first instant after `from`, never `from` itself; null when there is none. */
export function nextAfter(schedule: Schedule, from: Date): Date | null {
  return asDate(timelineOf(schedule).nextAfter(from.getTime()))
}

/** The first instant at or after `from`. */
export function nextFrom(schedule: Schedule, from: Date): Date | null {
  return asDate(timelineOf(schedule).nextAfter(from.getTime() - 1))
}

/** Instants in (from, to], oldest first, at most `cap`; the same as iterating `nextAfter`. */
export function between(schedule: Schedule, from: Date, to: Date, cap: number): Date[] {
  return timelineOf(schedule).between(from.getTime(), to.getTime(), cap).map((at) => new Date(at))
}

/** The newest instants in (from, to], oldest first, at most `cap`. */
export function newestBetween(schedule: Schedule, from: Date, to: Date, cap: number): Date[] {
  return timelineOf(schedule).newest(from.getTime(), to.getTime(), cap).map((at) => new Date(at))
}

/** The last instant before `at` and after `since`. */
export function previousBefore(schedule: Schedule, at: Date, since: Date = new Date(0)): Date | null {
  return asDate(timelineOf(schedule).lastBefore(at.getTime(), since.getTime() + 1))
}

/** The first `count` instants after `from`, as ISO-8601. */
export function upcomingTexts(schedule: Schedule, from: Date, count: number): string[] {
  return timelineOf(schedule).nextTexts(from.getTime(), count)
}

/** The first `count` instants after `from`. */
export function upcoming(schedule: Schedule, from: Date, count: number): Date[] {
  return timelineOf(schedule).between(from.getTime(), Infinity, count).map((at) => new Date(at))
}

const descriptions = new Map<string, string>()

/** e.g. `At 02:00, Monday through Friday` */
export function describe(expression: string): string {
  return cached(descriptions, expression, () => {
    try {
      return cronstrue.toString(expression, { use24HourTimeFormat: true, dayOfWeekStartIndexZero: true })
    } catch {
      return expression
    }
  })
}

const timelines = new Map<string, Timeline>()

function timelineOf({ expression, timezone }: Schedule): Timeline {
  return cached(timelines, `${expression} ${timezone}`, () => new Timeline(parsePattern(expression), zoneOf(timezone)))
}

const maxCached = 2_000

/** A bounded cache; evicts the oldest value. */
function cached<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  const existing = values.get(key)
  if (existing !== undefined) return existing
  if (values.size >= maxCached) values.delete(values.keys().next().value!)
  const value = make()
  values.set(key, value)
  return value
}

function asDate(at: number | null): Date | null {
  return at === null ? null : new Date(at)
}
