const minuteMs = 60_000
const dayMs = 86_400_000
/** The calendar repeats after this many years: an expression that does not fire within them never does. */
const calendarYears = 400
const maxMonths = 2_400

/**
 * The local times that a validated expression matches, without a timezone. A local time is represented as milliseconds, as if the
 * wall clock showed UTC.
 */
export interface Pattern {
  /**
   * True if hours and minutes are numbers, lists or ranges: fixed times, each of which runs once a day whatever clocks do.
   * With `*` or a step they follow the clock.
   */
  readonly fixed: boolean
  /** The first local time at or after `from`; null when there is none in 400 years. */
  first(from: number): number | null
  /** The last local time before `to`, looking back as far as `since`; null when there is none. */
  lastBefore(to: number, since: number): number | null
}

export function parsePattern(expression: string): Pattern {
  const [minute, hour, ...days] = expression.toLowerCase().split(' ') as [string, string, string, string, string]
  const minutes = minutesOfDay(numbersOf(minute, 0, 59), numbersOf(hour, 0, 23))
  const calendar = openCalendar(...days)
  return {
    fixed: !/[*/]/.test(minute + hour),
    first: (from) => firstFrom(minutes, calendar, from),
    lastBefore: (to, since) => lastBefore(minutes, calendar, to, since),
  }
}

/** Minutes since midnight, ascending. */
function minutesOfDay(minutes: Set<number>, hours: Set<number>): number[] {
  return [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 60 + minute)).sort((a, b) => a - b)
}

function firstFrom(minutes: number[], calendar: Calendar, from: number): number | null {
  const today = Math.floor(from / dayMs)
  const since = Math.ceil((from - today * dayMs) / minuteMs)
  const last = today + calendarYears * 366
  for (let day = calendar.dayFrom(today, last); day !== null; day = calendar.dayFrom(day + 1, last)) {
    const minute = day === today ? minutes[firstIndexFrom(minutes, since)] : minutes[0]
    if (minute !== undefined) return day * dayMs + minute * minuteMs
  }
  return null
}

function lastBefore(minutes: number[], calendar: Calendar, to: number, since: number): number | null {
  const today = Math.floor(to / dayMs)
  const before = Math.ceil((to - today * dayMs) / minuteMs)
  const first = Math.floor(since / dayMs)
  for (let day = calendar.dayUntil(today, first); day !== null; day = calendar.dayUntil(day - 1, first)) {
    const minute = day === today ? minutes[firstIndexFrom(minutes, before) - 1] : minutes.at(-1)
    if (minute !== undefined) return day * dayMs + minute * minuteMs
  }
  return null
}

/** Index of the first value at or after `value`; the length when there is none. */
function firstIndexFrom(sorted: number[], value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! >= value) high = middle
    else low = middle + 1
  }
  return low
}

/** Days are counted from 1 January 1970. */
interface Calendar {
  /** The first matching day in [from, last]. */
  dayFrom(from: number, last: number): number | null
  /** The last matching day in [first, to]. */
  dayUntil(to: number, first: number): number | null
}

/** One bit for each day of a month, the lowest bit for the first. */
type Days = number

function openCalendar(dayOfMonth: string, month: string, dayOfWeek: string): Calendar {
  const inMonths = numbersOf(month, 1, 12)
  const daysByMonth = new Map<number, Days>()
  /** `index`: months since January of year 0. */
  const daysOf = (index: number): Days => {
    const cached = daysByMonth.get(index)
    if (cached !== undefined) return cached
    if (daysByMonth.size >= maxMonths) daysByMonth.clear()
    const days = inMonths.has((index % 12) + 1) ? matchingDays(shapeOf(index), dayOfMonth, dayOfWeek) : 0
    daysByMonth.set(index, days)
    return days
  }
  return {
    dayFrom(from, last) {
      let { index, day } = placeOf(from)
      for (let start = from - day + 1; start <= last; index++, day = 1) {
        const left = daysOf(index) >>> (day - 1)
        if (left) {
          const found = start + day - 1 + (31 - Math.clz32(left & -left))
          return found <= last ? found : null
        }
        start += shapeOf(index).length
      }
      return null
    },
    dayUntil(to, first) {
      let { index, day } = placeOf(to)
      for (let start = to - day + 1; start + 30 >= first; day = 31) {
        const left = daysOf(index) & (2 ** day - 1)
        if (left) {
          const found = start + 31 - Math.clz32(left)
          return found >= first ? found : null
        }
        index--
        start -= shapeOf(index).length
      }
      return null
    },
  }
}

function placeOf(day: number): { index: number; day: number } {
  const date = new Date(day * dayMs)
  return { index: date.getUTCFullYear() * 12 + date.getUTCMonth(), day: date.getUTCDate() }
}

interface MonthShape {
  length: number
  /** Day of the week of the first day; 0 is Sunday. */
  begins: number
}

function shapeOf(index: number): MonthShape {
  const year = Math.floor(index / 12)
  const month = index % 12
  return { length: new Date(Date.UTC(year, month + 1, 0)).getUTCDate(), begins: new Date(Date.UTC(year, month, 1)).getUTCDay() }
}

/** When both fields are restricted, either may match. */
function matchingDays(shape: MonthShape, dayOfMonth: string, dayOfWeek: string): Days {
  if (dayOfWeek === '*') return daysInMonth(shape, dayOfMonth)
  if (dayOfMonth === '*') return daysInWeeks(shape, dayOfWeek)
  return daysInMonth(shape, dayOfMonth) | daysInWeeks(shape, dayOfWeek)
}

function daysInMonth(shape: MonthShape, field: string): Days {
  const { length } = shape
  const days = field.split(',').flatMap((item) => {
    if (item === 'l') return [length]
    if (item === 'lw') return [workdayUpTo(shape, length)]
    if (item.endsWith('w')) return nearestWorkday(shape, Number(item.slice(0, -1)))
    return [...numbersOf(item, 1, 31)]
  })
  return bitsOf(days.filter((day) => day <= length))
}

function daysInWeeks(shape: MonthShape, field: string): Days {
  const days = field.split(',').flatMap((item) => {
    const [weekdays, nth] = item.split('#') as [string, string?]
    return [...numbersOf(weekdays, 0, 7)].flatMap((weekday) => {
      const all = daysOnWeekday(shape, weekday)
      return nth === undefined ? all : nth === 'l' ? all.slice(-1) : all.slice(Number(nth) - 1, Number(nth))
    })
  })
  return bitsOf(days)
}

function daysOnWeekday({ length, begins }: MonthShape, weekday: number): number[] {
  const first = 1 + ((weekday - begins + 7) % 7)
  return [0, 7, 14, 21, 28].map((later) => first + later).filter((day) => day <= length)
}

function weekdayOf({ begins }: MonthShape, day: number): number {
  return (begins + day - 1) % 7
}

function workdayUpTo(shape: MonthShape, day: number): number {
  const weekday = weekdayOf(shape, day)
  return weekday === 0 ? day - 2 : weekday === 6 ? day - 1 : day
}

/** Stays within the month: a weekend at its start moves forward, one at its end moves back. */
function nearestWorkday(shape: MonthShape, day: number): number[] {
  if (day > shape.length) return []
  const weekday = weekdayOf(shape, day)
  if (weekday === 0) return [day === shape.length ? day - 2 : day + 1]
  if (weekday === 6) return [day === 1 ? day + 2 : day - 1]
  return [day]
}

function bitsOf(days: number[]): Days {
  return days.reduce((bits, day) => bits | (1 << (day - 1)), 0)
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** The numbers that a validated field of numbers, names, ranges and steps matches. */
function numbersOf(field: string, min: number, max: number): Set<number> {
  return new Set(field.split(',').flatMap((item) => listOf(item, min, max)))
}

function listOf(item: string, min: number, max: number): number[] {
  const [range, step = '1'] = item.split('/') as [string, string?]
  // For the day of week, `*` ends with Saturday: 7 is an alias of Sunday, not an eighth day for steps.
  const [low, high] = range === '*' ? [min, max === 7 ? 6 : max] : (range.split('-').map(numberOf) as [number, number?])
  const found: number[] = []
  for (let value = low; value <= (high ?? low); value += Number(step)) found.push(value)
  return found
}

function numberOf(text: string): number {
  const month = months.indexOf(text) + 1
  return month || (weekdays.includes(text) ? weekdays.indexOf(text) : Number(text))
}
