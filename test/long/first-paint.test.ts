import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Child, startChild } from '../bench/child.ts'
import { findBrowser } from '../support/browser.ts'
import { type FirstVisit, visitFirst } from '../support/first-paint.ts'
import { startServer, type TestServer } from '../support/server.ts'

const visits = 3

let server: TestServer
let dashboard: Child
let browser: Browser
beforeAll(async () => {
  server = await startServer({ loops: true })
  dashboard = await startChild('dashboard-server.ts', server.database.url)
  browser = await chromium.launch(await findBrowser())
}, 90_000)
afterAll(async () => {
  await browser?.close()
  await dashboard?.stop()
  await server?.stop()
})

test('the overview is seen in a third of the time of the engine’s own dashboard, for a fifth of the bytes, on one connection', { timeout: 240_000 }, async () => {
  const [ours, theirs]: [FirstVisit[], FirstVisit[]] = [[], []]
  // In turns, so that what else the machine does falls on both.
  for (let visit = 0; visit < visits; visit++) {
    ours.push(await visitFirst(browser, `${server.url}/ops/jobs`, [{ name: 'who', value: 'ops-demo' }]))
    theirs.push(await visitFirst(browser, dashboard.dashboard!))
  }
  const ratio = (of: (visit: FirstVisit) => number) => Math.min(...ours.map(of)) / Math.min(...theirs.map(of))
  const [paint, bytes, compressed] = [ratio(({ paintMs }) => paintMs), ratio(({ bytes }) => bytes), ratio(({ compressedBytes }) => compressedBytes)]
  console.log(`first paint ${paint.toFixed(2)}, bytes ${bytes.toFixed(2)}, compressed by a proxy ${compressed.toFixed(2)} of @pg-boss/dashboard: ${JSON.stringify([ours.at(-1), theirs.at(-1)])}`)
  expect(paint).toBeLessThanOrEqual(1 / 3)
  expect(bytes).toBeLessThanOrEqual(1 / 5)
})

test('a page names every file that its script imports, so that none is waited for in turn', async () => {
  const page = await (await fetch(`${server.url}/ops/jobs`, { headers: { cookie: 'who=ops-demo' } })).text()
  const named = [...page.matchAll(/<link rel="modulepreload" href="([^"]+)">/g)].map(([, href]) => href!)
  const entry = /<script type="module" src="([^"]+)">/.exec(page)![1]!
  for (const file of [entry, ...named]) {
    const answer = await fetch(server.url + file)
    expect(answer.status, file).toBe(200)
    const imports = [...(await answer.text()).matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map(([, name]) => entry.replace(/[^/]+$/, name!))
    expect(imports.filter((each) => each !== entry && !named.includes(each)), file).toEqual([])
  }
  expect(named.length).toBeGreaterThan(0)
})
