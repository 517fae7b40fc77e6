import { css, html, type TemplateResult } from 'lit'

/** The ranges that charts offer, shortest first. */
export const ranges = {
  '1h': { label: '1 h', ms: 3_600_000 },
  '24h': { label: '24 h', ms: 86_400_000 },
} as const

export type Range = keyof typeof ranges

/** Chooses how much time the charts of a page show. */
export function rangeControl(current: Range, choose: (range: Range) => void): TemplateResult {
  return html`<div class="ranges" role="group" aria-label="Range of the charts" part="range">
    ${(Object.keys(ranges) as Range[]).map(
      (range) => html`<button type="button" aria-pressed=${range === current} @click=${() => choose(range)}>${ranges[range].label}</button>`,
    )}
  </div>`
}

/** A range from an address or an attribute; the shortest if it is none. */
export function parseRange(text: string): Range {
  return Object.hasOwn(ranges, text) ? (text as Range) : '1h'
}

export const rangeStyles = css`
  .ranges {
    display: inline-flex;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_control-radius);
    background: var(--_surface);
  }
  .ranges button {
    min-height: 26px;
    padding: 2px 9px;
    border: 0;
    border-radius: var(--_small-radius);
    background: none;
    color: var(--_muted);
    font-size: var(--_small);
    white-space: nowrap;
    cursor: pointer;
  }
  .ranges [aria-pressed='true'] {
    background: var(--_accent-soft);
    color: var(--_accent);
    font-weight: var(--_weight-strong);
  }
  @media (forced-colors: active) {
    .ranges [aria-pressed='true'] {
      outline: 2px solid Highlight;
    }
  }
  @media (pointer: coarse) {
    .ranges button {
      min-height: 38px;
      padding-inline: 12px;
    }
  }
`
