import type { TemplateResult } from 'lit'
import { t } from '../core/words.ts'
import type { Range } from './range.ts'
import { segments } from './segments.ts'

/** Chooses how much time the charts of a page show. */
export function rangeControl(current: Range, choose: (range: Range) => void): TemplateResult {
  return segments({ label: t`Range of the charts`, words: { '1h': t`1 h`, '24h': t`24 h` }, current, choose, part: 'range' })
}
