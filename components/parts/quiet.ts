import { css, html, type TemplateResult } from 'lit'
import { t } from '../core/words.ts'

/** A skeleton of the content to come, so that the layout does not shift when it arrives. */
export function skeletonRows(rows: number): TemplateResult {
  return html`<div class="card skeleton" role="status" part="skeleton">
    <span class="hidden-text">${t`Loading`}</span>
    ${Array.from({ length: rows }, () => html`<div class="skeleton-row"><i></i><i></i><i></i><i></i></div>`)}
  </div>`
}

/** The empty state; a host may replace its text through the `empty` slot. */
export function emptyState(title: string, detail: string | TemplateResult): TemplateResult {
  return html`<slot name="empty"
    ><div class="card empty" part="empty">
      <h2>${title}</h2>
      <p class="muted">${detail}</p>
    </div></slot
  >`
}

export const quietStyles = css`
  .skeleton-row {
    display: grid;
    grid-template-columns: 2fr 2fr 3fr 1fr;
    gap: 24px;
    padding: 20px 12px;
    border-bottom: 1px solid var(--_line);
  }
  .skeleton-row:last-child {
    border-bottom: 0;
  }
  .skeleton-row i {
    height: 12px;
    border-radius: var(--_small-radius);
    background: var(--_line);
    animation: ops-breathe 1.6s ease-in-out infinite alternate;
  }
  @keyframes ops-breathe {
    to {
      opacity: 0.4;
    }
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 4px;
    padding: 40px 16px;
    text-align: center;
  }
  .refusal {
    font-size: var(--_tiny);
    color: var(--_muted);
  }
  .read-only {
    margin-bottom: 12px;
    padding: 8px 12px;
    border-inline-start: 3px solid var(--_bridge);
  }
`
