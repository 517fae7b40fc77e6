import { ApiError, type Callable, type CallOptions, type Calls, createCalls, type Input, type Output } from './calls.ts'
import type { Endpoints } from './index.ts'
import { backoffMs, ConnectionError, pause, type RetryOptions, retrying } from './retry.ts'
import { eventsOf } from './event-stream.ts'
import type { LiveHint } from './live.ts'
import { OwnChanges, ownChangesHeader } from './own-changes.ts'
import { type EndpointName, routes } from './routes.ts'

export { ApiError, ConnectionError }
export type { CallOptions, RetryOptions }

export interface ClientOptions extends RetryOptions {
  /** Base URL of the API, e.g. `https://admin.example.com/ops/jobs/api/v1`; a path such as `/ops/jobs/api/v1` in a browser. */
  api: string
  /** Used instead of the global `fetch`. */
  fetch?: typeof fetch
  /** Sent with every request. A function is asked before each attempt, e.g. for a token that expires. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>)
}

type ItemOf<E> = Output<E> extends { items: (infer Item)[] } ? Item : never

/** A page, and with `for await` every item of this page and of all pages after it, each requested when it is needed. */
export type Pages<E> = Promise<Output<E>> & AsyncIterable<ItemOf<E>>

/** The endpoints that answer page by page. */
type Paged = { [Name in Callable]: Output<Endpoints[Name]> extends { items: unknown[]; nextCursor?: string } ? Name : never }[Callable]

type Arguments<Name extends Callable> = Parameters<Calls[Name]>

export type Client = {
  [Name in Callable]: (
    ...input: Name extends 'runOperation' ? [Input<Endpoints[Name]> & { idempotencyKey?: string }] : Arguments<Name>
  ) => Name extends Paged ? Pages<Endpoints[Name]> : Promise<Output<Endpoints[Name]>>
} & {
  /** The URL of any endpoint, for links and downloads. */
  url: Calls['url']
  /**
   * Hints about what changed, for as long as the loop runs or until `signal` aborts. It connects again after a lost connection; a
   * hint with the topic `reset` then says that hints may have been missed, so that everything has to be read again.
   *
   * @throws ApiError if the server refuses the stream, e.g. `unauthenticated`
   */
  live(options?: CallOptions): AsyncIterable<LiveHint>
}

/**
 * A typed client of the API, for browsers and Node. A request that changes nothing, or carries an Idempotency-Key, is repeated
 * after a lost connection and after 429, 502, 503 and 504, at the time the server names. Calls reject with `ApiError` if the server
 * refused, `ConnectionError` if it did not answer, and the reason of `signal` if that aborted.
 *
 * @example
 * const ops = createClient({ api: 'https://admin.example.com/ops/jobs/api/v1', headers: () => ({ authorization: `Bearer ${token()}` }) })
 * for await (const entry of ops.listCronEntries({ query: { state: 'paused' } })) console.log(entry.name)
 */
export function createClient({ api, fetch: send = globalThis.fetch, headers = {}, ...limits }: ClientOptions): Client {
  const authorized: typeof fetch = async (url, init = {}) => {
    const own = typeof headers === 'function' ? await headers() : headers
    return await send(url, { ...init, headers: { ...own, ...(init.headers as Record<string, string>) } })
  }
  const changes = new OwnChanges()
  const calls = createCalls({ api, fetch: retrying(authorized, limits), changes })
  const loose = calls as unknown as Record<EndpointName, (input?: LooseInput) => Promise<LoosePage>>
  const named = Object.fromEntries(
    (Object.keys(routes) as EndpointName[]).map((name) => [name, (input?: LooseInput) => pagesOf((given) => loose[name](withKey(name, given)), input)]),
  )
  const stream: Client['live'] = (options) => hintsOf(calls.url('streamLive'), authorized, changes, options)
  return { ...named, url: calls.url, live: stream } as unknown as Client
}

interface LooseInput extends CallOptions {
  query?: Record<string, unknown>
  idempotencyKey?: string
}

interface LoosePage {
  items?: unknown[]
  nextCursor?: string
}

/** A change in one request needs a key. One made here covers the repetitions of this call. */
function withKey(name: EndpointName, input: LooseInput = {}): LooseInput {
  if (name !== 'runOperation' || input.headers?.['idempotency-key'] !== undefined) return input
  return { ...input, headers: { ...input.headers, 'idempotency-key': input.idempotencyKey ?? crypto.randomUUID() } }
}

function pagesOf(call: (input?: LooseInput) => Promise<LoosePage>, input?: LooseInput): Promise<LoosePage> & AsyncIterable<unknown> {
  const first = call(input)
  return Object.assign(first, {
    async *[Symbol.asyncIterator]() {
      for (let page = await first; ; page = await call({ ...input, query: { ...input?.query, cursor: page.nextCursor } })) {
        yield* page.items ?? []
        if (page.nextCursor === undefined) return
      }
    },
  })
}

/** The server sends a comment every 15 seconds; a connection that is silent for longer is dead. */
const maxSilenceMs = 45_000

async function* hintsOf(url: string, send: typeof fetch, changes: OwnChanges, { headers, signal }: CallOptions = {}): AsyncGenerator<LiveHint, void, undefined> {
  for (let lastId = '', failures = 0; ; ) {
    const connection = new Silence(signal)
    try {
      const response = await send(url, { headers: { accept: 'text/event-stream', ...(lastId ? { 'last-event-id': lastId } : {}), ...headers }, signal: connection.signal })
      if (!response.ok) throw await ApiError.from(response)
      changes.note(response.headers.get(ownChangesHeader))
      if (failures) yield { topic: 'reset' }
      failures = 0
      for await (const { id, data } of eventsOf(response.body!, () => connection.restart())) {
        lastId = id || lastId
        if (!data) continue
        const hint = JSON.parse(data) as LiveHint
        changes.note(hint.after)
        yield hint
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (error instanceof ApiError && error.status < 500 && error.status !== 429) throw error
    } finally {
      connection.end()
    }
    failures += 1
    await pause(backoffMs(failures), signal)
  }
}

/** Aborts a connection on which nothing arrives any more, or with the caller's signal. */
class Silence {
  readonly #connection = new AbortController()
  readonly #outer?: AbortSignal
  readonly #abort = () => this.#connection.abort(this.#outer?.reason)
  #timer?: ReturnType<typeof setTimeout>

  constructor(outer?: AbortSignal) {
    this.#outer = outer
    if (outer?.aborted) this.#abort()
    outer?.addEventListener('abort', this.#abort, { once: true })
    this.restart()
  }

  get signal(): AbortSignal {
    return this.#connection.signal
  }

  restart(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#abort, maxSilenceMs)
  }

  /** Also ends the connection, if the reader of the hints left its loop. */
  end(): void {
    clearTimeout(this.#timer)
    this.#outer?.removeEventListener('abort', this.#abort)
    this.#connection.abort()
  }
}
