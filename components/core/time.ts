import { duration as englishDuration } from '../../schemas/duration.ts'
import { languageTag, spoken, t } from './words.ts'

const second = 1000
/** `4 min ago`, `in 2 h 10 min`, `now`. */
export function relativeTime(at: number, now: number): string {
  const distance = Math.abs(at - now)
  if (distance < second) return t`now`
  const words = duration(distance)
  return at > now ? t`in ${words}` : t`${words} ago`
}

/** The two largest units that matter: `41 s`, `4 min`, `2 h 10 min`, `3 d`. */
export function duration(milliseconds: number): string {
  const text = englishDuration(milliseconds)
  const { words, tag } = spoken()
  if (!words) return text
  const parts = [...text.matchAll(/(\d+) (\w+)/g)].map(([, count, name]) => Number(count).toLocaleString(tag, { style: 'unit', unit: units[name!], unitDisplay: 'short' }))
  return new Intl.ListFormat(tag, { type: 'unit', style: 'narrow' }).format(parts)
}

const units: Record<string, string> = { s: 'second', min: 'minute', h: 'hour', d: 'day' }

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
export function exactTime(at: number, { zone = viewerZone, locale = languageTag(), seconds = true, milliseconds = false }: TimeFormat = {}): string {
  const date = new Date(at)
  const sameYear = date.getUTCFullYear() === new Date().getUTCFullYear()
  return `${dateFormat(locale, zone, !sameYear).format(date)} ${timeFormat(locale, zone, seconds, milliseconds).format(date)}`
}

/** `02:00`, the viewer's time of day, for axes. */
export function clockTime(at: number, locale = languageTag(), zone = viewerZone): string {
  return cached(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
}

/** `13:18:02`, with milliseconds if there are any, in the reader's zone. */
export function timeOfDay(at: number, { zone = viewerZone, locale = languageTag() }: TimeFormat = {}): string {
  const milliseconds = at % second !== 0
  return cached(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', second: '2-digit', ...(milliseconds ? { fractionalSecondDigits: 3 } : {}) }).format(at)
}

/** `21 Nov`, with the year when it is not this one. */
export function dayOf(at: number, { zone = viewerZone, locale = languageTag() }: TimeFormat = {}): string {
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
