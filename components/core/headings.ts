/**
 * In a host's page our title is an `h2` and sections are `h3`. In the shell the title is the page's `h1`, so sections are raised by one
 * level and no level is skipped. Dialogs have their own titles.
 */
export function raiseHeadings(root: ParentNode): void {
  for (const heading of root.querySelectorAll('h3:not([aria-level])')) {
    if (!heading.closest('dialog')) heading.setAttribute('aria-level', '2')
  }
}
