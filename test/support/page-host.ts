import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { chromium, type Page } from 'playwright-core'
import type { Ops } from '../../server/index.ts'
import { findBrowser } from './browser.ts'
import { startServer, type TestServer, type TestServerOptions } from './server.ts'

export interface HostPage {
  type?: string
  body: string | Buffer
  headers?: Record<string, string>
}

export interface PageHost {
  url: string
  server: TestServer
  /** Opens a page as `ops-demo` in place of the one before; its console and its failures are in `said`. */
  open(path: string): Promise<{ page: Page; said: string[] }>
  close(): Promise<void>
}

/** A host with pages of its own beside the API, on one origin, and a browser that is signed in. */
export async function startPageHost(find: (path: string) => HostPage | undefined | Promise<HostPage | undefined>, options: TestServerOptions = {}): Promise<PageHost> {
  const server = await startServer(options)
  const { url, close } = await listen(server.ops, find)
  const browser = await chromium.launch({ ...(await findBrowser()), headless: true })
  const context = await browser.newContext()
  await context.addCookies([{ name: 'who', value: 'ops-demo', url }])
  return {
    url,
    server,
    async open(path) {
      // Each page holds a stream open, and browsers have few connections to one host.
      await Promise.all(context.pages().map((page) => page.close()))
      const page = await context.newPage()
      const said: string[] = []
      page.on('console', (message) => void said.push(`${message.type()}: ${message.text()}`))
      page.on('pageerror', (error) => void said.push(`error: ${error.message}`))
      await page.goto(url + path)
      return { page, said }
    },
    async close() {
      await browser.close()
      await close()
      await server.stop()
    },
  }
}

async function listen(ops: Ops, find: (path: string) => HostPage | undefined | Promise<HostPage | undefined>) {
  const app = new Koa()
  app.use(async (ctx, next) => {
    const found = await find(ctx.path)
    if (!found) return next()
    ctx.type = found.type ?? 'html'
    ctx.set(found.headers ?? {})
    ctx.body = found.body
  })
  app.use(ops.middleware())
  const server = createServer(app.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}
