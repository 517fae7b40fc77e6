import type { CountMethod } from '../../schemas/vocabulary.ts'
import { languageTag } from '../core/words.ts'

/** A count with the precision of its method: `1,204`, `10,000+`, `≈ 1.2 million`. Estimates are rounded. */
export function figure(count: number, how: CountMethod, locale = languageTag()): string {
  if (how === 'estimated') return `≈ ${count.toLocaleString(locale, { notation: 'compact', compactDisplay: 'long', maximumSignificantDigits: 2 })}`
  return count.toLocaleString(locale) + (how === 'capped' ? '+' : '')
}
