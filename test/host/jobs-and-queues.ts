import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { confirmWith, eventsOf, type OpenedShop, patience, textOf } from './operator.ts'

/** Retries a failed job, pauses a queue if the engine supports it, and reads the evidence. */
export function jobsAndQueues(opened: () => { shop: OpenedShop; page: Page }): void {
  let failed = ''

  test('a failed mail is found by its state and shows its error', async () => {
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

  test('the queues page shows the depth of a queue, and pauses it if the engine supports it', async () => {
    const { shop, page } = opened()
    await page.goto(`${shop.url}/ops/jobs/queues`)
    const row = page.locator('ops-queues').getByRole('row').filter({ hasText: 'gift_reminder' }).first()
    // A quiet queue is folded away; whether it is quiet depends on what the engine counts.
    const quiet = page.locator('ops-queues').getByRole('button', { name: /quiet queue/ })
    await expect.poll(async () => (await row.isVisible()) || (await quiet.isVisible()), { timeout: 10_000 }).toBe(true)
    if (!(await row.isVisible())) await quiet.click()
    await row.waitFor()
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
