import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { confirmWith, cronRow, eventsOf, openShop, type OpenedShop, patience, textOf } from './operator.ts'

/** What an operator does on any engine: pause an entry, retry a job that failed, pause a queue, and read the evidence. */
export function essentialSession(engine: string): void {
  describe(`an operator's session on ${engine}`, () => {
    let shop: OpenedShop
    let page: Page
    beforeAll(async () => (shop = await openShop(engine)), 90_000)
    afterAll(() => shop?.close())

    test('ops-demo signs in and sees the overview', async () => {
      page = await shop.signIn('ops-demo')
      await page.goto(`${shop.url}/ops/jobs`)
      await expect.poll(() => page.getByRole('heading', { level: 1, name: 'Overview' }).isVisible(), patience).toBe(true)
      expect(((await shop.api('/session')) as { engine?: { name: string } }).engine?.name).toBe(engine)
    })

    test('pausing nightly_sync leaves one event, with its reason', async () => {
      await page.goto(`${shop.url}/ops/jobs/cron`)
      await expect.poll(() => textOf(cronRow(page)), patience).toContain('Runnable')
      await cronRow(page).getByRole('button', { name: /^Pause/ }).click()
      await confirmWith(page, { reason: 'fixture maintenance', verb: 'Pause entry', event: 'cron.paused' })
      await expect.poll(() => textOf(cronRow(page)), patience).toContain('Waiting')
      const events = await eventsOf(shop, 'cron_entry', 'nightly_sync', 'cron.paused')
      expect(events).toMatchObject([{ outcome: 'succeeded', reason: 'fixture maintenance', actor: { id: 'ops-demo' } }])
    })

    test('forensics and audit tell of the pause', async () => {
      await page.goto(`${shop.url}/ops/jobs/forensics/cron_entry/nightly_sync`)
      await expect.poll(() => textOf(page.locator('ops-forensics')), patience).toContain('fixture maintenance')
      await page.goto(`${shop.url}/ops/jobs/audit`)
      await expect.poll(() => textOf(page.locator('ops-audit')), patience).toContain('cron.paused')
    })

    jobsAndQueues(() => ({ shop, page }))

    test('no page broke, and no page needed more than its strict policy allows', () => {
      expect(shop.problems).toEqual([])
    })
  })
}

/** The same steps on every engine; also part of the long walkthrough. */
export function jobsAndQueues(opened: () => { shop: OpenedShop; page: Page }): void {
  let failed = ''

  test('a mail that failed is found by its state, and its error can be read', async () => {
    const { shop, page } = opened()
    await expect.poll(() => failedMails(shop), { timeout: 20_000, interval: 200 }).not.toEqual([])
    await page.goto(`${shop.url}/ops/jobs/list?state=discarded&queue=order_mail`)
    const link = page.locator('ops-jobs').locator('a[data-job]').first()
    await expect.poll(() => link.isVisible(), patience).toBe(true)
    failed = (await link.getAttribute('data-job'))!
    await link.click()
    await page.waitForURL('**/ops/jobs/job/**')
    await expect.poll(() => textOf(page.locator('ops-job')), patience).toContain('no such mailbox')
  })

  test('retrying it with a reason leaves an event that the job shows', async () => {
    const { shop, page } = opened()
    await page.locator('ops-job').getByRole('button', { name: 'Retry…' }).click()
    await confirmWith(page, { reason: 'the mailbox exists now', verb: 'Retry', event: 'job.retried' })
    const events = await eventsOf(shop, 'job', failed, 'job.retried')
    expect(events[0]).toMatchObject({ outcome: 'succeeded', reason: 'the mailbox exists now', actor: { id: 'ops-demo' } })
    await expect.poll(() => textOf(page.locator('ops-job')), patience).toContain('job.retried')
  })

  test('the queues page shows what is in a queue, and pauses it where the engine can', async () => {
    const { shop, page } = opened()
    await page.goto(`${shop.url}/ops/jobs/queues`)
    const row = page.locator('ops-queues').getByRole('row').filter({ hasText: 'gift_reminder' }).first()
    await expect.poll(() => textOf(row), { timeout: 10_000 }).toMatch(/3 scheduled/)
    const pause = row.getByRole('button', { name: /^Pause/ })
    const { items } = await shop.api<{ items: { name: string; operations: Record<string, { allowed: boolean; reason?: string }> }[] }>('/queues')
    const permission = items.find(({ name }) => name === 'gift_reminder')!.operations.pause_queue
    if (!permission?.allowed) {
      expect(await pause.isDisabled()).toBe(true)
      return expect(await textOf(row)).toContain(permission!.reason)
    }
    await pause.click()
    await confirmWith(page, { reason: 'the printer moves house', verb: 'Pause queue', event: 'queue.paused' })
    await expect.poll(() => textOf(row), { timeout: 10_000 }).toContain('the printer moves house')
    expect((await eventsOf(shop, 'queue', 'gift_reminder', 'queue.paused'))[0]).toMatchObject({ outcome: 'succeeded' })
  })
}

async function failedMails(shop: OpenedShop): Promise<unknown[]> {
  return (await shop.api('/jobs?state=discarded&queue=order_mail')).items
}
