/** Formatting of counts. Must not import zod, because elements load this file. */

const rules = new Intl.PluralRules('en')

/** `12,034` */
export function formatCount(count: number, locale = 'en-GB'): string {
  return count.toLocaleString(locale)
}

/** `1 job`, `12,034 jobs`; `many` is needed only for irregular plurals. */
export function countOf(count: number, one: string, many = `${one}s`, locale?: string): string {
  return `${formatCount(count, locale)} ${rules.select(count) === 'one' ? one : many}`
}
