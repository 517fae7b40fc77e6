import { html, type TemplateResult } from 'lit'
import { later } from '../core/later.ts'
import type { TermName } from './terms.ts'

const loadTerms = later(() => import('./term-note.ts'))

/**
 * One of our own words where a page first uses it, with its explanation on request. What explains it is loaded after the page; until
 * then, and without it, the word stands there as plain text.
 */
export function term(name: TermName, words: unknown): TemplateResult {
  void loadTerms().catch(() => undefined)
  return html`<ops-term name=${name}>${words}</ops-term>`
}
