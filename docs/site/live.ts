import '../../components/index.ts'
import type { OpsProvider } from '../../components/shell/ops-provider.ts'
import recording from './recorded.json' with { type: 'json' }

/** Answers the live elements of a page from what was recorded from the demo, as if it had been recorded just now. */
const answers: Readonly<Record<string, unknown>> = recording.answers
const sinceMs = Date.now() - Date.parse(recording.recordedAt)
const api = '/ops/jobs/api/v1'

const replay: typeof fetch = async (input, init = {}) => {
  const url = new URL(input instanceof Request ? input.url : String(input), 'http://recorded')
  const path = url.pathname.slice(url.pathname.indexOf(api) + api.length)
  if (path === '/live') return new Response(new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(': recorded\n\n')) }), { headers: { 'content-type': 'text/event-stream' } })
  const method = init.method ?? 'GET'
  const answer = method === 'GET' ? findRead(path, url.search) : findPreview(path, init.body)
  if (answer === undefined) return method === 'GET' ? refuse(404, 'not_found', 'This was not recorded for the documentation.') : refuse(403, 'forbidden', 'This page shows recorded data, so nothing is changed here.')
  return new Response(asOfNow(JSON.stringify(answer)), { status: method === 'GET' ? 200 : 201, headers: { 'content-type': 'application/json' } })
}

/** The same request, or else one for the same thing: filters of a reader of this page were not recorded. */
function findRead(path: string, search: string): unknown {
  const same = answers[`GET ${path}${search}`]
  if (same !== undefined) return same
  const [, like] = Object.entries(answers).find(([request]) => request === `GET ${path}` || request.startsWith(`GET ${path}?`)) ?? []
  return like
}

function findPreview(path: string, body: unknown): unknown {
  if (path !== '/previews' || typeof body !== 'string') return undefined
  return answers[`POST /previews ${(JSON.parse(body) as { action: string }).action}`]
}

/** Moves every instant by the time since the recording. */
function asOfNow(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(\d*)Z/g, (instant, further: string) => {
    const moved = new Date(Date.parse(instant) + sinceMs).toISOString()
    return further ? moved.replace('Z', `${further}Z`) : moved
  })
}

function refuse(status: number, code: string, detail: string): Response {
  const problem = { type: `urn:ops-powertools:problem:${code}`, title: 'Recorded', status, code, detail, requestId: 'recorded' }
  return new Response(JSON.stringify(problem), { status, headers: { 'content-type': 'application/problem+json' } })
}

for (const provider of document.querySelectorAll<OpsProvider>('ops-provider.live')) {
  provider.fetch = replay
  provider.api = api
  // There is no console behind the links: one leads to the page about the element that would be shown.
  provider.addEventListener('ops-navigate', (event) => {
    event.preventDefault()
    const { href } = event.detail
    const status = provider.parentElement!.querySelector('.went')
    if (status) status.textContent = `In a host, this leads to ${href}`
  })
}
