import { css, html, nothing, type TemplateResult } from 'lit'
import { t } from '../core/words.ts'

export interface PagerState {
  /** Cursors of the pages before this one, oldest first. */
  trail: string[]
  next?: string
  move: (trail: string[]) => void
}

/** Buttons to newer and older pages by cursor; nothing if everything fits on one page. */
export function pager({ trail, next, move }: PagerState): TemplateResult | typeof nothing {
  if (trail.length === 0 && !next) return nothing
  return html`<nav class="pager" aria-label=${t`Pages`} part="pager">
    <button type="button" class="button" ?disabled=${trail.length === 0} @click=${() => move(trail.slice(0, -1))}>${t`Previous`}</button>
    <span class="muted small">${t`Page ${trail.length + 1}`}</span>
    <button type="button" class="button" ?disabled=${!next} @click=${() => next && move([...trail, next])}>${t`Next`}</button>
  </nav>`
}

/** How many rows a page has: what the host wants, within what the API gives. */
export function pageSize(limit: number, usual: number): number {
  return limit >= 1 ? Math.min(Math.floor(limit), 200) : usual
}

export const pagerStyles = css`
  .pager {
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 12px;
    margin-top: 12px;
  }
`
