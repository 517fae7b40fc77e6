import { afterAll, beforeAll, expect, test } from 'vitest'
import { publicSources } from '../../scripts/elements/read.ts'
import { type PageHost, startPageHost } from '../support/page-host.ts'

/** No inline script, no inline style, nothing from elsewhere, and HTML only through Lit's own policy. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types lit-html"
const tags = publicSources(new URL('../..', import.meta.url).pathname).map((source) => /ops-[a-z]+(?=\.ts$)/.exec(source)![0])

const pageOf = (content: string, script: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="stylesheet" href="/ops/jobs/assets/elements.css"><script src="/report.js"></script><script type="module" src="${script}"></script></head><body>${content}<p id="after">After</p></body></html>`

let host: PageHost
beforeAll(async () => {
  host = await startPageHost((path) => {
    if (path === '/report.js') return { type: 'text/javascript', body: 'window.reports = []; document.addEventListener("securitypolicyviolation", (event) => window.reports.push(event.violatedDirective + " " + event.sourceFile + ":" + event.lineNumber + " " + event.sample))' }
    const [, tag] = /^\/page\/(ops-[a-z]+)$/.exec(path) ?? []
    if (!tag) return undefined
    const attributes = tag === 'ops-shell' ? ' base="#"' : ''
    const content = tag === 'ops-provider' ? '<ops-provider api="/ops/jobs/api/v1"><ops-cron></ops-cron></ops-provider>' : `<${tag} api="/ops/jobs/api/v1"${attributes}></${tag}>`
    return { body: pageOf(content, '/ops/jobs/assets/autoloader.js'), headers: { 'content-security-policy': policy } }
  })
}, 90_000)
afterAll(() => host?.close())

const reports = `window.reports`

test.each(tags)('%s works under a strict policy with trusted types, without one report', async (tag) => {
  const { page, said } = await host.open(`/page/${tag}`)
  await page.waitForFunction((name) => document.querySelector(name)!.matches(':defined'), tag)
  await page.locator('ops-cron, ' + tag).getByRole('heading').first().waitFor()
  // Opening whatever can be opened loads the later parts as well: menus, dialogs, details.
  for (const button of await page.locator(`${tag} button:visible:not([disabled])`).all()) {
    await button.click({ timeout: 500, noWaitAfter: true }).catch(() => {})
    await page.keyboard.press('Escape')
  }
  expect(await page.evaluate(reports)).toEqual([])
  expect(said.filter((line) => /Content.Security|TrustedHTML|Refused/i.test(line))).toEqual([])
})

test('the policy is in force: a breach is refused and reported', async () => {
  const { page } = await host.open('/page/ops-cron')
  expect(await page.evaluate(() => {
    try {
      document.createElement('div').innerHTML = '<b>x</b>'
      return 'done'
    } catch (error) {
      return (error as Error).name
    }
  })).toBe('TypeError')
  await expect.poll(() => page.evaluate(reports)).toEqual([expect.stringContaining('require-trusted-types-for')])
})

test('nothing flashes while elements load: they keep their place, and what is inside them is not shown', async () => {
  const { page } = await host.open('/page/ops-cron')
  let release: () => void = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/assets/*.js', async (route) => {
    await held
    await route.continue()
  })
  await page.reload({ waitUntil: 'commit' })
  await page.locator('#after').waitFor()
  const before = await page.evaluate(() => {
    const element = document.querySelector('ops-cron')!
    return { defined: element.matches(':defined'), height: element.getBoundingClientRect().height, visibility: getComputedStyle(element).visibility }
  })
  expect(before).toEqual({ defined: false, height: 256, visibility: 'hidden' })
  release()
  await page.locator('ops-cron').getByText('nightly_sync').first().waitFor()
  // The score that browsers call good is 0.1.
  const shift = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0))).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(0), 1000)
      }),
  )
  expect(shift).toBeLessThan(0.1)
})
