import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsOf, openShop, type OpenedShop, patience, recorded, textOf } from '../host/operator.ts'
import { Keyboard } from './keyboard.ts'

let shop: OpenedShop
let page: Page
let keyboard: Keyboard
beforeAll(async () => {
  shop = await openShop('pg-boss')
  page = await shop.signIn('ops-demo')
  keyboard = new Keyboard(page)
  await page.goto(`${shop.url}/ops/jobs`)
  await page.locator('nav .find kbd').waitFor()
}, 90_000)
afterAll(() => shop?.close())

const heading = () => page.locator('.page-title').first()
const dialog = () => page.getByRole('dialog')

/** `g` and a letter, and the page is there. */
async function goTo(letter: string, title: string): Promise<void> {
  await keyboard.press('g', letter)
  await expect.poll(() => heading().textContent(), patience).toContain(title)
  await expect.poll(async () => (await keyboard.focus()).name, patience).toContain(title)
}

async function confirm(reason: string, event: string): Promise<void> {
  await expect.poll(() => textOf(dialog()), patience).toContain('Preview Ready')
  await keyboard.tabTo(/^Reason/)
  await keyboard.type(reason)
  await keyboard.press('Control+Enter')
  await recorded(page, event)
  await keyboard.expectFocus('confirming')
}

async function list(state: string): Promise<void> {
  await goTo('j', 'Jobs')
  await keyboard.tabTo(new RegExp(`^${state}`))
  await keyboard.press('Enter')
  await page.waitForURL(`**/list?state=${state}`)
  // The list of before stands until the new one has come.
  await expect
    .poll(async () => {
      const { items } = await shop.api<{ items: { id: string }[] }>(`/jobs?state=${state}&limit=200`)
      const shown = await page.locator('ops-jobs a[data-job]').evaluateAll((links) => links.map((link) => link.getAttribute('data-job')))
      return shown.length > 0 && shown.every((id) => items.some((job) => job.id === id))
    }, patience)
    .toBe(true)
}

const failed = (least: number) => expect.poll(async () => (await shop.api('/jobs?state=discarded')).items.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(least)

describe('the tasks of the guide, by keyboard alone', () => {
  test('an entry is paused with a reason', async () => {
    await goTo('c', 'Cron')
    await keyboard.tabTo(/^Pause… nightly_sync/)
    await keyboard.press('Enter')
    await confirm('fixture maintenance', 'cron.paused')
    expect((await keyboard.focus()).name).toMatch(/nightly_sync/)
    expect(await eventsOf(shop, 'cron_entry', 'nightly_sync', 'cron.paused')).toHaveLength(1)
  })

  test('the pause is found in the audit log and in forensics', async () => {
    await goTo('a', 'Audit')
    await page.locator('ops-audit ops-search').waitFor()
    await keyboard.press('j')
    await keyboard.press('Enter')
    await expect.poll(() => textOf(page.locator('ops-event-details')), patience).toContain('fixture maintenance')
    await keyboard.press('Escape')
    await expect.poll(async () => (await keyboard.focus()).tag, patience).not.toBe('dialog')
    await keyboard.tabTo(/^nightly_sync$/)
    await keyboard.press('Enter')
    await page.waitForURL('**/forensics/cron_entry/nightly_sync')
    await expect.poll(() => textOf(page.locator('ops-forensics')), patience).toContain('fixture maintenance')
    await keyboard.expectFocus('opening the evidence')
  })

  test('a failed job is retried from its page', { timeout: 90_000 }, async () => {
    await failed(1)
    await list('discarded')
    await keyboard.press('j')
    await keyboard.press('Enter')
    await page.waitForURL('**/job/**')
    await keyboard.tabTo(/^Retry…$/)
    await keyboard.press('Enter')
    await confirm('address corrected', 'job.retried')
  })

  test('several jobs are retried at once', { timeout: 90_000 }, async () => {
    // Mails to addresses that do not exist fail again.
    await failed(2)
    await list('discarded')
    await keyboard.press('j')
    await keyboard.press('x')
    await keyboard.press('j')
    await keyboard.press('x')
    await expect.poll(() => textOf(page.locator('ops-jobs .bulk-bar')), patience).toContain('2 jobs chosen')
    await keyboard.press('Shift+R')
    await expect.poll(() => textOf(dialog()), patience).toContain('Preview Ready')
    await keyboard.tabTo(/^Reason/)
    await keyboard.type('both addresses exist now')
    await keyboard.press('Control+Enter')
    await page.waitForURL('**/list?**bulk=**')
    await keyboard.expectFocus('starting the run')
    const run = new URL(page.url()).searchParams.get('bulk')!
    await expect.poll(async () => (await shop.api<{ outcomes: Record<string, number> }>(`/bulk/${run}`)).outcomes.done, patience).toBe(2)
    await keyboard.expectFocus('the end of the run')
  })

  test('a waiting job is cancelled', async () => {
    await list('scheduled')
    await keyboard.press('j')
    await keyboard.press('Shift+C')
    await confirm('no longer wanted', 'job.cancelled')
  })

  test('the palette opens, finds, and gives the focus back', async () => {
    await goTo('q', 'Queues')
    await keyboard.tabTo(/quiet queue|^Pause|Find a queue/i)
    const before = await keyboard.focus()
    await keyboard.press('Control+k')
    await expect.poll(async () => (await keyboard.focus()).name, patience).toBe('Find or do')
    await keyboard.press('Escape')
    await expect.poll(() => keyboard.focus(), patience).toMatchObject({ name: before.name, tag: before.tag })
  })
})
