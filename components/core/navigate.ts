export interface NavigateDetail {
  href: string
}

/**
 * Turns a plain left click on one of our links into `ops-navigate`. A listener that navigates itself (the shell, or the host's
 * router) prevents that event; otherwise the browser follows the link as usual.
 */
export function followLinks(host: HTMLElement): void {
  host.addEventListener('click', (event) => {
    const link = plainlyClickedLink(event)
    if (!link || host.contains(link)) return
    if (!navigate(host, link.getAttribute('href')!)) event.preventDefault()
  })
}

/** Returns whether the browser should still follow the link. */
export function navigate(from: HTMLElement, href: string): boolean {
  return from.dispatchEvent(
    new CustomEvent<NavigateDetail>('ops-navigate', { detail: { href }, bubbles: true, composed: true, cancelable: true }),
  )
}

function plainlyClickedLink(event: MouseEvent): HTMLAnchorElement | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement)
  if (!link?.hasAttribute('href') || link.target || link.hasAttribute('download')) return undefined
  return link
}
