import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { openShop, type OpenedShop, textOf } from './operator.ts'

let shop: OpenedShop
beforeAll(async () => (shop = await openShop('pg-boss')), 90_000)
afterAll(() => shop?.close())

const pages = [
  '/ops/jobs',
  '/ops/jobs/cron',
  '/ops/jobs/cron?entry=nightly_sync',
  '/ops/jobs/forensics',
  '/ops/jobs/forensics/cron_entry/nightly_sync',
  '/ops/jobs/audit',
  '/ops/jobs/list',
  '/ops/jobs/queues',
  '/operations',
  '/walkthrough',
]

test.each(['light', 'dark'] as const)('every page passes the accessibility rules, wide and narrow, in %s', { timeout: 60_000 }, async (scheme) => {
  const page = await shop.signIn('ops-demo')
  await page.emulateMedia({ colorScheme: scheme })
  const { items } = await shop.api('/jobs?limit=1')
  const oneJob = `/ops/jobs/job/${encodeURIComponent(String(items[0]!.id))}`
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 860 })
    for (const path of [...pages, oneJob]) {
      await page.goto(shop.url + path)
      await expect.poll(() => textOf(page.locator('body'))).toMatch(/nightly_sync|cron/i)
      expect(await violations(page), `${path} ${scheme} ${width}`).toEqual([])
    }
  }
  expect(shop.problems).toEqual([])
})
