import { html, nothing, type TemplateResult } from 'lit'
import { t } from '../../core/words.ts'

export interface Pager {
  /** How many pages come before this one. */
  page: number
  next: string | undefined
  order: 'newest' | 'oldest'
  back: () => void
  on: (next: string) => void
}

/** The pages of a list sorted by time. */
export function pager({ page, next, order, back, on }: Pager): TemplateResult | typeof nothing {
  if (page === 0 && !next) return nothing
  const [before, after] = order === 'oldest' ? [t`Older`, t`Newer`] : [t`Newer`, t`Older`]
  return html`<nav class="pages" aria-label=${t`Pages`} part="pager">
    <button type="button" class="button" ?disabled=${page === 0} @click=${back}>${before}</button>
    <span class="muted small">${t`Page ${page + 1}`}</span>
    <button type="button" class="button" ?disabled=${!next} @click=${() => next && on(next)}>${after}</button>
  </nav>`
}
