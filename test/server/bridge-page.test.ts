import { readFileSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pgBossDashboard } from '../../server/bridges/pg-boss/index.ts'
import { findBrowser } from '../support/browser.ts'
import { createDatabase } from '../support/postgres.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let browser: Browser
beforeAll(async () => {
  const database_ = await createDatabase()
  server = await startServer({ database_, bridges: [pgBossDashboard({ databaseUrl: database_.url })] })
  browser = await chromium.launch(await findBrowser())
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

interface Visit {
  bypassCSP?: boolean
  colorScheme?: 'light' | 'dark'
  /** Where the console's errors go; the fonts of another site are meant to be refused. */
  errors?: string[]
}

/** A reader whose language and zone differ from the server's, so that the dashboard's script has something to correct. */
async function openDashboard({ bypassCSP = false, colorScheme = 'light', errors = [] }: Visit = {}): Promise<Page> {
  const context = await browser.newContext({ bypassCSP, colorScheme, locale: 'de-DE', timezoneId: 'Asia/Tokyo', extraHTTPHeaders: { cookie: 'who=ops-demo' } })
  await context.route(/googleapis|gstatic/, (route) => route.abort())
  context.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('fonts.googleapis.com')) errors.push(message.text())
  })
  context.on('weberror', (error) => errors.push(String(error.error())))
  const page = await context.newPage()
  await page.goto(`${server.url}/ops/jobs/pg-boss`)
  await page.waitForLoadState('networkidle')
  return page
}

const stripOf = (page: Page) =>
  page.evaluate(() => {
    const { tagName, shadowRoot } = document.body.firstElementChild!
    const { top, height } = document.body.firstElementChild!.getBoundingClientRect()
    return { tagName, says: shadowRoot?.querySelector('strong')?.textContent, top, height }
  })
const strip = { tagName: 'OPS-BRIDGE-STRIP', says: 'Inspection only', top: 0, height: 34 }

test('the strip stays on top through hydration and navigation, and the dashboard works under its policy', async () => {
  const errors: string[] = []
  const page = await openDashboard({ errors })
  expect(await stripOf(page)).toEqual(strip)
  await page.getByRole('link', { name: 'Queues', exact: true }).click()
  await page.waitForURL('**/ops/jobs/pg-boss/queues')
  await page.getByRole('heading', { name: 'Queues', exact: true, level: 1 }).waitFor()
  expect(await stripOf(page)).toEqual(strip)
  await page.getByRole('link', { name: 'Warnings', exact: true }).click()
  await page.waitForURL('**/ops/jobs/pg-boss/warnings')
  await page.getByRole('heading', { name: 'Warnings', exact: true, level: 1 }).waitFor()
  expect(await stripOf(page)).toEqual(strip)
  expect(errors).toEqual([])
  await page.context().close()
})

test('a link to job data leads to the page that says why there is none', async () => {
  const page = await openDashboard()
  await page.getByRole('link', { name: 'Jobs', exact: true }).click()
  await page.getByText('Job data is not shown here').waitFor()
  expect(new URL(page.url()).pathname).toBe('/ops/jobs/pg-boss/jobs')
  expect(await stripOf(page)).toEqual(strip)
  await page.getByRole('link', { name: 'Back to jobs' }).click()
  await page.waitForURL(`${server.url}/ops/jobs`)
  await page.context().close()
})

test('a dashboard that throws the strip away gets it back', async () => {
  const page = await openDashboard()
  await page.evaluate(() => document.querySelector('ops-bridge-strip')!.remove())
  await page.waitForFunction(() => document.body.firstElementChild?.tagName === 'OPS-BRIDGE-STRIP')
  expect(await stripOf(page)).toEqual(strip)
  await page.context().close()
})

test('the way back is the first thing the keyboard reaches', async () => {
  const page = await openDashboard()
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent)).toBe('Back to jobs')
  await page.context().close()
})

test.each(['light', 'dark'] as const)('axe finds nothing wrong with the strip and the refusal, %s', async (colorScheme) => {
  const page = await openDashboard({ bypassCSP: true, colorScheme })
  await page.goto(`${server.url}/ops/jobs/pg-boss/jobs`)
  await page.addScriptTag({ content: readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8') })
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }
    return (await axe.run()).violations.map(({ id }) => id)
  })
  expect(found).toEqual([])
  await page.context().close()
})
