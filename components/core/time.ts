import { duration } from '../../schemas/duration.ts'

export { duration }

const second = 1000
/** `4 min ago`, `in 2 h 10 min`, `now`. */
export function relativeTime(at: number, now: number): string {
  const distance = Math.abs(at - now)
  if (distance < second) return 'now'
  const words = duration(distance)
  return at > now ? `in ${words}` : `${words} ago`
}

export interface TimeFormat {
  zone?: string
  locale?: string
  /** False omits the seconds where they are always zero, e.g. for slots. */
  seconds?: boolean
  /** Down to the millisecond, for evidence. */
  milliseconds?: boolean
}

export const viewerZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** `21 Nov 02:00:00 UTC`, with the year when it is not this one. */
export function exactTime(at: number, { zone = viewerZone, locale = 'en-GB', seconds = true, milliseconds = false }: TimeFormat = {}): string {
  const date = new Date(at)
  const sameYear = date.getUTCFullYear() === new Date().getUTCFullYear()
  return `${dateFormat(locale, zone, !sameYear).format(date)} ${timeFormat(locale, zone, seconds, milliseconds).format(date)}`
}

/** `02:00`, the viewer's time of day, for axes. */
export function clockTime(at: number, locale = 'en-GB', zone = viewerZone): string {
  return cached(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
}

/** `13:18:02`, with milliseconds if there are any, in the reader's zone. */
export function timeOfDay(at: number, { zone = viewerZone, locale = 'en-GB' }: TimeFormat = {}): string {
  const milliseconds = at % second !== 0
  return cached(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', second: '2-digit', ...(milliseconds ? { fractionalSecondDigits: 3 } : {}) }).format(at)
}

/** `21 Nov`, with the year when it is not this one. */
export function dayOf(at: number, { zone = viewerZone, locale = 'en-GB' }: TimeFormat = {}): string {
  const date = new Date(at)
  return dateFormat(locale, zone, date.getUTCFullYear() !== new Date().getUTCFullYear()).format(date)
}

/** Whether two zones show the same local time at this instant, whatever their names. */
export function sameClock(at: number, zone: string, other: string): boolean {
  return zone === other || exactTime(at, { zone }) === exactTime(at, { zone: other })
}

const formats = new Map<string, Intl.DateTimeFormat>()

function dateFormat(locale: string, zone: string, year: boolean): Intl.DateTimeFormat {
  return cached(locale, { timeZone: zone, day: 'numeric', month: 'short', ...(year ? { year: 'numeric' } : {}) })
}

function timeFormat(locale: string, zone: string, seconds: boolean, milliseconds: boolean): Intl.DateTimeFormat {
  const parts: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }
  return cached(locale, { timeZone: zone, ...parts, ...(seconds ? { second: '2-digit' } : {}), ...(milliseconds ? { fractionalSecondDigits: 3 } : {}) })
}

/** Cached, because creating a formatter is far more expensive than using it, and a page shows hundreds of times. */
function cached(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let format = formats.get(key)
  if (!format) formats.set(key, (format = makeFormat(locale, options)))
  return format
}

/** Falls back to a default if the browser does not know the zone or locale. */
function makeFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, options)
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
  }
}
