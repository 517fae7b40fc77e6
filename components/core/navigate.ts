import { announce } from './events.ts'
import { type LinkTarget, targetOf } from './links.ts'

/** Detail of `ops-navigate`. */
export interface NavigateDetail extends Partial<LinkTarget> {
  /** The address of the link, as the host's `links` gave it; `page`, `params` and `path` are there if it leads to one of our pages. */
  href: string
  /** The user asked for a new tab or window: with Ctrl, ⌘, Shift or the middle button. The browser opens it unless the event is prevented. */
  newTab: boolean
}

/** Clicks that were announced: an event passes every element around the link. */
const announced = new WeakSet<Event>()

/**
 * Announces a click on a link as `ops-navigate`. A listener that navigates itself (the shell, or the host's router) prevents that
 * event; otherwise the browser follows the link as usual.
 */
export function followLinks(host: HTMLElement): void {
  const follow = (event: MouseEvent) => {
    const link = clickedLink(event)
    if (!link || announced.has(event) || host.contains(link)) return
    announced.add(event)
    const newTab = event.button === 1 || event.metaKey || event.ctrlKey || event.shiftKey
    if (!navigate(host, { ...targetOf(link), href: link.getAttribute('href')!, newTab })) event.preventDefault()
  }
  host.addEventListener('click', follow)
  host.addEventListener('auxclick', follow)
}

/** Returns whether the browser should still follow the link. */
export function navigate(from: HTMLElement, detail: NavigateDetail): boolean {
  return announce(from, 'ops-navigate', detail, true)
}

/** With Alt, browsers download the target. */
function clickedLink(event: MouseEvent): HTMLAnchorElement | undefined {
  if (event.defaultPrevented || event.button > 1 || event.altKey) return undefined
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement)
  if (!link?.hasAttribute('href') || link.target || link.hasAttribute('download')) return undefined
  return link
}
