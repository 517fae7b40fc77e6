/** Counts as people write them. No zod here: elements load this file. */

const rules = new Intl.PluralRules('en')

/** `12,034` */
export function formatCount(count: number, locale = 'en-GB'): string {
  return count.toLocaleString(locale)
}

/** `1 job`, `12,034 jobs`; the plural is given where it is not made with an s. */
export function countOf(count: number, one: string, many = `${one}s`, locale?: string): string {
  return `${formatCount(count, locale)} ${rules.select(count) === 'one' ? one : many}`
}
