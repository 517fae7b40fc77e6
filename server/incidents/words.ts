import type { CountMethod } from '../../schemas/index.ts'
import { countOf } from '../../schemas/index.ts'

/** A duration in its two largest units: `3 h 1 min`, `12 min`, `45 s`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
  const days = Math.floor(hours / 24)
  return `${countOf(days, 'day')}${hours % 24 ? ` ${hours % 24} h` : ''}`
}

/** The time between two instants that were stored as text. */
export function spanBetween(from: string, to: string): string {
  return span(Date.parse(to) - Date.parse(from))
}

/** `12:54:11 UTC`, as of the day of the reader, or with its date. */
export function clock(at: string, now: Date): string {
  const [date, time] = [at.slice(0, 10), at.slice(11, 19)]
  return date === now.toISOString().slice(0, 10) ? `${time} UTC` : `${date} ${time} UTC`
}

/** `84 jobs`, `at least 1,000 jobs`, `about 5,000 jobs`. */
export function jobsOf(count: number, how: CountMethod = 'exact'): string {
  const jobs = countOf(count, 'job')
  return how === 'exact' ? jobs : how === 'capped' ? `at least ${jobs}` : `about ${jobs}`
}

/** As the beginning of a sentence. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** One digit after the point for small rates. */
export function rate(perMinute: number): string {
  return `${perMinute < 10 ? Math.round(perMinute * 10) / 10 : Math.round(perMinute)} /min`
}
