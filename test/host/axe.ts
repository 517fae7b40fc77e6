import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** axe's findings against WCAG 2.2 A and AA, one per line. Evaluated through the browser, so the pages' policy applies unchanged. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    const runOnly = { type: 'tag' as const, values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }
    // Without the style sheets, which only experimental rules read: axe would write them into the page, against its policy.
    const { violations } = await axe.run(document, { runOnly, preload: false })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  })
}
