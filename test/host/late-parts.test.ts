import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cronRow as row, eventsOf, focusedText, openShop, type OpenedShop, recorded, textOf } from './operator.ts'

let shop: OpenedShop
let page: Page
beforeAll(async () => {
  shop = await openShop('pg-boss')
  page = await shop.signIn('ops-demo')
}, 90_000)
afterAll(() => shop?.close())

/** Refuses every script that is asked for from here on, until the returned function is called; answers how many that were. */
async function cutOff(): Promise<() => Promise<number>> {
  let refused = 0
  const scripts = /\.js(\?|$)/
  await page.route(scripts, (route) => {
    refused += 1
    return route.abort()
  })
  return async () => {
    await page.unroute(scripts)
    return refused
  }
}

test('a dialog that could not be loaded says so, and trying again opens what was asked for', { timeout: 60_000 }, async () => {
  await page.goto(`${shop.url}/ops/jobs/cron`)
  const pause = row(page).getByRole('button', { name: /^Pause/ })
  await pause.waitFor()
  const restore = await cutOff()
  await pause.click()
  const dialog = page.getByRole('dialog')
  await expect.poll(() => textOf(dialog)).toContain('could not be loaded')
  expect(await textOf(dialog)).toContain('Nothing was changed')
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => textOf(dialog)).toContain('could not be loaded')
  await dialog.getByRole('button', { name: 'Go back' }).click()
  await expect.poll(() => focusedText(page)).toMatch(/^Pause/)
  await pause.click()
  await dialog.getByRole('button', { name: 'Try again' }).waitFor()
  expect(await restore()).toBeGreaterThan(0)

  await page.keyboard.press('Enter')
  await expect.poll(() => textOf(dialog)).toContain('Preview Ready')
  expect(await textOf(dialog)).toContain('nightly_sync')
  await dialog.getByRole('button', { name: 'Pause entry' }).click()
  await recorded(page, 'cron.paused')
  expect(await eventsOf(shop, 'cron_entry', 'nightly_sync', 'cron.paused')).toHaveLength(1)
  await expect.poll(() => focusedText(page)).toMatch(/^Resume|^Pause/)
})

test('so do the details of an event', { timeout: 60_000 }, async () => {
  await page.goto(`${shop.url}/ops/jobs/audit?system=yes`)
  const audit = page.locator('ops-audit')
  await audit.locator('.time').first().waitFor()
  // What comes by itself after the list is there already: this is about what the click loads.
  await audit.locator('.filters > *').first().waitFor()
  const restore = await cutOff()
  await audit.locator('.time').first().click()
  await expect.poll(() => textOf(audit)).toContain('Not everything could be loaded')
  expect(await restore()).toBeGreaterThan(0)
  await audit.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => textOf(audit)).toContain('What changed')
})

test('and what follows the list of jobs', { timeout: 60_000 }, async () => {
  await page.goto(`${shop.url}/ops/jobs/audit`)
  await page.getByRole('navigation').getByRole('link', { name: 'Jobs', exact: true }).waitFor()
  let first = true
  await page.route(/chunk-.*\.js/, async (route) => {
    // The bulk progress is part of what comes later only.
    const response = await route.fetch()
    if (!first || !(await response.text()).includes('ops-bulk-run`)')) return route.fulfill({ response })
    first = false
    return route.abort()
  })
  await page.goto(`${shop.url}/ops/jobs/list`)
  const jobs = page.locator('ops-jobs')
  await expect.poll(() => textOf(jobs)).toContain('Not everything could be loaded')
  await jobs.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => jobs.locator('ops-menu').first().getByRole('button').isVisible()).toBe(true)
  expect(await textOf(jobs)).not.toContain('Not everything could be loaded')
})

test('nothing of it needed more than the strict policy allows', () => {
  expect(shop.problems).toEqual([])
})
