import { css, html, type TemplateResult } from 'lit'
import { type ErrorState, errorStates } from '../../schemas/error-words.ts'
import { t, tx } from '../core/words.ts'
import { term } from './term.ts'

/** A word in a frame, for what is no status: red where it is news, grey where it is not. */
function tag(word: unknown, tone: 'news' | 'plain' | 'old' = 'plain'): TemplateResult {
  return html`<span class="tag ${tone}">${word}</span>`
}

/** What is known of a group of errors: new and regressions stand out, known ones stand back. Explained where a page shows it first. */
export function errorStateTag(state: string, explained = false): TemplateResult {
  const tones: Record<ErrorState, 'news' | 'old'> = { new: 'news', regression: 'news', known: 'old' }
  const known = state as ErrorState
  const words = tx(errorStates[known] ?? state)
  const meaning = { new: 'new_error', regression: 'regression', known: undefined }[known] as 'new_error' | 'regression' | undefined
  return tag(explained && meaning ? term(meaning, words) : words, tones[known])
}

export function burstTag(explained: boolean): TemplateResult {
  return tag(explained ? term('burst', t`burst`) : t`burst`, 'news')
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
