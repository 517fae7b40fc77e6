import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jobsAndQueues } from './jobs-and-queues.ts'
import { cronRow as row, eventsOf, focusedText, openShop, type OpenedShop, patience, recorded, textOf } from './operator.ts'

interface Bridge {
  /** The last segment of its URL. */
  name: string
  label: string
}

/**
 * The canonical first operator session as a user performs it: the real demo, a real browser, and evidence at the end. It is the same
 * on every engine.
 */
export function operatorSession(engine: string, bridge?: Bridge): void {
  let shop: OpenedShop
  beforeAll(async () => (shop = await openShop(engine)), 90_000)
  afterAll(() => shop?.close())

  const pauses = () => eventsOf(shop, 'cron_entry', 'nightly_sync', 'cron.paused')

  describe(`the first operator session on ${engine}`, () => {
    let page: Page
    let watching: Page

    test('ops-demo signs in and sees the overview, diagnosis first', async () => {
      page = await shop.signIn('ops-demo')
      await page.goto(`${shop.url}/ops/jobs`)
      await expect.poll(() => page.getByRole('heading', { level: 1, name: 'Overview' }).isVisible(), patience).toBe(true)
      expect((await shop.api<{ engine?: { name: string } }>('/session')).engine?.name).toBe(engine)
      const buckets = ['Needs Review', 'Blocked', 'Waiting', 'Runnable', 'Bridge-only Follow-up', 'Resolved Recently']
      for (const bucket of buckets) await expect.poll(() => page.locator('ops-overview').getByText(bucket, { exact: true }).first().isVisible()).toBe(true)
    })

    test('on the cron page nightly_sync is runnable', async () => {
      await page.getByRole('navigation').getByRole('link', { name: 'Cron' }).click()
      await page.waitForURL('**/ops/jobs/cron')
      await expect.poll(() => textOf(row(page))).toMatch(/0 2 \* \* \*.*Etc\/UTC/)
      expect(await textOf(row(page))).toContain('Runnable')
    })

    test('pausing it opens a preview of what will happen and what will be recorded', async () => {
      watching = await shop.signIn('viewer-demo')
      await watching.goto(`${shop.url}/ops/jobs/cron`)
      await expect.poll(() => textOf(row(watching))).toContain('Runnable')

      await row(page).getByRole('button', { name: /^Pause/ }).click()
      const dialog = page.getByRole('dialog')
      await expect.poll(() => textOf(dialog)).toContain('Preview Ready')
      const text = await textOf(dialog)
      expect(text).toMatch(/future claims stop until resumed/i)
      expect(text).toContain('cron.paused')
      expect(text).toContain('cron_entry:nightly_sync')
      expect(text).toContain('ops-demo')
      expect(text).toContain('Powertools-native')
      expect(await pauses()).toEqual([])
    })

    test('Escape closes it, changes nothing and restores the focus', async () => {
      await page.keyboard.press('Escape')
      await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
      expect(await pauses()).toEqual([])
      await expect.poll(() => focusedText(page)).toMatch(/^Pause/)
    })

    test('confirming it pauses the entry, and another browser shows it without a reload', async () => {
      await row(page).getByRole('button', { name: /^Pause/ }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel(/^Reason/).fill('fixture maintenance')
      await dialog.getByRole('button', { name: 'Pause entry' }).click()
      await expect.poll(() => textOf(row(watching)), patience).toContain('Waiting')
      await recorded(page, 'cron.paused')
      await expect.poll(() => textOf(row(page))).toContain('Waiting')
      const shown = await textOf(row(page))
      expect(shown).toContain('ops-demo')
      expect(shown).toContain('fixture maintenance')
      expect(await row(page).getByRole('button', { name: /^Resume/ }).isEnabled()).toBe(true)
    })

    test('exactly one event records it, with actor, reason, before and after', async () => {
      const events = await pauses()
      expect(events).toHaveLength(1)
      expect(events[0]).toMatchObject({
        actor: { id: 'ops-demo', label: 'ops-demo' },
        outcome: 'succeeded',
        reason: 'fixture maintenance',
        source: 'page',
        before: { pausedAt: null },
      })
      expect((events[0]!.after as { pausedAt: string }).pausedAt).toMatch(/^\d{4}-/)
    })

    test('forensics shows the pause, the evidence boundary, and each next path after its owner', async () => {
      await page.goto(`${shop.url}/ops/jobs/forensics/cron_entry/nightly_sync`)
      const forensics = page.locator('ops-forensics')
      await expect.poll(() => textOf(forensics)).toContain('fixture maintenance')
      const text = await textOf(forensics)
      expect(text).toMatch(/evidence/i)
      expect(text.indexOf('Powertools-native')).toBeGreaterThan(-1)
      expect(text).toContain('host-owned follow-up')
      if (!bridge) return
      expect(text).toContain(bridge.label)
      expect(text).toContain('Inspection only')
    })

    test('audit shows the same event and links back', async () => {
      const [event] = await pauses()
      await page.goto(`${shop.url}/ops/jobs/audit?event=${String(event!.id)}`)
      const audit = page.locator('ops-audit')
      await expect.poll(() => textOf(audit)).toContain('fixture maintenance')
      const links = await audit.getByRole('link').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).getAttribute('href')))
      expect(links).toContain('/ops/jobs/forensics/cron_entry/nightly_sync')
    })

    test('it can be resumed by keyboard alone, and the focus is restored', async () => {
      await page.goto(`${shop.url}/ops/jobs/cron`)
      await row(page).getByRole('button', { name: /^Resume/ }).focus()
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog')
      await expect.poll(() => textOf(dialog)).toContain('Preview Ready')
      for (let tabs = 0; tabs < 12 && (await focusedText(page)) !== 'Resume entry'; tabs++) await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await recorded(page, 'cron.resumed')
      await expect.poll(() => textOf(row(page))).toContain('Runnable')
      await expect.poll(() => focusedText(page)).toMatch(/^(Pause|Resume)/)
      await row(page).getByRole('button', { name: /^Pause/ }).click()
      await dialog.getByLabel(/^Reason/).fill('fixture maintenance')
      await dialog.getByRole('button', { name: 'Pause entry' }).click()
      await recorded(page, 'cron.paused')
    })

    jobsAndQueues(() => ({ shop, page }))

    test.runIf(bridge)('the bridge is read-only for everyone', async () => {
      const address = `${shop.url}/ops/jobs/${bridge!.name}`
      await page.goto(address)
      await expect.poll(() => textOf(page.locator('body')), patience).toContain('Inspection only')
      const answer = await page.request.post(address, { headers: { origin: shop.url }, form: { action: 'anything' } })
      expect(answer.status()).toBe(405)
    })

    test('the viewer sees every control disabled, with the reason', async () => {
      const resume = row(watching).getByRole('button', { name: /^Resume/ })
      expect(await resume.isDisabled()).toBe(true)
      expect(await textOf(watching.locator('ops-cron'))).toMatch(/viewer/i)
    })

    test('support sees cron and audit with redacted values, and no reason', async () => {
      const support = await shop.signIn('support-demo')
      await support.goto(`${shop.url}/ops/jobs/cron`)
      await expect.poll(() => textOf(row(support))).toContain('Waiting')
      expect(await textOf(support.locator('ops-cron'))).not.toContain('fixture maintenance')
      await support.goto(`${shop.url}/ops/jobs/audit`)
      await expect.poll(() => textOf(support.locator('ops-audit'))).toContain('paused nightly_sync')
      expect(await textOf(support.locator('ops-audit'))).not.toContain('fixture maintenance')
      await support.context().close()
    })

    test('the elements work among the shop’s own content', async () => {
      await page.goto(`${shop.url}/operations`)
      for (const element of ['ops-overview', 'ops-cron', 'ops-audit']) {
        await expect.poll(() => textOf(page.locator(element)), { timeout: 5_000 }).toContain('nightly_sync')
      }
    })

    test('no page failed or violated its strict policy', () => {
      expect(shop.problems).toEqual([])
    })
  })
}
