/** The list matches queues by part of their name; if exactly one queue is meant, the others are left out. */
export function onlyNamed<Page extends { items: { name: string }[] }>(page: Page, name: string): Page {
  return name ? { ...page, items: page.items.filter((queue) => queue.name === name) } : page
}
