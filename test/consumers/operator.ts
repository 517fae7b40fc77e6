import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { findBrowser } from '../support/browser.ts'

const patience = { timeout: 30_000 }
const anna = { cookie: 'user=anna' }
/** As a browser sends a change from a page of this server. */
const samePage = (url: string) => ({ ...anna, origin: url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' })

export async function launchBrowser(): Promise<Browser> {
  const { executablePath, args } = await findBrowser()
  return chromium.launch({ executablePath, args })
}

interface Problem {
  status: number
  code?: string
  detail?: string
}

/** What any server must get right below its base. */
export async function checkServer(url: string): Promise<void> {
  const base = `${url}/ops/jobs`
  // Nobody is signed in: the page leads to the login and back, the API refuses.
  const page = await fetch(`${base}/cron?state=active`, { headers: { accept: 'text/html' }, redirect: 'manual' })
  expect([page.status, page.headers.get('location')]).toEqual([302, `/sign-in?return-to=${encodeURIComponent('/ops/jobs/cron?state=active')}`])
  expect(await problemOf(fetch(`${base}/api/v1/session`))).toMatchObject({ status: 401, code: 'unauthenticated' })
  // Our own 404 and 405, not the framework's.
  expect(await problemOf(fetch(`${base}/api/v1/nothing`, { headers: anna }))).toMatchObject({ status: 404, code: 'not_found' })
  expect(await problemOf(fetch(`${base}/api/v1/session`, { method: 'POST', headers: samePage(url), body: '{}', redirect: 'manual' }))).toMatchObject({ status: 405 })
  const head = await fetch(`${base}/api/v1/session`, { method: 'HEAD', headers: anna })
  expect([head.status, await head.text()]).toEqual([200, ''])
  // A body that is none, one that is too large, and another site's.
  const post = (body: string, headers: Record<string, string> = {}) => problemOf(fetch(`${base}/api/v1/previews`, { method: 'POST', headers: { ...samePage(url), ...headers }, body }))
  expect((await post('{"action')).status).toBe(400)
  // A server that closes the connection while the client is still sending may be seen only by that.
  const tooLarge = await post(JSON.stringify({ action: 'x'.repeat(1_200_000) })).catch(() => undefined)
  expect([413, undefined]).toContain(tooLarge?.status)
  expect(await post('{}', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403, code: 'cross_site_refused' })
}

async function problemOf(answering: Promise<Response>): Promise<Problem> {
  const answer = await answering
  const text = await answer.text()
  return { ...(text.startsWith('{') ? (JSON.parse(text) as object) : { detail: text }), status: answer.status }
}

/** The stream of hints, which compression must not hold back. */
export async function checkLive(url: string): Promise<void> {
  const left = new AbortController()
  const live = await fetch(`${url}/ops/jobs/api/v1/live`, { headers: { ...anna, 'accept-encoding': 'gzip, br' }, signal: left.signal })
  expect([live.status, live.headers.get('content-type'), live.headers.get('content-encoding')]).toEqual([200, 'text/event-stream', null])
  let heard = ''
  const reading = (async () => {
    for await (const chunk of live.body!) heard += new TextDecoder().decode(chunk)
  })().catch(() => {})
  await expect.poll(() => heard, patience).toContain(': welcome')
  await operate(url, 'run_cron_entry')
  await expect.poll(() => heard, patience).toContain('event: hint')
  left.abort()
  await reading
}

/** Previews and executes a change through the API, as a page of the same origin. */
export async function operate(url: string, action: string): Promise<void> {
  const headers = samePage(url)
  const send = async (path: string, body: object) => {
    const answer = await fetch(`${url}/ops/jobs/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${text}`)
    return JSON.parse(text) as { id: string; token: string }
  }
  const { id, token } = await send('/previews', { action, subject: { type: 'cron_entry', id: 'nightly_sync' } })
  await send(`/previews/${id}/execute`, { token, reason: 'tried by a consumer' })
}

export async function countEvents(url: string, eventType: string): Promise<number> {
  const answer = await fetch(`${url}/ops/jobs/api/v1/audit-events?eventType=${eventType}`, { headers: anna })
  return ((await answer.json()) as { items: unknown[] }).items.length
}

/** As an operator: pauses the entry on the cron page, and finds the event in the audit log. */
export async function pauseInBrowser(browser: Browser, url: string): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } })
  try {
    await context.addCookies([{ name: 'user', value: 'anna', url }])
    const page = await context.newPage()
    const problems = listenForProblems(page)
    await page.goto(`${url}/ops/jobs/cron`)
    const pause = page.getByRole('button', { name: /^Pause/ }).first()
    await expect.poll(async () => (await pause.isVisible()) || problems, patience).toBe(true)
    await pause.click(patience)
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/^Reason/).fill('tried in a browser', patience)
    await dialog.getByRole('button', { name: 'Pause entry' }).click(patience)
    await expect.poll(() => countEvents(url, 'cron.paused'), patience).toBe(2)
    await page.goto(`${url}/ops/jobs/audit`)
    await expect.poll(() => page.locator('ops-audit').getByText('tried in a browser').first().isVisible(), patience).toBe(true)
    expect(problems).toEqual([])
  } finally {
    await context.close()
  }
}

function listenForProblems(page: Page): string[] {
  const problems: string[] = []
  page.on('pageerror', ({ message }) => problems.push(message))
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().endsWith('/favicon.ico')) problems.push(`${response.status()} ${response.url()}`)
  })
  return problems
}
