import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { BulkItem, BulkRun } from '../../schemas/bulk.ts'
import { confirmWith, type OpenedShop, textOf } from '../host/operator.ts'
import { counting } from './counting.ts'

const patience = { timeout: 30_000 }

interface Opened {
  shop: OpenedShop
  page: Page
}

/** What somebody who was woken at night wants to know, from the overview, while mails fail and a queue is stuck. Nothing here repairs it. */
export function questionsAtNight(opened: () => Opened): void {
  test('whether anything is stuck is answered without a click', async () => {
    const { page } = await atOverview(opened())
    await expect.poll(() => textOf(page.locator('ops-overview .headline')), patience).toMatch(/report is stuck: 84 jobs for 3 h/)
  })

  test('a queue is stopped with three clicks', async () => {
    const { page } = await atOverview(opened())
    const operator = counting(page)
    await operator.click('link', /^Queues/, 'nav#navigation')
    const row = page.locator('ops-queues').getByRole('row').filter({ hasText: 'price_feed' })
    await operator.press(row.getByRole('button', { name: /^Pause/ }))
    await confirmWith(page, { reason: 'prices are wrong', verb: 'Pause queue', event: 'queue.paused' })
    expect(operator.clicks() + 1).toBeLessThanOrEqual(3)
    await expect.poll(() => textOf(row), patience).toContain('prices are wrong')
  })

  test('what people changed in the last hour is one click away', async () => {
    const { page } = await atOverview(opened())
    const operator = counting(page)
    await operator.click('link', 'By people, last hour')
    expect(operator.clicks()).toBe(1)
    const audit = page.locator('ops-audit')
    await expect.poll(() => textOf(audit), patience).toMatch(/ops-demo paused the queue price_feed.*prices are wrong/)
    expect(await audit.getByRole('button', { name: 'Last hour', pressed: true }).count()).toBe(1)
    expect(await audit.getByRole('button', { name: 'People', pressed: true }).count()).toBe(1)
    expect(await textOf(audit)).not.toMatch(/the system (opened|closed|saw|delivered)/)
  })

  test('which entries run between one and four is two clicks away', async () => {
    const { page } = await atOverview(opened())
    const operator = counting(page)
    await operator.click('link', /^Cron/, 'nav#navigation')
    await operator.press(page.locator('ops-cron').getByText('Tonight', { exact: true }))
    expect(operator.clicks()).toBe(2)
    const tonight = page.locator('ops-cron-tonight')
    await expect.poll(() => textOf(tonight.locator('.sentence')), patience).toMatch(/^ ?Between .*04:00/)
    // The axis begins now, so that of a window that has begun only the rest is shown.
    const runs = (entry: string) => tonight.getByRole('row').filter({ hasText: entry })
    await expect.poll(() => textOf(runs('price_feed')), patience).toContain('Every minute')
    const hour = new Date().getHours()
    if (hour < 2 || hour >= 4) await expect.poll(() => textOf(runs('nightly_sync')), patience).toContain('02:00')
  })
}

/** Finds out which mails fail, why and since when, and retries exactly those. */
export function mailsAtNight(opened: () => Opened): void {
  test('which mails fail, why and since when is seen, and exactly those are retried, with five clicks', { timeout: 120_000 }, async () => {
    const { shop, page } = await atOverview(opened())
    const operator = counting(page)
    await operator.press(page.locator('ops-overview li.error').filter({ hasText: 'ETIMEDOUT' }).getByRole('link', { name: /^Review/ }))
    const group = page.locator('ops-errors')
    await expect.poll(() => textOf(group), patience).toMatch(/connectToMailServer/)
    expect(await textOf(group)).toMatch(/connect ETIMEDOUT.*since \d+ \w+ \d\d:\d\d/)

    await operator.click('link', 'Its discarded jobs')
    const jobs = page.locator('ops-jobs')
    await jobs.locator('a[data-job]').first().waitFor(patience)
    const listed = await jobs.locator('a[data-job]').evaluateAll((links) => links.map((link) => (link as HTMLElement).dataset.job!))
    expect(await textOf(jobs.locator('tbody tr').first())).toMatch(/order_mail.*connect ETIMEDOUT.*shopper/)

    const filter = new URL(page.url()).searchParams
    await operator.click('button', /^Retry all [\d,]+…$/)
    const dialog = page.getByRole('dialog')
    await expect.poll(() => textOf(dialog), patience).toContain('Preview Ready')
    await dialog.getByLabel(/^Reason/).fill('the mail server answers again')
    await operator.press(dialog.getByRole('button', { name: /^Retry [\d,]+ jobs$/ }))
    expect(operator.clicks()).toBeLessThanOrEqual(5)

    await page.waitForURL((url) => url.searchParams.has('bulk'), patience)
    const run = new URL(page.url()).searchParams.get('bulk')!
    const { chosen } = await finished(shop, run)
    expect(chosen?.filter).toEqual({ errorGroup: filter.get('errorGroup'), state: 'discarded' })
    // Exactly those: every mail that was listed, and no other job than a mail.
    const retried = await itemsOf(shop, run)
    expect(listed.filter((id) => !retried.some((item) => item.id === id))).toEqual([])
    expect(retried.filter(({ queue }) => queue !== 'order_mail')).toEqual([])
  })
}

async function atOverview({ shop, page }: Opened): Promise<Opened> {
  await page.goto(`${shop.url}/ops/jobs`)
  await page.locator('ops-overview .incident').first().waitFor(patience)
  return { shop, page }
}

async function finished(shop: OpenedShop, id: string): Promise<BulkRun> {
  let run: BulkRun | undefined
  await expect.poll(async () => (run = await shop.api<BulkRun>(`/bulk/${id}`)).finishedAt, patience).toBeTruthy()
  return run!
}

async function itemsOf(shop: OpenedShop, id: string): Promise<BulkItem[]> {
  const items: BulkItem[] = []
  for (let cursor = ''; ; ) {
    const page = await shop.api<{ items: BulkItem[]; nextCursor?: string }>(`/bulk/${id}/items?${new URLSearchParams({ limit: '200', ...(cursor && { cursor }) })}`)
    items.push(...page.items)
    if (!page.nextCursor) return items
    cursor = page.nextCursor
  }
}
