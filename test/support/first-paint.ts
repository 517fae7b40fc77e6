import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'

/** What it costs to open a page for the first time. */
export interface FirstVisit {
  /** Milliseconds until something of the page is seen: the first contentful paint. */
  paintMs: number
  /** As they went over the wire, until the page came to rest. */
  bytes: number
  /** The same bytes if a proxy had compressed what the server did not. */
  compressedBytes: number
  requests: number
}

/** An ordinary mobile connection: what a page costs shows only where a byte takes time. */
const network = { offline: false, latency: 100, downloadThroughput: 200_000, uploadThroughput: 100_000 }

/** Opens the page in a browser that has seen nothing of it. */
export async function visitFirst(browser: Browser, url: string, cookies: { name: string; value: string }[] = []): Promise<FirstVisit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
  try {
    await context.addCookies(cookies.map((cookie) => ({ ...cookie, url: new URL(url).origin })))
    const page = await context.newPage()
    // Fonts and pictures from elsewhere are not on the way of this machine; neither side has to wait for them.
    await context.route((address) => address.origin !== new URL(url).origin, (route) => route.abort())
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', network)
    let [bytes, saved, requests, lastAt] = [0, 0, 0, Date.now()]
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
      requests += 1
      lastAt = Date.now()
    })
    page.on('response', async (response) => {
      const body = await response.body().catch(() => undefined)
      if (body && !response.headers()['content-encoding']) saved += Math.max(0, body.length - gzipSync(body).length)
    })
    await page.goto(url)
    const paintMs = await page.evaluate(async () => {
      const painted = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime
      while (painted() === undefined) await new Promise((resolve) => setTimeout(resolve, 20))
      return painted()!
    })
    while (Date.now() - lastAt < 1_000) await page.waitForTimeout(100)
    return { paintMs, bytes, compressedBytes: bytes - saved, requests }
  } finally {
    await context.close()
  }
}
