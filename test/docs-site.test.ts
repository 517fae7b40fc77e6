import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, extname, join, normalize } from 'node:path'
import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listGuides } from '../scripts/docs-site/pages.ts'
import { findBrowser } from './support/browser.ts'

const root = join(import.meta.dirname, '..')
const site = join(root, 'dist/docs-site')
const files = () => readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(site, name)).isFile())
const types: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.txt': 'text/plain', '.webp': 'image/webp', '.png': 'image/png' }

beforeAll(() => {
  if (!existsSync(join(site, 'index.html'))) throw new Error("There is no dist/docs-site; run 'npm run build' first.")
})

describe('the documentation site', () => {
  test('has a page for every guide, every element, the tokens and the endpoints', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'dist/custom-elements.json'), 'utf8')) as { modules: { declarations?: { tagName?: string; customElement?: boolean }[] }[] }
    const tags = manifest.modules.flatMap(({ declarations = [] }) => declarations).flatMap(({ tagName, customElement }) => (tagName && customElement ? [tagName] : []))
    const guides = listGuides(root).flatMap(({ pages }) => pages.map(({ path }) => path))
    const expected = [...guides, ...tags.map((tag) => `elements/${tag}.html`), 'tokens.html', 'endpoints.html', 'schemas.html']
    expect(expected.filter((path) => !existsSync(join(site, path)))).toEqual([])
  })

  test('has no link to a page, a section or a file that is not there', () => {
    const pages = files().filter((name) => name.endsWith('.html'))
    const idsOf = new Map(pages.map((page) => [page, new Set([...readFileSync(join(site, page), 'utf8').matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!))]))
    const dead = pages.flatMap((page) =>
      [...readFileSync(join(site, page), 'utf8').matchAll(/<(?:a|link|img|script|source)\b[^>]*? (?:href|src|srcset)="([^"]+)"/g)]
        .map(([, link]) => link!)
        .filter((link) => !/^(https?:|mailto:|data:)/.test(link) && isDead(page, link))
        .map((link) => `${page}: ${link}`),
    )
    expect(dead).toEqual([])

    function isDead(page: string, link: string): boolean {
      const [file = '', anchor] = link.split('#')
      const target = file ? normalize(join(dirname(page), file)) : page
      if (!existsSync(join(site, target))) return true
      return anchor !== undefined && idsOf.get(target)?.has(decodeURIComponent(anchor)) !== true
    }
  })

  test('finds every heading of its search where it says', () => {
    const index = JSON.parse(/= (.*)$/m.exec(readFileSync(join(site, 'assets/search-index.js'), 'utf8'))![1]!) as [string, string, string][]
    expect(index.length).toBeGreaterThan(500)
    const missing = index.filter(([path]) => {
      const [file = '', anchor] = path.split('#')
      const text = existsSync(join(site, file)) ? readFileSync(join(site, file), 'utf8') : ''
      return anchor === undefined ? !text : !text.includes(` id="${anchor}"`)
    })
    expect(missing).toEqual([])
  })

  test('fits into the package: less than a megabyte, and nothing in it came from this machine', () => {
    const packed = files().reduce((sum, name) => sum + gzipSync(readFileSync(join(site, name))).length, 0)
    expect(packed).toBeLessThan(1_000_000)
    const texts = files().filter((name) => /\.(html|js|css|txt)$/.test(name))
    expect(texts.filter((name) => /\/(home|root|Users|work)\/\w+\//.test(readFileSync(join(site, name), 'utf8')))).toEqual([])
  })

  test('lists the guides for language models, by files that the package has', () => {
    const text = readFileSync(join(site, 'llms.txt'), 'utf8')
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!)
    expect(links.length).toBeGreaterThan(30)
    expect(links.filter((link) => !existsSync(join(site, link)))).toEqual([])
  })
})

/** The text of an element with that of its shadow roots. Runs in the page. */
function textOf(selector: string): string {
  const read = (node: Node): string => {
    if (node instanceof Text) return node.data
    const inner = [...((node as Element).shadowRoot?.childNodes ?? []), ...node.childNodes]
    return node instanceof HTMLStyleElement ? '' : inner.map(read).join(' ')
  }
  return read(document.querySelector(selector)!).replaceAll(/\s+/g, ' ')
}

describe('in a browser without a network', () => {
  let server: Server
  let url: string
  let browser: Browser

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = join(site, decodeURIComponent(new URL(request.url!, 'http://site').pathname))
      if (!path.startsWith(site) || !existsSync(path)) return void response.writeHead(404).end()
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
      createReadStream(path).pipe(response)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { executablePath, args } = await findBrowser()
    browser = await chromium.launch({ executablePath, args })
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  /** Opens a page; anything it asks of another place, and anything in its console, is a fault. */
  async function visit<T>(path: string, look: (page: Page, context: BrowserContext) => Promise<T>, options: { width?: number; dark?: boolean; base?: string } = {}): Promise<T> {
    const context = await browser.newContext({ viewport: { width: options.width ?? 1280, height: 900 }, colorScheme: options.dark ? 'dark' : 'light' })
    const faults: string[] = []
    try {
      const page = await context.newPage()
      const base = options.base ?? url
      await page.route('**/*', (route) => {
        const asked = route.request().url()
        if (asked.startsWith(base) || asked.startsWith('data:') || asked.startsWith('blob:')) return route.continue()
        faults.push(`asked for ${asked}`)
        return route.abort()
      })
      page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && faults.push(message.text())))
      page.on('pageerror', ({ message }) => void faults.push(message))
      await page.goto(`${base}/${path}`)
      const seen = await look(page, context)
      expect(faults).toEqual([])
      return seen
    } finally {
      await context.close()
    }
  }

  const jobs = async (page: Page) => {
    await expect.poll(() => page.locator('ops-jobs').getByRole('link', { name: 'order_mail' }).count()).toBeGreaterThan(3)
    await expect.poll(() => page.locator('ops-jobs').getByText(/^as of/).first().textContent()).toMatch(/as of (now|\d+ (s|min) ago)/)
  }

  test('the page of the jobs element shows its list, as if it had been recorded just now', () => visit('elements/ops-jobs.html', jobs))

  test('it also does opened as a file', () => visit('elements/ops-jobs.html', jobs, { base: `file://${site}` }))

  test('a live element opens a preview, and does not pretend to change anything', () =>
    visit('elements/ops-cron.html', async (page) => {
      const element = page.locator('ops-cron')
      await element.getByRole('button', { name: /^Pause/ }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText('Pause nightly_sync').first().waitFor()
      await dialog.getByLabel(/^Reason/).fill('to see what happens')
      await dialog.getByRole('button', { name: 'Pause entry' }).click()
      await dialog.getByText('This page shows recorded data').first().waitFor()
    }))

  const live: [name: string, shows: RegExp][] = [
    ['overview', /open incidents/],
    ['job', /order_mail discarded/],
    ['queues', /order_mail/],
    ['queue', /order_mail/],
    ['errors', /\d+ groups/],
    ['executors', /shop-1/],
    ['incidents', /\d+ open incidents/],
    ['incident', /stuck/],
    ['forensics', /nightly_sync/],
    ['audit', /ops-demo/],
  ]
  test.each(live)('ops-%s is live on its page without a problem', (name, shows) =>
    visit(`elements/ops-${name}.html`, async (page) => {
      await expect.poll(() => page.evaluate(textOf, `ops-${name}`)).toMatch(shows)
      expect(await page.locator(`ops-${name} [part~="problem"]`).count()).toBe(0)
    }),
  )

  test('the search finds a heading and leads to it by keyboard', () =>
    visit('hosts/koa.html', async (page) => {
      await page.keyboard.press('/')
      await page.keyboard.type('append-only')
      await page.locator('#found [role=option]').first().waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await page.waitForURL(/evidence\.html#append-only/)
    }))

  test('a chosen theme stays on the next page', () =>
    visit('index.html', async (page) => {
      await page.getByRole('button', { name: 'Dark' }).click()
      await page.goto(`${url}/tokens.html`)
      expect(await page.evaluate(() => getComputedStyle(document.body).colorScheme)).toBe('dark')
      await page.getByRole('button', { name: 'Light' }).waitFor()
    }))

  const looks = ['index.html', 'elements/ops-jobs.html', 'endpoints.html', 'tokens.html', 'security.html'].flatMap((path) => [
    [path, 1280, false] as const,
    [path, 390, true] as const,
  ])
  test.each(looks)('%s is accessible and not too wide (%i px, dark: %s)', (path, width, dark) =>
    visit(
      path,
      async (page) => {
        await page.evaluate(axe.source)
        const violations = await page.evaluate(async () => {
          const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
          return violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 120)}`)
        })
        expect(violations).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
      },
      { width, dark },
    ),
  )
})
