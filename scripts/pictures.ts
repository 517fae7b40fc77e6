import { writeFileSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findBrowser } from '../test/support/browser.ts'
import { type Demo, openDemo, withoutPlaces } from './record/demo.ts'

/** Takes the pictures of the guides from the demo: `node scripts/pictures.ts`, with the package built. Writes `docs/images/*.webp`. */
interface Picture {
  name: string
  path: string
  dark?: boolean
  height?: number
  /** What to do on the page before the picture is taken. */
  prepare?(page: Page): Promise<unknown>
}

const dialog = (page: Page) => page.getByRole('dialog').getByLabel(/^Reason/).waitFor()

async function openPause(page: Page): Promise<void> {
  const row = page.locator('ops-cron').locator('tr, li, [role=row]').filter({ hasText: 'nightly_sync' }).first()
  await row.getByRole('button', { name: /^Pause/ }).click()
  await dialog(page)
  await page.getByRole('dialog').getByLabel(/^Reason/).fill('fixture maintenance')
}

async function openRetry(page: Page): Promise<void> {
  await page.locator('ops-jobs').getByRole('checkbox').first().check()
  await page.locator('ops-jobs').getByRole('button', { name: /^Retry/ }).first().click()
  await dialog(page)
  await page.getByRole('dialog').getByLabel(/^Reason/).fill('the mail server is back')
}

async function runRetry(page: Page): Promise<void> {
  await openRetry(page)
  await page.getByRole('dialog').getByRole('button', { name: /^Retry \d/ }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.locator('ops-jobs').getByText(/done/).first().waitFor()
}

const discarded = '/list?state=discarded&queue=order_mail'
/** Those that change something come last. */
const pictures = (job: string): Picture[] => [
  { name: 'jobs', path: discarded, height: 600 },
  { name: 'job', path: `/job/${job}` },
  { name: 'queues', path: '/queues' },
  { name: 'pause-light', path: '/cron', prepare: openPause },
  { name: 'pause-dark', path: '/cron', dark: true, prepare: openPause },
  { name: 'bulk-preview', path: discarded, prepare: openRetry },
  { name: 'bulk-run', path: discarded, prepare: runRetry },
]

const demo = await openDemo()
const { executablePath, args } = await findBrowser()
const browser = await chromium.launch({ executablePath, args })
try {
  const { items } = JSON.parse((await demo.call('GET', '/jobs?state=discarded&queue=order_mail')).text) as { items: { id: string }[] }
  for (const picture of pictures(items[0]!.id)) await take(browser, demo, picture)
} finally {
  await browser.close()
  await demo.stop()
}

async function take(browser: Browser, demo: Demo, { name, path, dark, height = 800, prepare }: Picture): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1280, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    extraHTTPHeaders: { authorization: 'Bearer demo-ops-demo' },
  })
  const page = await context.newPage()
  await page.route('**/api/v1/**', async (route) => {
    if (route.request().url().endsWith('/live')) return route.continue()
    const response = await route.fetch()
    await route.fulfill({ response, body: withoutPlaces(await response.text()) })
  })
  await page.goto(`${demo.url}/ops/jobs${path}`)
  await page.locator('ops-shell main').waitFor()
  await page.waitForLoadState('load')
  await prepare?.(page)
  // Whatever an element asks for later is there.
  await page.waitForTimeout(2_000)
  const png = await page.screenshot()
  writeFileSync(new URL(`../docs/images/${name}.webp`, import.meta.url), await compress(page, png))
  await context.close()
}

/** The browser is the encoder: it has WebP, and nothing needs to be installed. */
async function compress(page: Page, png: Buffer): Promise<Buffer> {
  await page.goto('about:blank')
  const base64 = await page.evaluate(async (data) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob())
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    canvas.getContext('2d')!.drawImage(bitmap, 0, 0)
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.6 })
    return btoa(Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(''))
  }, png.toString('base64'))
  return Buffer.from(base64, 'base64')
}
