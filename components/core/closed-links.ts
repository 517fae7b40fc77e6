/** The `href` of a link before it was closed. */
const originalHref = new WeakMap<HTMLAnchorElement, string>()

/**
 * Turns links to pages that the actor may not see into plain text, and back if that changes. Works on the rendered DOM, because links
 * come from templates and from the server. A link that only leads somewhere (`way`) makes no sense without its target and is hidden
 * by its style.
 */
export function closeLinks(root: ParentNode, mayOpen: (href: string) => boolean): void {
  for (const link of root.querySelectorAll('a')) {
    const href = link.getAttribute('href') ?? originalHref.get(link)
    if (href === undefined || mayOpen(href) === link.hasAttribute('href')) continue
    originalHref.set(link, href)
    if (link.hasAttribute('href')) link.removeAttribute('href')
    else link.href = href
  }
}
