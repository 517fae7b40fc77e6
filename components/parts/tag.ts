import { css, html, type TemplateResult } from 'lit'
import { type ErrorState, errorStates } from '../../schemas/error-words.ts'
import { t, tx } from '../core/words.ts'

/** A word in a frame, for what is no status: red where it is news, grey where it is not. */
function tag(word: string, tone: 'news' | 'plain' | 'old' = 'plain', title = ''): TemplateResult {
  return html`<span class="tag ${tone}" title=${title}>${word}</span>`
}

/** What is known of a group of errors: new and regressions stand out, known ones stand back. */
export function errorStateTag(state: string): TemplateResult {
  const tones: Record<ErrorState, 'news' | 'old'> = { new: 'news', regression: 'news', known: 'old' }
  const known = state as ErrorState
  return tag(tx(errorStates[known] ?? state), tones[known])
}

export function burstTag(): TemplateResult {
  return tag(t`burst`, 'news', t`Far above its usual rate`)
}

export function deployTag(): TemplateResult {
  return tag(t`deploy`)
}

export const tagStyles = css`
  .tag {
    display: inline-block;
    padding: 0 6px;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_small-radius);
    font-size: var(--_tiny);
    font-weight: var(--_weight-medium);
    line-height: 18px;
    white-space: nowrap;
  }
  .tag.news {
    border-color: var(--_review);
    color: var(--_review);
  }
  .tag.old {
    color: var(--_muted);
  }
`
