import { css, html, type TemplateResult } from 'lit'
import { isMac } from '../core/keys.ts'
import { t, tr } from '../core/words.ts'

/** A key as it is engraved: `Mod+K` is two caps, `g j` is one after the other. */
export function keycaps(keys: string): unknown {
  const [first, second] = keys.split(' ').map((each) => each.split('+').map(cap))
  return second ? tr`${html`${first}`} then ${html`${second}`}` : first
}

function cap(name: string): TemplateResult {
  return html`<kbd>${engraved(name)}</kbd>`
}

function engraved(name: string): string {
  if (name === 'Mod') return isMac() ? '⌘' : t`Ctrl`
  const symbols: Record<string, string> = { Enter: '↵', ArrowDown: '↓', ArrowUp: '↑', Escape: t`Esc`, Space: t`Space`, Shift: t`Shift`, Alt: t`Alt` }
  return symbols[name] ?? name
}

export const keycapStyles = css`
  kbd {
    display: inline-block;
    min-width: 18px;
    padding: 0 5px;
    border: 1px solid var(--_line-strong);
    border-bottom-width: 2px;
    border-radius: var(--_small-radius);
    background: var(--_surface);
    color: var(--_muted);
    font: 12px / 16px var(--_font);
    text-align: center;
  }
  kbd + kbd {
    margin-inline-start: 4px;
  }
`
