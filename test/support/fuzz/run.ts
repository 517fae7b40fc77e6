import type { TestServer } from '../server.ts'
import { Random } from './random.ts'
import { type Ask, type Document, Requests } from './requests.ts'
import { Known } from './values.ts'

export interface FuzzOptions {
  requests: number
  seed: number
  /** Requests that are under way at once. */
  together?: number
  /** No answer may take longer; of a file, until its first byte. Milliseconds. */
  maxMs: number
}

export interface FuzzReport {
  /** Answers by status. */
  statuses: Record<string, number>
  slowestMs: number
  /** What must not have happened, each with the request that did it. */
  faults: string[]
}

/** Asks a server for what its own OpenAPI document describes, rightly and wrongly, and collects what it must never answer. */
export async function fuzz(server: TestServer, { requests, seed, together = 8, maxMs }: FuzzOptions): Promise<FuzzReport> {
  const document = (await server.call('ops-demo', 'GET', '/openapi.json')).body as unknown as Document
  const known = new Known()
  await learn(server, known)
  const source = new Requests(new Random(seed), known, document)
  const report: FuzzReport = { statuses: {}, slowestMs: 0, faults: [] }
  let left = requests
  const worker = async () => {
    while (left-- > 0 && report.faults.length < 20) await askOnce(server, source.next(), known, report, maxMs)
  }
  await Promise.all(Array.from({ length: together }, worker))
  report.faults.push(...server.logged.filter((line) => line.includes('"level":"error"')).slice(0, 20))
  return report
}

/** What a person would see first, so that the first requests already name things that are there. */
async function learn(server: TestServer, known: Known): Promise<void> {
  for (const path of ['/jobs?limit=50', '/queues', '/cron-entries', '/audit-events', '/overview']) harvest((await server.call('ops-demo', 'GET', path)).body, known)
}

async function askOnce(server: TestServer, ask: Ask, known: Known, report: FuzzReport, maxMs: number): Promise<void> {
  const begun = performance.now()
  const fault = (what: string) => report.faults.push(`${what}: ${ask.method} ${ask.path.slice(0, 600)} ${JSON.stringify(ask.headers).slice(0, 300)} ${ask.body?.slice(0, 1_000) ?? ''}`)
  try {
    const stopped = new AbortController()
    const response = await fetch(server.api + ask.path, { method: ask.method, headers: ask.headers, body: ask.body, redirect: 'manual', signal: stopped.signal })
    const first = performance.now() - begun
    report.statuses[response.status] = (report.statuses[response.status] ?? 0) + 1
    if (response.headers.get('content-type')?.includes('event-stream')) return stopped.abort()
    const text = await response.text()
    const took = response.headers.has('content-disposition') ? first : performance.now() - begun
    report.slowestMs = Math.max(report.slowestMs, took)
    if (took > maxMs) fault(`${Math.round(took)} ms for ${response.status}`)
    for (const wrong of whatIsWrong(response, text, ask)) fault(`${wrong} (${response.status} ${text.slice(0, 400)})`)
    if (response.ok && text.length < 200_000 && response.headers.get('content-type')?.startsWith('application/json') && ask.name !== 'getOpenapi') harvest(JSON.parse(text || 'null'), known)
  } catch (error) {
    fault(`broken off, ${String((error as { cause?: unknown }).cause ?? error)}`)
  }
}

function* whatIsWrong(response: Response, text: string, ask: Ask): Iterable<string> {
  // Node itself refuses a head of more than 16 KB, before anybody of ours hears of it.
  if (response.status === 431) return
  const type = response.headers.get('content-type') ?? ''
  if (response.status >= 500) yield 'a fault of ours'
  if (response.status >= 400 && ask.method !== 'HEAD' && !type.includes('problem+json')) yield `a refusal as ${type}`
  // The errors of jobs may well have one.
  if (response.status >= 400 && /\bat .*\.[jt]s:\d+|node_modules/.test(text)) yield 'a stack trace'
  if (!response.headers.get('x-request-id')) yield 'no request id'
  if (response.status === 429 && !response.headers.get('retry-after')) yield 'no Retry-After'
  if (text.includes('canary-of-the-fuzz')) yield 'a secret'
  if (type.includes('json') && !type.includes('ndjson') && text) yield* notJson(text)
  if (type.includes('ndjson')) for (const line of text.split('\n').filter(Boolean)) yield* notJson(line)
}

function* notJson(text: string): Iterable<string> {
  try {
    JSON.parse(text)
  } catch {
    yield 'not JSON'
  }
}

/** Where an answer's own names may be used again. */
const kinds: Record<string, string[]> = { id: ['id'], name: ['name', 'id'], queue: ['queue', 'id'], nextCursor: ['cursor'], token: ['token'], bulkId: ['bulk', 'id'], worker: ['worker'], previewId: ['id'], jobId: ['id'] }
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function harvest(value: unknown, known: Known): void {
  const left: unknown[] = [value]
  for (let seen = 0; left.length && seen < 500; seen++) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null) continue
    addWhole(next as Record<string, unknown>, known)
    for (const [key, inner] of Object.entries(next)) {
      if (typeof inner === 'object') left.push(inner)
      if (typeof inner !== 'string' || inner.length > 2_000) continue
      for (const kind of kinds[key] ?? []) known.add(kind, inner)
      if (uuid.test(inner)) known.add('uuid', inner)
    }
  }
}

/** What a whole thing is: a job, an entry, a queue, a preview with its token. */
function addWhole(thing: Record<string, unknown>, known: Known): void {
  const { id, name, token, engineState, expression, depth } = thing
  if (typeof id === 'string' && typeof engineState === 'string') known.add('job', id)
  if (typeof name === 'string' && typeof expression === 'string') known.add('entry', name)
  if (typeof name === 'string' && Array.isArray(depth)) known.add('queue', name)
  if (typeof id === 'string' && typeof token === 'string') known.add('preview', `${id} ${token}`)
}
