import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { findBrowser } from '../support/browser.ts'
import { type RunningDemo, startDemo } from '../support/demo.ts'
import { createDatabase, type TestDatabase } from '../support/postgres.ts'

/** The real demo on one engine, a real browser, and its users. */
export interface OpenedShop {
  url: string
  database: TestDatabase
  /** Errors and warnings from the pages. */
  problems: string[]
  /** A separate browser context, signed in through the form. */
  signIn(user: string): Promise<Page>
  api<Answer = Record<string, unknown> & { items: Record<string, unknown>[] }>(path: string, who?: string): Promise<Answer>
  close(): Promise<void>
}

export async function openShop(engine: string, flags: string[] = []): Promise<OpenedShop> {
  const database = await createDatabase({ empty: true })
  const dataFolder = await mkdtemp(join(tmpdir(), 'walkthrough-'))
  const { executablePath, args } = await findBrowser()
  const [demo, browser] = await Promise.all([
    startDemo({ flags: ['--engine', engine, ...flags], env: { DATABASE_URL: database.url, DEMO_DATA: dataFolder, DEMO_REDIS_PREFIX: basename(dataFolder) } }),
    chromium.launch({ executablePath, args }),
  ])
  const problems: string[] = []
  return {
    url: demo.url,
    database,
    problems,
    signIn: (user) => signIn(demo, browser, problems, user),
    async api(path, who = 'ops-demo') {
      const response = await fetch(`${demo.url}/ops/jobs/api/v1${path}`, { headers: { authorization: `Bearer demo-${who}` } })
      return (await response.json()) as never
    },
    async close() {
      await browser.close()
      await demo.stop()
      await database.drop()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

async function signIn(demo: RunningDemo, browser: Browser, problems: string[], user: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(`${user}: ${error.message}`))
  page.on('console', (message) => {
    // The engine's own dashboard requests fonts from another site, which its policy refuses.
    if (page.url().includes('/ops/jobs/pg-boss')) return
    if (/Content.Security.Policy|Refused to/i.test(message.text())) problems.push(`${user}: ${message.text()}`)
  })
  page.on('response', (response) => {
    const asked = new URL(response.url()).pathname
    if (response.status() === 404 && !asked.startsWith('/ops/jobs/pg-boss')) problems.push(`${user}: nothing at ${asked}`)
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

/** The visible text of an element, including shadow roots. */
export const textOf = (locator: Locator): Promise<string> =>
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

/** The text of the focused element, however many shadow roots deep. */
export const focusedText = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element?.textContent?.trim()
  })

export const cronRow = (page: Page): Locator => page.locator('ops-cron').getByRole('row').filter({ hasText: 'nightly_sync' }).first()

/** Several shops and browsers share this machine while tests run. */
export const patience = { timeout: 10_000 }

/** Enters the reason in the open dialog, confirms, and checks that it closes and that the change was recorded. */
export async function confirmWith(page: Page, { reason, verb, event }: { reason: string; verb: string; event: string }): Promise<void> {
  const dialog = page.getByRole('dialog')
  await expect.poll(() => textOf(dialog), patience).toContain('Preview Ready')
  await dialog.getByLabel(/^Reason/).fill(reason)
  await dialog.getByRole('button', { name: verb, exact: true }).click()
  await recorded(page, event)
}

/** Checks that the dialog has closed and that the toast names the recorded event. */
export async function recorded(page: Page, event: string): Promise<void> {
  await expect.poll(() => page.getByRole('group', { name: 'Done' }).innerText(), patience).toContain(`${event} is recorded`)
  await expect.poll(() => page.getByRole('dialog').count(), patience).toBe(0)
}

/** Events of one kind about one subject, newest first. */
export async function eventsOf(shop: OpenedShop, subjectType: string, subjectId: string, eventType: string): Promise<Record<string, unknown>[]> {
  const query = new URLSearchParams({ subjectType, subjectId, eventType })
  return (await shop.api(`/audit-events?${query}`)).items
}
