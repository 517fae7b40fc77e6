import { writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { findBrowser } from '../../test/support/browser.ts'
import { type Demo, openDemo, withoutPlaces } from './demo.ts'

/**
 * Records what each element asks of the demo's API and what it is answered, for the live elements of the documentation site:
 * `node scripts/record/elements.ts`, with the package built. Writes `docs/site/recorded.json`.
 */
export interface Recorded {
  recordedAt: string
  /** Attributes of each element, by its tag. */
  elements: Record<string, Record<string, string>>
  /** Answers by method, path and query: `GET /jobs?limit=50`; a preview by its operation: `POST /previews pause_cron_entry`. */
  answers: Record<string, unknown>
}

const demo = await openDemo()
const { executablePath, args } = await findBrowser()
const browser = await chromium.launch({ executablePath, args })
try {
  const recorded: Recorded = { recordedAt: new Date().toISOString(), elements: await chooseSubjects(demo), answers: {} }
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, extraHTTPHeaders: { authorization: 'Bearer demo-ops-demo' } })
  for (const [tag, attributes] of Object.entries(recorded.elements)) {
    const page = await context.newPage()
    await recordElement(page, tag, attributes, recorded)
    await page.close()
  }
  await recordPreviews(demo, recorded)
  const text = JSON.stringify(recorded).replaceAll('},"GET ', '},\n"GET ')
  writeFileSync(new URL('../../docs/site/recorded.json', import.meta.url), `${withoutPlaces(text)}\n`)
  console.log(`${Object.keys(recorded.answers).length} answers, ${text.length} bytes`)
} finally {
  await browser.close()
  await demo.stop()
}

/** The subjects that have the most to show. */
async function chooseSubjects({ call }: Demo): Promise<Recorded['elements']> {
  const first = async (path: string) => (JSON.parse((await call('GET', path)).text) as { items: { id: string }[] }).items[0]!.id
  return {
    'ops-overview': {},
    'ops-jobs': { state: 'discarded', limit: '15' },
    'ops-job': { 'job-id': await first('/jobs?state=discarded') },
    'ops-queues': {},
    'ops-queue': { queue: 'order_mail' },
    'ops-errors': {},
    'ops-executors': {},
    'ops-incidents': {},
    'ops-incident': { 'incident-id': await first('/incidents') },
    'ops-cron': { limit: '12' },
    'ops-forensics': { 'subject-type': 'cron_entry', 'subject-id': 'nightly_sync' },
    'ops-audit': { limit: '15' },
  }
}

async function recordElement(page: Page, tag: string, attributes: Record<string, string>, { answers }: Recorded): Promise<void> {
  const given = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`).join('')
  const api = '/ops/jobs/api/v1'
  let asked = 0
  await page.route('**/recorder', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<!doctype html><script type="module" src="/ops/jobs/assets/index.js"></script><${tag} api="${api}"${given}></${tag}>` }),
  )
  page.on('request', (request) => {
    if (request.url().includes(api)) asked = Date.now()
  })
  page.on('response', async (response) => {
    const { pathname, search } = new URL(response.url())
    if (!pathname.startsWith(api) || !response.headers()['content-type']?.startsWith('application/json')) return
    answers[`${response.request().method()} ${pathname.slice(api.length)}${search}`] = await response.json().catch(() => undefined)
  })
  await page.goto(`${demo.url}/recorder`)
  await page.locator(tag).waitFor()
  // What an element asks for in a second round comes soon after the first; the stream of hints never ends.
  while (!asked || Date.now() - asked < 2_000) await wait(200)
}

async function recordPreviews({ call }: Demo, { answers, elements }: Recorded): Promise<void> {
  const requests = [
    { action: 'pause_cron_entry', subject: { type: 'cron_entry', id: 'nightly_sync' }, input: {} },
    { action: 'retry_job', subject: { type: 'job', id: elements['ops-job']!['job-id']! }, input: {} },
    { action: 'pause_queue', subject: { type: 'queue', id: 'order_mail' }, input: {} },
  ]
  for (const request of requests) {
    const { status, text } = await call('POST', '/previews', request)
    if (status === 201) answers[`POST /previews ${request.action}`] = JSON.parse(text)
  }
}
