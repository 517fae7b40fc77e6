import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBrowser } from '../support/browser.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** A busy hour has a hint every few seconds; here it has as many within half a minute. */
const hints = 900
const everyMs = 35
const maxGrowth = 10_000_000

let server: TestServer
let browser: Browser
beforeAll(async () => {
  server = await startServer({ loops: true, queues: ['nightly_sync', 'mail'] })
  browser = await chromium.launch({ ...(await findBrowser()) })
}, 90_000)
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

async function heapOf(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  const { metrics } = await devtools.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value
}

/** Nodes that the page holds, shown or not: what leaks most often. */
async function nodesOf(devtools: CDPSession): Promise<number> {
  return (await devtools.send('Memory.getDOMCounters')).nodes
}

async function open(path: string): Promise<{ page: Page; devtools: CDPSession }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
  await context.addCookies([{ name: 'who', value: 'ops-demo', url: server.url }])
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Performance.enable')
  await page.goto(`${server.url}/ops/jobs${path}`)
  await page.locator('.page-title').first().waitFor()
  return { page, devtools }
}

test('an hour of live updates, compressed, grows a page by less than 10 MB', { timeout: 240_000 }, async () => {
  const opened = await Promise.all(['', '/list', '/queues', '/audit?system=yes'].map(async (path) => ({ path, ...(await open(path)) })))
  const asked = new Map(opened.map(({ path }) => [path, 0]))
  for (const { path, page } of opened) page.on('request', () => asked.set(path, asked.get(path)! + 1))
  await change(100)
  const before = await Promise.all(opened.map(async ({ devtools }) => ({ heap: await heapOf(devtools), nodes: await nodesOf(devtools) })))
  for (const path of asked.keys()) asked.set(path, 0)
  await change(hints)
  const after = await Promise.all(opened.map(async ({ devtools }) => ({ heap: await heapOf(devtools), nodes: await nodesOf(devtools) })))
  for (const [index, { path }] of opened.entries()) {
    const [grown, nodes] = [after[index]!.heap - before[index]!.heap, after[index]!.nodes - before[index]!.nodes]
    console.log(`${path || 'overview'}: ${(grown / 1e6).toFixed(2)} MB and ${nodes} nodes more after ${asked.get(path)} requests`)
    expect(asked.get(path), path).toBeGreaterThan(5)
    expect(grown, path).toBeLessThan(maxGrowth)
  }
})

/** Jobs come and go, and an entry is paused and resumed: what the hints of an hour are about. */
async function change(times: number): Promise<void> {
  for (let turn = 0; turn < times; turn++) {
    await server.boss.send(turn % 3 ? 'mail' : 'nightly_sync', { turn })
    if (turn % 30 === 0) await operate(turn % 60 === 0 ? 'pause_cron_entry' : 'resume_cron_entry')
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}

async function operate(action: string): Promise<void> {
  const { status, text } = await server.call('ops-demo', 'POST', '/operations', { action, subject: { type: 'cron_entry', id: 'nightly_sync' }, reason: 'an hour of updates' }, { 'idempotency-key': crypto.randomUUID() })
  if (status >= 300) throw new Error(text)
}
