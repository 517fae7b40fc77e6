import { Cron } from 'croner'
import cronstrue from 'cronstrue'
import { checkFields, refuse } from './expression-fields.ts'
import { Timeline } from './timeline.ts'
import { parseTimezone } from './timezone.ts'

export interface Schedule {
  expression: string
  timezone: string
}

/** Both as they will be stored, or the error that names the field that is wrong. `path` is where they stand in the request. */
export function parseSchedule({ expression, timezone }: Schedule, path = ''): Schedule {
  const schedule = { expression: checkFields(expression, `${path}expression`), timezone: parseTimezone(timezone, `${path}timezone`) }
  compileChecked(schedule, `${path}expression`)
  return schedule
}

/** The first instant after `from`, never `from` itself; null when there is none. */
export function nextAfter(schedule: Schedule, from: Date): Date | null {
  return asDate(timelineOf(schedule).nextAfter(from.getTime()))
}

/** The first instant at or after `from`. */
export function nextFrom(schedule: Schedule, from: Date): Date | null {
  return asDate(timelineOf(schedule).nextAfter(from.getTime() - 1))
}

/** Instants in (from, to], oldest first, at most `cap`: what iterating `nextAfter` gives. */
export function between(schedule: Schedule, from: Date, to: Date, cap: number): Date[] {
  return timelineOf(schedule).between(from.getTime(), to.getTime(), cap).map((at) => new Date(at))
}

/** The newest instants in (from, to], oldest first, at most `cap`. */
export function newestBetween(schedule: Schedule, from: Date, to: Date, cap: number): Date[] {
  return timelineOf(schedule).newest(from.getTime(), to.getTime(), cap).map((at) => new Date(at))
}

/** The last instant before `at`, not looking further back than `since`. */
export function previousBefore(schedule: Schedule, at: Date, since: Date = new Date(0)): Date | null {
  return asDate(timelineOf(schedule).newest(since.getTime(), at.getTime() - 1, 1)[0] ?? null)
}

/** The first `count` instants after `from`. */
export function upcoming(schedule: Schedule, from: Date, count: number): Date[] {
  return timelineOf(schedule).between(from.getTime(), Infinity, count).map((at) => new Date(at))
}

/** e.g. `At 02:00, Monday through Friday` */
export function describe(expression: string): string {
  try {
    return cronstrue.toString(expression, { use24HourTimeFormat: true, dayOfWeekStartIndexZero: true })
  } catch {
    return expression
  }
}

const timelines = new Map<string, Timeline>()
const maxTimelines = 2_000

function timelineOf(schedule: Schedule): Timeline {
  const key = `${schedule.expression} ${schedule.timezone}`
  const kept = timelines.get(key)
  if (kept) return kept
  if (timelines.size >= maxTimelines) timelines.delete(timelines.keys().next().value!)
  const timeline = new Timeline(compile(schedule))
  timelines.set(key, timeline)
  return timeline
}

/**
 * Times written out as numbers are fixed times: in the hour that clocks leave out they run once at its end, in the hour
 * that clocks repeat they run once. Fields with `*` or a step follow the clock that passes: nothing in the gap, both times in the overlap.
 */
function compile({ expression, timezone }: Schedule): Cron {
  return new Cron(expression, { timezone, paused: true, mode: '5-part', fixedTimeRule: 'no-wildcard' })
}

function compileChecked(schedule: Schedule, path: string): void {
  try {
    if (compile(schedule).nextRun(new Date(Date.UTC(2000, 0, 1))) !== null) return
  } catch (error) {
    refuse(path, `got '${schedule.expression}', which is not understood (${error instanceof Error ? error.message : String(error)})`)
  }
  refuse(path, `got '${schedule.expression}', which never fires; expected an expression with at least one day that exists`)
}

function asDate(at: number | null): Date | null {
  return at === null ? null : new Date(at)
}
