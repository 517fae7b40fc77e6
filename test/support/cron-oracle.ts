/**
 * What a cron expression means, by walking through every minute and asking `Intl` what the wall clock shows. Slow, and on
 * purpose nothing like the code that it judges: no offsets, no calendar arithmetic, no looking ahead.
 */
export function walk(timezone: string, expressions: string[], from: Date, to: Date): Map<string, number[]> {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  })
  /** The wall clock as a number that a UTC clock would have. */
  const wallAt = (at: number) => {
    const [year, month, day, hour, minute] = format.format(at).match(/\d+/g)!.map(Number) as [number, number, number, number, number]
    return Date.UTC(year, month - 1, day, hour, minute)
  }
  const rules = expressions.map((expression) => ({ ...ruleOf(expression), found: [] as number[] }))
  let shown = wallAt(from.getTime() - minute)
  // Long enough ago that no overlap reaches into it.
  let latest = shown
  for (let at = from.getTime(); at <= to.getTime(); at += minute) {
    const wall = wallAt(at)
    const leftOut: number[] = []
    for (let missing = shown + minute; missing < wall; missing += minute) leftOut.push(missing)
    const again = wall <= latest
    for (const { fixed, matches, found } of rules) {
      const runs = fixed ? (!again && matches(wall)) || leftOut.some((each) => each > latest && matches(each)) : matches(wall)
      if (runs) found.push(at)
    }
    shown = wall
    latest = Math.max(latest, wall)
  }
  return new Map(expressions.map((expression, index) => [expression, rules[index]!.found]))
}

const minute = 60_000

function ruleOf(expression: string): { fixed: boolean; matches(wall: number): boolean } {
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = expression.toLowerCase().split(' ') as [string, string, string, string, string]
  const days = new Map<number, boolean>()
  const isDay = (date: Date) => {
    const key = Math.floor(date.getTime() / 86_400_000)
    if (!days.has(key)) days.set(key, allows(months, date.getUTCMonth() + 1) && dayAllowed(daysOfMonth, daysOfWeek, date))
    return days.get(key)!
  }
  const isMinute = Array.from({ length: 60 }, (_, value) => allows(minutes, value))
  const isHour = Array.from({ length: 24 }, (_, value) => allows(hours, value))
  return {
    fixed: [minutes, hours].every((field) => !field.includes('*') && !field.includes('/')),
    matches(wall) {
      const date = new Date(wall)
      return isMinute[date.getUTCMinutes()]! && isHour[date.getUTCHours()]! && isDay(date)
    },
  }
}

function dayAllowed(daysOfMonth: string, daysOfWeek: string, date: Date): boolean {
  const inMonth = () => daysOfMonth.split(',').some((item) => monthDayAllowed(item, date))
  const inWeek = () => daysOfWeek.split(',').some((item) => weekdayAllowed(item, date))
  if (daysOfMonth === '*') return daysOfWeek === '*' || inWeek()
  return inMonth() || (daysOfWeek !== '*' && inWeek())
}

function monthDayAllowed(item: string, date: Date): boolean {
  if (item === 'l') return another(date, 1).getUTCDate() === 1
  if (item === 'lw') return !isWeekend(date) && [1, 2, 3].every((days) => another(date, days).getUTCMonth() !== date.getUTCMonth() || isWeekend(another(date, days)))
  if (!item.endsWith('w')) return allows(item, date.getUTCDate())
  if (isWeekend(date)) return false
  const wanted = Number(item.slice(0, -1))
  const isWanted = (days: number) => another(date, days).getUTCDate() === wanted && another(date, days).getUTCMonth() === date.getUTCMonth()
  if (isWanted(0)) return true
  // A Saturday moves to the Friday before, the first of a month to the Monday after; a Sunday to the Monday, at the end of a month to the Friday.
  if (isWanted(1) && another(date, 1).getUTCDay() === 6 && wanted !== 1) return true
  if (isWanted(-1) && another(date, -1).getUTCDay() === 0) return true
  if (isWanted(-2) && another(date, -2).getUTCDay() === 6 && wanted === 1) return true
  return isWanted(2) && another(date, 2).getUTCDay() === 0 && another(date, 3).getUTCDate() === 1
}

function weekdayAllowed(item: string, date: Date): boolean {
  const [days, nth] = item.split('#') as [string, string?]
  if (!allows(days, date.getUTCDay()) && !(date.getUTCDay() === 0 && days !== '*' && !days.startsWith('*/') && allows(days, 7))) return false
  if (nth === undefined) return true
  if (nth === 'l') return another(date, 7).getUTCMonth() !== date.getUTCMonth()
  return Math.ceil(date.getUTCDate() / 7) === Number(nth)
}

const isWeekend = (date: Date) => date.getUTCDay() === 0 || date.getUTCDay() === 6

function another(date: Date, days: number): Date {
  return new Date(date.getTime() + days * 86_400_000)
}

const named: Record<string, number> = {
  sun: 0, mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6,
  jan: 1, feb: 2, mar: 3, apr: 4, may: 5, jun: 6, jul: 7, aug: 8, sep: 9, oct: 10, nov: 11, dec: 12,
}

/** Does a field of numbers, names, ranges and steps allow this value? Steps over `*` are counted from 0, so fields that begin with 1 must not use them. */
function allows(field: string, value: number): boolean {
  return field.split(',').some((item) => {
    const [range, step = '1'] = item.split('/') as [string, string?]
    if (range === '*') return value % Number(step) === 0
    const [low, high = low] = range.split('-').map((end) => named[end] ?? Number(end)) as [number, number?]
    return value >= low && value <= high && (value - low) % Number(step) === 0
  })
}

/** Zones with every kind of change: whole and half hours, two hours, at midnight, across midnight, around Ramadan, backwards in winter, none. */
export const oracleZones = [
  'America/Nuuk', 'America/Scoresbysund', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Africa/El_Aaiun', 'Asia/Kathmandu', 'Pacific/Apia',
  'America/Sao_Paulo', 'Asia/Beirut', 'Africa/Cairo', 'America/Asuncion', 'Antarctica/Troll', 'Europe/Dublin', 'America/New_York', 'Europe/London',
  'Europe/Berlin', 'America/St_Johns', 'America/Havana', 'America/Santiago', 'Asia/Gaza', 'Pacific/Chatham', 'Australia/Adelaide', 'Pacific/Easter',
  'Asia/Almaty', 'Etc/UTC',
]

export const oracleExpressions = [
  '* * * * *', '*/15 * * * *', '0 * * * *', '*/30 0,23 * * *', '*/20 1-3 * * *', '30 * * * sat', '0 */2 * * *', '7-59/13 2 * * *',
  '0 0 * * *', '30 0 * * *', '30 23 * * *', '30 2 * * *', '30 1,2,3 * * *', '45 23 * * sat', '15 0 * * sun', '30 23 31 * *',
  '0 2 L * 0', '0 3 15W * mon#2', '30 23 LW 3,10 fri#L', '59 23 28-31 mar-apr 5-7',
]
