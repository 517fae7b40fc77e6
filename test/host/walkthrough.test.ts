import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser } from '../support/browser.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'
import { type RunningDemo, startDemo } from '../support/demo.ts'

/** The canonical first operator session, as a person does it: the real demo, a real browser, and evidence at the end. */
let database: TestDatabase
let demo: RunningDemo
let browser: Browser
let dataFolder: string
const problems: string[] = []

beforeAll(async () => {
  database = await createDatabase({ empty: true })
  dataFolder = await mkdtemp(join(tmpdir(), 'walkthrough-'))
  const { executablePath, args } = await findBrowser()
  ;[demo, browser] = await Promise.all([
    startDemo({ env: { DATABASE_URL: database.url, DEMO_DATA: dataFolder } }),
    chromium.launch({ executablePath, args }),
  ])
}, 90_000)

afterAll(async () => {
  await browser?.close()
  await demo?.stop()
  await database?.drop()
  await rm(dataFolder, { recursive: true, force: true })
})

/** A browser of somebody's own, signed in by the form. What the page complains about is kept. */
async function signIn(user: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(`${user}: ${error.message}`))
  page.on('console', (message) => {
    // The engine's own dashboard asks for fonts of another site, and its policy says no.
    if (page.url().includes('/ops/jobs/pg-boss')) return
    if (/Content.Security.Policy|Refused to/i.test(message.text())) problems.push(`${user}: ${message.text()}`)
  })
  await page.goto(`${demo.url}/sign-in`)
  await page.locator('[name=user]').first().evaluate((field, value) => {
    if (field instanceof HTMLInputElement && field.type === 'radio') {
      document.querySelector<HTMLInputElement>(`[name=user][value="${value}"]`)!.checked = true
    } else (field as HTMLInputElement | HTMLSelectElement).value = value
  }, user)
  await Promise.all([page.waitForURL((url) => url.pathname !== '/sign-in'), page.locator('form[action*="sign-in"] button').first().click()])
  return page
}

/** What a person reads in an element, shadow roots included. */
const textOf = (locator: Locator): Promise<string> =>
  locator.evaluate((element) => {
    const read = (node: Node): string => {
      if (node instanceof Text) return node.data
      if (node instanceof HTMLStyleElement || node instanceof HTMLScriptElement) return ''
      if (node instanceof HTMLSlotElement && node.assignedNodes().length) return node.assignedNodes().map(read).join('')
      const inner = node instanceof Element && node.shadowRoot ? node.shadowRoot : node
      return [...inner.childNodes].map(read).join('')
    }
    return read(element).replace(/\s+/g, ' ')
  })

const pages = [
  '/ops/jobs',
  '/ops/jobs/cron',
  '/ops/jobs/cron?entry=nightly_sync',
  '/ops/jobs/forensics',
  '/ops/jobs/forensics/cron_entry/nightly_sync',
  '/ops/jobs/audit',
  '/operations',
  '/walkthrough',
]

/** What axe finds against WCAG 2.2 A and AA, in one line each. Evaluated by the browser itself, so the pages' policy stays as it is. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') }
    const runOnly = { type: 'tag' as const, values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }
    const { violations } = await axe.run(document, { runOnly })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  })
}

/** What the element that has the focus says, however many shadow roots deep. */
const focusedText = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element?.textContent?.trim()
  })

const row = (page: Page) => page.locator('ops-cron').getByRole('row').filter({ hasText: 'nightly_sync' }).first()
const api = (path: string, who = 'ops-demo') =>
  fetch(`${demo.url}/ops/jobs/api/v1${path}`, { headers: { authorization: `Bearer demo-${who}` } }).then((response) => response.json())
const pauses = async () => ((await api('/audit-events?subjectType=cron_entry&subjectId=nightly_sync&eventType=cron.paused')) as { items: Record<string, unknown>[] }).items

describe('the first operator session', () => {
  let page: Page
  let watching: Page

  test('ops-demo signs in and sees the overview, diagnosis first', async () => {
    page = await signIn('ops-demo')
    await page.goto(`${demo.url}/ops/jobs`)
    await expect.poll(() => page.getByRole('heading', { level: 1, name: 'Overview' }).isVisible()).toBe(true)
    const buckets = ['Needs Review', 'Blocked', 'Waiting', 'Runnable', 'Bridge-only Follow-up', 'Resolved Recently']
    for (const bucket of buckets) await expect.poll(() => page.locator('ops-overview').getByText(bucket, { exact: true }).first().isVisible()).toBe(true)
  })

  test('on the cron page nightly_sync is runnable', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Cron' }).click()
    await page.waitForURL('**/ops/jobs/cron')
    await expect.poll(() => textOf(row(page))).toMatch(/0 2 \* \* \*.*Etc\/UTC/)
    expect(await textOf(row(page))).toContain('Runnable')
  })

  test('pausing it opens a preview that says what will happen and be recorded', async () => {
    watching = await signIn('viewer-demo')
    await watching.goto(`${demo.url}/ops/jobs/cron`)
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

  test('Escape closes it, changes nothing and gives the focus back', async () => {
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    expect(await pauses()).toEqual([])
    await expect.poll(() => focusedText(page)).toMatch(/^Pause/)
  })

  test('confirming it pauses the entry, and another browser shows it within two seconds', async () => {
    await row(page).getByRole('button', { name: /^Pause/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/^Reason/).fill('fixture maintenance')
    await dialog.getByRole('button', { name: 'Pause entry' }).click()
    await expect.poll(() => textOf(row(watching)), { timeout: 2_000, interval: 50 }).toContain('Waiting')
    await expect.poll(() => textOf(dialog)).toContain('cron.paused')
    await page.keyboard.press('Escape')
    await expect.poll(() => textOf(row(page))).toContain('Waiting')
    const shown = await textOf(row(page))
    expect(shown).toContain('ops-demo')
    expect(shown).toContain('fixture maintenance')
    expect(await row(page).getByRole('button', { name: /^Resume/ }).isEnabled()).toBe(true)
  })

  test('exactly one event tells of it, with actor, reason, before and after', async () => {
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

  test('forensics shows the pause, where the evidence ends, and each next path behind its owner', async () => {
    await page.goto(`${demo.url}/ops/jobs/forensics/cron_entry/nightly_sync`)
    const forensics = page.locator('ops-forensics')
    await expect.poll(() => textOf(forensics)).toContain('fixture maintenance')
    const text = await textOf(forensics)
    expect(text).toMatch(/evidence/i)
    expect(text.indexOf('Powertools-native')).toBeGreaterThan(-1)
    expect(text).toContain('host-owned follow-up')
    expect(text).toContain('pg-boss Dashboard bridge')
    expect(text).toContain('Inspection only')
  })

  test('audit shows the same event and links back', async () => {
    const [event] = await pauses()
    await page.goto(`${demo.url}/ops/jobs/audit?event=${String(event!.id)}`)
    const audit = page.locator('ops-audit')
    await expect.poll(() => textOf(audit)).toContain('fixture maintenance')
    const links = await audit.getByRole('link').evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).getAttribute('href')))
    expect(links).toContain('/ops/jobs/forensics/cron_entry/nightly_sync')
  })

  test('the keyboard alone resumes it, and the focus comes back', async () => {
    await page.goto(`${demo.url}/ops/jobs/cron`)
    await row(page).getByRole('button', { name: /^Resume/ }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await expect.poll(() => textOf(dialog)).toContain('Preview Ready')
    for (let tabs = 0; tabs < 12 && (await focusedText(page)) !== 'Resume entry'; tabs++) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => textOf(dialog)).toContain('cron.resumed')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    await expect.poll(() => textOf(row(page))).toContain('Runnable')
    await expect.poll(() => focusedText(page)).toMatch(/^(Pause|Resume)/)
    await row(page).getByRole('button', { name: /^Pause/ }).click()
    await dialog.getByLabel(/^Reason/).fill('fixture maintenance')
    await dialog.getByRole('button', { name: 'Pause entry' }).click()
    await expect.poll(() => textOf(dialog)).toContain('cron.paused')
    await page.keyboard.press('Escape')
  })

  test('the bridge is for looking only, whoever looks', async () => {
    await page.goto(`${demo.url}/ops/jobs/pg-boss`)
    await expect.poll(() => textOf(page.locator('body'))).toContain('Inspection only')
    const answer = await page.request.post(`${demo.url}/ops/jobs/pg-boss`, { headers: { origin: demo.url }, form: { action: 'anything' } })
    expect(answer.status()).toBe(405)
  })

  test('the viewer sees each control disabled, with the reason in words', async () => {
    const resume = row(watching).getByRole('button', { name: /^Resume/ })
    expect(await resume.isDisabled()).toBe(true)
    expect(await textOf(watching.locator('ops-cron'))).toMatch(/viewer/i)
  })

  test('support sees cron and audit with redacted values, and nothing of the reason', async () => {
    const support = await signIn('support-demo')
    await support.goto(`${demo.url}/ops/jobs/cron`)
    await expect.poll(() => textOf(row(support))).toContain('Waiting')
    expect(await textOf(support.locator('ops-cron'))).not.toContain('fixture maintenance')
    await support.goto(`${demo.url}/ops/jobs/audit`)
    await expect.poll(() => textOf(support.locator('ops-audit'))).toContain('cron.paused')
    expect(await textOf(support.locator('ops-audit'))).not.toContain('fixture maintenance')
    await support.context().close()
  })

  test('the elements work among the shop’s own content', async () => {
    await page.goto(`${demo.url}/operations`)
    for (const element of ['ops-overview', 'ops-cron', 'ops-audit']) {
      await expect.poll(() => textOf(page.locator(element)), { timeout: 5_000 }).toContain('nightly_sync')
    }
  })

  test.each(['light', 'dark'] as const)('every page passes the accessibility rules, wide and narrow, in %s', { timeout: 60_000 }, async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme })
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 860 })
      for (const path of pages) {
        await page.goto(demo.url + path)
        await expect.poll(() => textOf(page.locator('body'))).toMatch(/nightly_sync|cron/i)
        expect(await violations(page), `${path} ${scheme} ${width}`).toEqual([])
      }
    }
  })

  test('no page broke, and no page needed more than its strict policy allows', () => {
    expect(problems).toEqual([])
  })
})
