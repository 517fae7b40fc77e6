import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HostPage, type PageHost, startPageHost } from '../support/page-host.ts'

const built = new URL('../../dist/browser/', import.meta.url)
const cron = '<ops-cron api="/ops/jobs/api/v1"></ops-cron>'
const audit = '<ops-audit api="/ops/jobs/api/v1"></ops-audit>'
const queues = '<ops-queues api="/ops/jobs/api/v1"></ops-queues>'
const withScript = (text: string) => (body: string) => `<!doctype html><title>Host</title><script type="module">${text}</script>${body}`

/** The pages of a host that loads the elements in each of the ways there are. */
const pages: Record<string, string> = {
  '/one': `<!doctype html><title>Host</title><script type="module" src="/ops/jobs/assets/ops-cron.js"></script>${cron}`,
  '/all': `<!doctype html><title>Host</title><script type="module" src="/somewhere/else/cdn/ops-powertools.js"></script>${cron}${audit}`,
  '/autoloader': withScript(`import { discover } from '/ops/jobs/assets/autoloader.js'; Object.assign(window, { discover })`)(`${cron}<div id="late"></div>`),
  '/classes': withScript(`import * as classes from '/ops/jobs/assets/classes.js'; Object.assign(window, { classes })`)(`${cron}<acme-cron api="/ops/jobs/api/v1"></acme-cron>`),
  '/two': withScript(`await import('/somewhere/else/cdn/ops-powertools.js'); await import('/ops/jobs/assets/index.js')`)(`${cron}${audit}`),
  '/versions': withScript(`await import('/ops/jobs/assets/ops-cron.js'); await import('/version-9/cdn/ops-powertools.js')`)(`${cron}${audit}${queues}`),
}

let host: PageHost
beforeAll(async () => {
  if (!existsSync(new URL('index.js', built))) throw new Error("There is no dist/; run 'npm run build' first.")
  host = await startPageHost(find)
}, 90_000)
afterAll(() => host?.close())

async function find(path: string): Promise<HostPage | undefined> {
  if (pages[path]) return { body: pages[path] }
  const [, folder, file] = /^\/(somewhere\/else|version-9)\/([\w./-]+\.js)$/.exec(path) ?? []
  if (!file) return undefined
  const text = await readFile(new URL(file, built), 'utf8')
  // Another version is the same code with another number.
  return { type: 'text/javascript', body: folder === 'version-9' ? text.replaceAll(/(["'`])0\.1\.0\1/g, '"9.9.9"') : text }
}

const entries = (page: Page, tag = 'ops-cron') => page.locator(tag).getByText('nightly_sync').first()

test('one element is loaded by its own file', async () => {
  const { page, said } = await host.open('/one')
  await entries(page).waitFor()
  expect(await page.evaluate(() => [!!customElements.get('ops-cron'), !!customElements.get('ops-audit')])).toEqual([true, false])
  expect(said).toEqual([])
})

test('a single file from anywhere brings all elements, and finds its later parts beside itself', async () => {
  const requested: string[] = []
  const { page, said } = await host.open('/one')
  // What that page still loads later is not of this one.
  await page.goto('about:blank')
  page.on('request', (request) => void requested.push(new URL(request.url()).pathname))
  await page.goto(`${host.url}/all`)
  await entries(page).waitFor()
  const scripts = () => requested.filter((path) => path.endsWith('.js'))
  await expect.poll(() => page.locator('ops-audit').getByRole('heading').first().isVisible()).toBe(true)
  expect(scripts().filter((path) => !path.includes('/cdn/chunk-'))).toEqual(['/somewhere/else/cdn/ops-powertools.js'])
  await page.getByRole('button', { name: /^Pause/ }).first().click()
  await expect.poll(() => page.getByRole('dialog').first().isVisible()).toBe(true)
  expect(scripts().some((path) => path.startsWith('/somewhere/else/cdn/chunk-'))).toBe(true)
  expect(said).toEqual([])
})

test('the autoloader loads what appears on the page, and in the shadow roots that it is told of', async () => {
  const { page, said } = await host.open('/autoloader')
  await entries(page).waitFor()
  const defined = (tag: string) => page.evaluate((name) => !!customElements.get(name), tag)
  expect(await defined('ops-audit')).toBe(false)
  await page.evaluate((markup) => void (document.querySelector('#late')!.innerHTML = `<p>${markup}</p>`), audit)
  await expect.poll(() => defined('ops-audit')).toBe(true)

  await page.evaluate(() => {
    const root = document.querySelector('#late')!.attachShadow({ mode: 'open' })
    ;(window as unknown as { discover(root: ShadowRoot): void }).discover(root)
    root.innerHTML = '<ops-queues api="/ops/jobs/api/v1"></ops-queues>'
  })
  await expect.poll(() => defined('ops-queues')).toBe(true)
  expect(await defined('ops-jobs')).toBe(false)
  expect(said).toEqual([])
})

test('the classes define nothing until the host says so, and then also under a prefix of its own', async () => {
  const { page, said } = await host.open('/classes')
  await page.waitForFunction(() => 'classes' in window)
  const known = () => page.evaluate(() => ['ops-cron', 'ops-time', 'acme-cron', 'acme-time'].filter((name) => customElements.get(name)))
  expect(await known()).toEqual([])
  await page.evaluate(() => (window as unknown as { classes: { define(options: object): void } }).classes.define({ prefix: 'acme' }))
  await entries(page, 'acme-cron').waitFor()
  expect(await known()).toEqual(['acme-cron'])
  // Its inner parts work too: dates, menus, and the dialog, which is loaded only now.
  await page.locator('acme-cron').getByRole('button', { name: /^Pause/ }).first().click()
  await expect.poll(() => page.getByRole('dialog').first().isVisible()).toBe(true)
  expect(await page.locator('acme-cron ops-time').first().textContent()).not.toBe('')
  expect(await known()).toEqual(['acme-cron'])
  expect(said).toEqual([])
})

test('two copies of a version share one session and one live stream, and say nothing', async () => {
  const requested: string[] = []
  const { page, said } = await host.open('/one')
  // The page before would open its stream while this one is asked for.
  await page.goto('about:blank')
  page.on('request', (request) => void requested.push(new URL(request.url()).pathname.replace('/ops/jobs/api/v1', '')))
  await page.goto(`${host.url}/two`)
  await entries(page).waitFor()
  await expect.poll(() => page.locator('ops-audit').getByRole('heading').first().isVisible()).toBe(true)
  await expect.poll(() => requested.filter((path) => path === '/live').length).toBe(1)
  expect(requested.filter((path) => path === '/session')).toHaveLength(1)
  expect(said).toEqual([])
})

test('two versions on one page: each uses its own parts, they share session and stream, and the console says it once', async () => {
  const requested: string[] = []
  const { page } = await host.open('/one')
  const said: string[] = []
  page.on('console', (message) => void said.push(message.text()))
  // The page before would open its stream while this one is asked for.
  await page.goto('about:blank')
  page.on('request', (request) => void requested.push(new URL(request.url()).pathname.replace('/ops/jobs/api/v1', '')))
  await page.goto(`${host.url}/versions`)
  await entries(page).waitFor()
  const other = page.locator('ops-audit')
  await expect.poll(() => other.getByRole('heading').first().isVisible()).toBe(true)
  expect(said).toEqual([expect.stringMatching(/^Ops Powertools 9\.9\.9 was loaded on a page that already has 0\.1\.0\./)])
  expect(requested.filter((path) => path === '/session')).toHaveLength(1)
  await expect.poll(() => requested.filter((path) => path === '/live').length).toBe(1)
  // The dialog of the first version works as before, and the second version shows the change.
  await page.locator('ops-cron').getByRole('button', { name: /^Pause/ }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').first().fill('two versions on one page')
  await dialog.getByRole('button', { name: 'Pause entry' }).click()
  await expect.poll(async () => (await host.server.call('ops-demo', 'GET', '/audit-events?eventType=cron.paused')).body.items?.length).toBe(1)
  const ofAnotherCopy = () => page.evaluate(() => {
    const inner = document.querySelector('ops-queues')!.shadowRoot!.querySelector('ops-time')
    return inner && inner.constructor !== customElements.get(inner.localName)
  })
  // Some of its parts are loaded after its first sight.
  await expect.poll(ofAnotherCopy).toBe(true)
})

test.each([
  [{ current: 1, oldest: 1 }, /^The API of version 7\.0\.0 is too old for these elements of version .*; update ops-powertools on the server\.$/],
  [{ current: 99, oldest: 90 }, /^These elements of version .* are too old for the API of version 7\.0\.0; reload the page/],
  [undefined, /is too old for these elements/],
])('an API of protocol %j is told apart, with the mend', async (protocol, sentence) => {
  const { page } = await host.open('/one')
  await page.route('**/api/v1/session', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...((await response.json()) as object), version: '7.0.0', protocol } })
  })
  await page.reload()
  await expect.poll(() => page.locator('ops-cron [part=skew]').first().textContent()).toMatch(sentence)
  expect(await page.locator('ops-cron [part=skew]').count()).toBe(1)
  await entries(page).waitFor()
})
