import { css, html, nothing, type TemplateResult } from 'lit'
import { tx } from '../core/words.ts'

export interface Segments<Key extends string> {
  /** What is chosen here, for assistive technology. */
  label: string
  /** The choices with their words, in their order; translated when shown. */
  words: Readonly<Record<Key, string>>
  /** None is pressed if it is none of the choices. */
  current: Key | undefined
  choose: (key: Key) => void
  /** A control after the choices that belongs to them. */
  more?: TemplateResult
  /** Name of the part for host styles. */
  part?: string
}

/** A row of buttons of which one is chosen. */
export function segments<Key extends string>({ label, words, current, choose, more, part }: Segments<Key>): TemplateResult {
  const button = (key: Key) => html`<button type="button" aria-pressed=${key === current ? 'true' : 'false'} @click=${() => choose(key)}>${tx(words[key])}</button>`
  return html`<div class="segments" role="group" aria-label=${label} part=${part ?? nothing}>${(Object.keys(words) as Key[]).map(button)}${more ?? nothing}</div>`
}

export const segmentStyles = css`
  .segments {
    display: inline-flex;
    flex-wrap: wrap;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_control-radius);
    background: var(--_surface);
  }
  .segments > button {
    min-height: 26px;
    padding: 2px 10px;
    border: 0;
    border-radius: var(--_small-radius);
    background: none;
    color: var(--_muted);
    font-size: var(--_small);
    white-space: nowrap;
    cursor: pointer;
  }
  .segments > [aria-pressed='true'] {
    background: var(--_accent-soft);
    color: var(--_accent);
    font-weight: var(--_weight-strong);
  }
  .segments > button:focus-visible {
    outline-offset: -2px;
  }
  @media (forced-colors: active) {
    .segments > [aria-pressed='true'] {
      outline: 2px solid Highlight;
    }
  }
  @media (pointer: coarse) {
    .segments > button {
      min-height: 40px;
      padding-inline: 12px;
    }
  }
`
