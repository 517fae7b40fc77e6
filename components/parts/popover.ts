import { css } from 'lit'

/** Positions an open popover below its button, or above it if there is no room. */
export function placeBy(button: HTMLElement, list: HTMLElement): void {
  const { bottom, top, left, right } = button.getBoundingClientRect()
  const { width, height } = list.getBoundingClientRect()
  const below = bottom + 4
  list.style.top = `${below + height <= innerHeight ? below : Math.max(8, top - height - 4)}px`
  // Their ends meet, where the text ends.
  const wanted = button.matches(':dir(rtl)') ? left : right - width
  list.style.left = `${Math.max(8, Math.min(wanted, innerWidth - width - 8))}px`
}

export const popoverStyles = css`
  [popover] {
    position: fixed;
    inset: auto;
    margin: 0;
    min-width: 200px;
    max-width: min(320px, calc(100vw - 16px));
    padding: 4px;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_radius);
    background: var(--_overlay);
    color: var(--_text);
    box-shadow: var(--_shadow);
  }
`
