import type { CountMethod } from '../../schemas/vocabulary.ts'

/** `1 job`, `12,034 jobs`. */
export function countOf(count: number, noun: string, locale = 'en-GB'): string {
  return `${count.toLocaleString(locale)} ${noun}${count === 1 ? '' : 's'}`
}

/** A figure as sure as it was counted: `1,204`, `10,000+`, `≈ 1,200,000`. */
export function figure(count: number, how: CountMethod, locale = 'en-GB'): string {
  const digits = count.toLocaleString(locale)
  return how === 'exact' ? digits : how === 'capped' ? `${digits}+` : `≈ ${digits}`
}
