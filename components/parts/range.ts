import type { TemplateResult } from 'lit'
import { t } from '../core/words.ts'
import { segments } from './segments.ts'

/** The ranges that charts offer in milliseconds, shortest first. */
export const ranges = { '1h': 3_600_000, '24h': 86_400_000 } as const

export type Range = keyof typeof ranges

/** Chooses how much time the charts of a page show. */
export function rangeControl(current: Range, choose: (range: Range) => void): TemplateResult {
  return segments({ label: t`Range of the charts`, words: { '1h': t`1 h`, '24h': t`24 h` }, current, choose, part: 'range' })
}

/** A range from an address or an attribute; the shortest if it is none. */
export function parseRange(text: string): Range {
  return Object.hasOwn(ranges, text) ? (text as Range) : '1h'
}
