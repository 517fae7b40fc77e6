import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser } from '../support/browser.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { textOf } from './operator.ts'

/** Every page that a shell can show, on a server with nothing to do. */
const paths = ['', '/incidents', '/errors', '/list', '/queues', '/queue/nightly_sync', '/executors', '/cron', '/cron?entry=nightly_sync', '/forensics', '/forensics/cron_entry/nightly_sync', '/audit']
const idleMs = 12_000

let server: TestServer
let browser: Browser
const asked = new Map<string, string[]>()
const pages = new Map<string, Page>()

beforeAll(async () => {
  server = await startServer({ loops: true })
  browser = await chromium.launch(await findBrowser())
  for (const path of paths) {
    // Each in its own context: over HTTP/1.1 a browser keeps no more than six connections to a server open, and each page has its stream.
    const context = await browser.newContext()
    await context.addCookies([{ name: 'who', value: 'ops-demo', url: server.url }])
    const page = await context.newPage()
    const requests: string[] = []
    page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`))
    await page.goto(`${server.url}/ops/jobs${path}`)
    await page.locator('.page-title').first().waitFor()
    asked.set(path, requests)
    pages.set(path, page)
  }
}, 90_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** Waits until no page has asked for anything for as long as a measurement takes. */
async function settled() {
  const count = () => [...asked.values()].flat().length
  await expect
    .poll(
      async () => {
        const before = count()
        await new Promise((resolve) => setTimeout(resolve, 4_000))
        return count() - before
      },
      { timeout: 60_000 },
    )
    .toBe(0)
}

const ageOf = (page: Page) => page.evaluate(() => {
  const find = (root: ParentNode): HTMLTimeElement | undefined => {
    for (const element of root.querySelectorAll('*')) {
      if (element.matches('ops-time[live]')) return element.querySelector('time') ?? undefined
      const inner = element.shadowRoot && find(element.shadowRoot)
      if (inner) return inner
    }
    return undefined
  }
  const time = find(document)
  return time ? Date.now() - Date.parse(time.dateTime) : null
})

describe('an open page on which nothing happens', () => {
  test('asks the server for nothing, and still knows how current it is', { timeout: 120_000 }, async () => {
    await settled()
    for (const requests of asked.values()) requests.length = 0
    await new Promise((resolve) => setTimeout(resolve, idleMs))
    expect(Object.fromEntries([...asked].filter(([, requests]) => requests.length > 0))).toEqual({})
    for (const path of ['', '/queues', '/cron', '/executors']) {
      const age = await ageOf(pages.get(path)!)
      // The time of the last measurement, not that of the last request.
      expect(age, path).toBeLessThan(idleMs)
    }
  })

  test('shows a change as soon as there is one', { timeout: 60_000 }, async () => {
    for (const requests of asked.values()) requests.length = 0
    await server.boss.send('nightly_sync', { scope: 'idle' })
    for (const path of ['', '/queues', '/list', '/queue/nightly_sync']) await expect.poll(() => asked.get(path)!.length, { message: path, timeout: 20_000 }).toBeGreaterThan(0)
    expect(asked.get('/audit')).toEqual([])
    await expect.poll(() => textOf(pages.get('/list')!.locator('ops-jobs')), { timeout: 20_000 }).toMatch(/nightly_sync|1 new/)
  })
})
