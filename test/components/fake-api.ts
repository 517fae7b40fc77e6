import type { LiveHint } from '../../schemas/live.ts'
import { type ProblemCode, problemCodes } from '../../schemas/problem-codes.ts'
import type { Problem } from '../../schemas/problem.ts'
import { type EndpointName, routes } from '../../schemas/routes.ts'

export interface Call {
  name: EndpointName
  url: string
  params: Record<string, string>
  query: URLSearchParams
  body: unknown
}

type Answer = (call: Call) => unknown

/** A fetch that answers as the API would, from a table of answers; and the calls it got. */
export class FakeApi {
  readonly calls: Call[] = []
  readonly answers: Partial<Record<EndpointName, Answer>>
  private readonly streams = new Set<ReadableStreamDefaultController<Uint8Array>>()
  private hints = 0

  constructor(answers: Partial<Record<EndpointName, Answer>>) {
    this.answers = answers
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(String(input), location.href)
    const call = this.read(url, init)
    this.calls.push(call)
    if (call.name === 'streamLive' && !this.answers.streamLive) return this.stream(init?.signal ?? undefined)
    return respond(this.answers[call.name], call)
  }

  /** How often an endpoint was called. */
  count(name: EndpointName): number {
    return this.calls.filter((call) => call.name === name).length
  }

  get openStreams(): number {
    return this.streams.size
  }

  /** Sends a live hint to whoever listens. */
  hint(hint: LiveHint): void {
    this.hints += 1
    const bytes = new TextEncoder().encode(`event: hint\nid: ${this.hints}\ndata: ${JSON.stringify(hint)}\n\n`)
    for (const stream of this.streams) stream.enqueue(bytes)
  }

  /** Says that the engine was measured, as every few seconds. */
  beat(measuredAt: string): void {
    for (const stream of this.streams) stream.enqueue(new TextEncoder().encode(`: measured ${measuredAt}\n\n`))
  }

  /** Breaks the line, as a restarting server would. */
  drop(): void {
    for (const stream of this.streams) stream.close()
    this.streams.clear()
  }

  private stream(signal?: AbortSignal): Response {
    let controller: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({
      start: (given) => {
        controller = given
        this.streams.add(given)
      },
      cancel: () => void this.streams.delete(controller),
    })
    signal?.addEventListener('abort', () => {
      if (this.streams.delete(controller)) controller.error(new DOMException('aborted', 'AbortError'))
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }

  private read(url: URL, init: RequestInit = {}): Call {
    const path = url.pathname.replace(/^.*\/api\/v1/, '')
    for (const [name, route] of Object.entries(routes)) {
      const [method, pattern] = route.split(' ') as [string, string]
      const found = new RegExp(`^${pattern.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(path)
      if (!found || method !== (init.method ?? 'GET')) continue
      const params = Object.fromEntries(Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]))
      const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined
      return { name: name as EndpointName, url: url.href, params, query: url.searchParams, body }
    }
    throw new Error(`No endpoint for ${init.method ?? 'GET'} ${path}`)
  }
}

/** Thrown by an answer, it becomes the problem response. */
export class Refusal extends Error {
  readonly problem: Problem

  constructor(code: ProblemCode, detail: string, more: Partial<Problem> = {}) {
    super(detail)
    const [status, title] = problemCodes[code]
    this.problem = { type: `urn:ops:${code}`, title, status, code, detail, requestId: 'req-4711', ...more }
  }
}

async function respond(answer: Answer | undefined, call: Call): Promise<Response> {
  try {
    if (!answer) throw new Refusal('not_found', `Nothing answers ${call.url}`)
    return Response.json(await answer(call))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return Response.json(error.problem, { status: error.problem.status, headers: { 'content-type': 'application/problem+json' } })
  }
}
