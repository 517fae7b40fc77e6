/** Where a link led before it was closed. */
const led = new WeakMap<HTMLAnchorElement, string>()

/**
 * Turns links to pages that the actor may not see into plain text, and back when that changes. Done to what was rendered, because
 * links come from everywhere: our own templates, and addresses that the server gives. A link that says what to do (`way`) has
 * nothing to say any more and is hidden by its style.
 */
export function closeLinks(root: ParentNode, mayOpen: (href: string) => boolean): void {
  for (const link of root.querySelectorAll('a')) {
    const href = link.getAttribute('href') ?? led.get(link)
    if (href === undefined || mayOpen(href) === link.hasAttribute('href')) continue
    led.set(link, href)
    if (link.hasAttribute('href')) link.removeAttribute('href')
    else link.href = href
  }
}
