import { readdirSync } from 'node:fs'
import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import type { TestServer } from '../support/server.ts'

/** What a page is in when somebody opens it. */
export const states = ['filled', 'empty', 'error', 'unauthorized', 'read-only', 'loading'] as const
export type State = (typeof states)[number]

export const themes = ['light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** English, whose words are in the sources, and every catalogue there is. */
export const languages = ['en', ...readdirSync(new URL('../../components/words', import.meta.url)).filter((file) => /^[a-z]{2}\.ts$/.test(file)).map((file) => file.slice(0, 2))]

/** Every page of the console, with a subject where it needs one. */
export async function fillPages(server: TestServer): Promise<string[]> {
  const job = await server.boss.send('nightly_sync', { scope: 'states', to: 'mo@shop.example' })
  for (const action of ['pause_cron_entry', 'resume_cron_entry', 'pause_cron_entry']) {
    const { status, text } = await server.call('ops-demo', 'POST', '/operations', { action, subject: { type: 'cron_entry', id: 'nightly_sync' }, reason: 'fixture maintenance' }, { 'idempotency-key': crypto.randomUUID() })
    if (status >= 300) throw new Error(text)
  }
  return ['', '/incidents', '/errors', '/list', `/job/${job}`, '/queues', '/queue/nightly_sync', '/executors', '/cron', '/cron?view=tonight', '/forensics/cron_entry/nightly_sync', '/audit']
}

const problems = {
  error: { status: 503, code: 'unavailable', title: 'Not available', detail: 'The database did not answer within 5 s.' },
  unauthorized: { status: 401, code: 'unauthenticated', title: 'Not signed in', detail: 'No session cookie was sent.' },
}

/** A browser context in which every page is in this state. */
export async function contextIn(state: State, browser: Browser, server: TestServer, width = 1280): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width, height: 860 } })
  await context.addCookies([{ name: 'who', value: state === 'read-only' ? 'viewer-demo' : 'ops-demo', url: server.url }])
  if (state === 'filled' || state === 'read-only') return context
  await context.route(/\/api\/v1\//, (route) => answerIn(state, route))
  return context
}

async function answerIn(state: Exclude<State, 'filled' | 'read-only'>, route: Route): Promise<void> {
  const path = new URL(route.request().url()).pathname
  const session = path.endsWith('/session')
  if (path.endsWith('/live') || (session && state !== 'unauthorized')) return route.continue()
  if (state === 'loading') return
  if (state === 'empty') {
    const response = await route.fetch()
    const answer = (await response.json()) as Record<string, unknown>
    return route.fulfill({ response, json: Array.isArray(answer.items) ? { ...answer, items: [], nextCursor: undefined } : answer })
  }
  const problem = problems[state]
  return route.fulfill({ status: problem.status, contentType: 'application/problem+json', json: { type: `urn:ops-powertools:problem:${problem.code}`, requestId: 'req-4711', ...problem } })
}

const inFlight = new WeakMap<Page, Set<unknown>>()

export async function newPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  const running = new Set<unknown>()
  inFlight.set(page, running)
  page.on('request', (request) => void (request.url().endsWith('/live') || running.add(request)))
  page.on('requestfinished', (request) => void running.delete(request))
  page.on('requestfailed', (request) => void running.delete(request))
  return page
}

/** Waits until the page has what it asked for and has drawn it. What never comes is not waited for. */
export async function settle(page: Page, state: State): Promise<void> {
  for (let quiet = 0, looks = 0; quiet < 2 && looks < 200; looks++) {
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 60))))
    const size = inFlight.get(page)!.size
    quiet = size === 0 || (state === 'loading' && looks > 4) ? quiet + 1 : 0
  }
}

export async function open(page: Page, url: string, state: State): Promise<void> {
  inFlight.get(page)!.clear()
  await page.goto(url, { waitUntil: 'domcontentloaded' })
  await page.locator('ops-shell main').getByRole('heading').or(page.locator('ops-shell main [role=status]')).first().waitFor()
  await settle(page, state)
}

/** The page follows its document's language and direction live, as with a switch in a host's own page. */
export async function speak(page: Page, language: string, state: State): Promise<void> {
  await page.evaluate((lang) => {
    document.documentElement.lang = lang
    document.documentElement.dir = lang === 'ar' ? 'rtl' : 'ltr'
  }, language)
  await settle(page, state)
}
