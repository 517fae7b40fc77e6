import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from '../host/axe.ts'
import { openShop, type OpenedShop, patience, textOf } from '../host/operator.ts'

let shop: OpenedShop
let page: Page
beforeAll(async () => {
  shop = await openShop('pg-boss')
  page = await shop.signIn('ops-demo')
}, 90_000)
afterAll(() => shop?.close())

const panels = ['As it comes', 'Compact', 'Contrast', 'Plain', 'shadcn/ui', 'Bootstrap 5.3', 'The shop’s own', 'Arabic, right to left']

async function open(scheme: string): Promise<void> {
  await page.goto(`${shop.url}/theming?scheme=${scheme}`)
  for (const index of panels.keys()) await expect.poll(() => textOf(page.locator('.look').nth(index)), patience).toContain('price_feed')
}

const looksOf = () =>
  page.locator('.look ops-cron').evaluateAll((all) =>
    all.map((cron) => {
      const { fontFamily, fontSize, color, backgroundColor, direction } = getComputedStyle(cron)
      const link = getComputedStyle(cron.shadowRoot!.querySelector('tbody a, .row a, a')!)
      const card = getComputedStyle(cron.shadowRoot!.querySelector('.card')!)
      return [fontFamily, fontSize, color, backgroundColor, direction, link.color, link.textDecorationLine, card.borderTopColor, card.borderTopLeftRadius].join(' ')
    }),
  )

test.each(['light', 'dark'])('the theming page shows each look, %s, and all of them pass the accessibility rules', { timeout: 120_000 }, async (scheme) => {
  await open(scheme)
  const looks = await looksOf()
  expect(await page.locator('.look > h2').allTextContents()).toEqual(panels.map((name) => expect.stringContaining(name)))
  expect(new Set(looks).size).toBe(panels.length)
  expect(await violations(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 860 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  expect(shop.problems).toEqual([])
})

test('the page lists every token, and is linked from the shop’s own page', async () => {
  expect(await page.locator('.tokens li').count()).toBeGreaterThan(40)
  await page.goto(`${shop.url}/operations`)
  await page.getByRole('link', { name: 'Theming' }).click()
  await page.waitForURL('**/theming')
})
