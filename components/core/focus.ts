/** What has the focus, seen through shadow roots. */
export function deepFocus(): HTMLElement | undefined {
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return focused && focused !== document.body ? (focused as HTMLElement) : undefined
}

const settleMs = 4000
const lookMs = 100

/**
 * Gives the focus back to whoever opened something. What was done there may take the opener away (an entry that is deleted, a button
 * that is disabled now) as soon as the page has read again; then the focus goes to the fallback instead of getting lost.
 */
export function returnFocus(opener: HTMLElement | undefined, fallback: () => HTMLElement | null): void {
  if (!usable(opener)) return fallback()?.focus()
  opener.focus()
  const end = performance.now() + settleMs
  const look = () => {
    if (usable(opener)) {
      if (performance.now() < end) setTimeout(look, lookMs)
    } else if (deepFocus() === undefined || deepFocus() === opener) fallback()?.focus()
  }
  setTimeout(look, lookMs)
}

function usable(opener: HTMLElement | undefined): opener is HTMLElement {
  return opener?.isConnected === true && !opener.matches(':disabled')
}
