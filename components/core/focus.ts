/** The focused element, looking into shadow roots. */
export function deepFocus(): HTMLElement | undefined {
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return focused && focused !== document.body ? (focused as HTMLElement) : undefined
}

const settleMs = 4000
const lookMs = 100

/**
 * Returns the focus to the element that opened a dialog. The change made there may remove or disable the opener as soon as the page
 * reloads its data (a deleted entry, a button that is now disabled); the focus then moves to the fallback instead of being lost.
 */
export function returnFocus(opener: HTMLElement | undefined, fallback: () => HTMLElement | null): void {
  if (!isUsable(opener)) return fallback()?.focus()
  opener.focus()
  const end = performance.now() + settleMs
  const look = () => {
    if (isUsable(opener)) {
      if (performance.now() < end) setTimeout(look, lookMs)
    } else if (deepFocus() === undefined || deepFocus() === opener) fallback()?.focus()
  }
  setTimeout(look, lookMs)
}

function isUsable(opener: HTMLElement | undefined): opener is HTMLElement {
  return opener?.isConnected === true && !opener.matches(':disabled')
}
