import type { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import type { Endpoints } from './index.ts'
import type { Problem } from './problem.ts'
import { type EndpointName, routes } from './routes.ts'

export interface ClientOptions {
  /** Base URL of the API, e.g. `/ops/jobs/api/v1` or `https://admin.example.com/ops/jobs/api/v1`. */
  api: string
  /** Used instead of the global `fetch`, e.g. to add a token. */
  fetch?: typeof fetch
  /** Sent with every request. */
  headers?: Record<string, string>
}

type Input<E> = E extends Endpoint<EndpointName, infer P, infer Q, infer B>
  ? (z.ZodObject extends P ? unknown : { params: z.input<P> }) &
      (z.ZodObject extends Q ? unknown : { query?: z.input<Q> }) &
      (z.ZodType extends B ? unknown : { body: z.input<B> }) &
      CallOptions
  : never

type Output<E> = E extends Endpoint<EndpointName, z.ZodObject, z.ZodObject, z.ZodType, infer O> ? z.output<O> : never

export interface CallOptions {
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Streams have their own readers (`EventSource`, a download link); everything else is one call here. */
type Callable = { [Name in EndpointName]: Endpoints[Name] extends { media: 'json' } ? Name : never }[EndpointName]

export type Client = {
  [Name in Callable]: (
    ...input: CallOptions extends Input<Endpoints[Name]> ? [Input<Endpoints[Name]>?] : [Input<Endpoints[Name]>]
  ) => Promise<Output<Endpoints[Name]>>
} & {
  /** The URL of any endpoint, for links and streams. */
  url(name: EndpointName, input?: { params?: Record<string, string>; query?: Record<string, unknown> }): string
}

/** The API refused the request, or its response could not be parsed. `problem.code` is the reason; `problem.requestId` identifies the request in the log. */
export class ApiError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.name = 'ApiError'
    this.problem = problem
  }
}

/**
 * A typed client of the API, for browsers and Node.
 *
 * @example
 * const ops = createClient({ api: 'https://admin.example.com/ops/jobs/api/v1', headers: { authorization: `Bearer ${token}` } })
 * const { items } = await ops.listCronEntries({ query: { state: 'paused' } })
 */
export function createClient({ api, fetch: send = globalThis.fetch, headers = {} }: ClientOptions): Client {
  const base = api.replace(/\/+$/, '')
  const url: Client['url'] = (name, input = {}) => base + fillPath(routes[name], input.params) + queryString(input.query)

  const call = async (name: EndpointName, input: LooseInput = {}) => {
    const response = await send(url(name, input), {
      method: routes[name].split(' ')[0]!,
      headers: {
        accept: 'application/json',
        ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
        ...input.headers,
      },
      body: input.body === undefined ? undefined : JSON.stringify(input.body),
      credentials: 'same-origin',
      signal: input.signal,
    } as RequestInit)
    if (!response.ok) throw new ApiError(await parseProblem(response))
    return parseExact(await response.text())
  }

  const calls = Object.fromEntries(
    (Object.keys(routes) as EndpointName[]).map((name) => [name, (input?: LooseInput) => call(name, input)]),
  )
  return { ...calls, url } as Client
}

/** Access to the source text of numbers: supported by every current engine, but not yet in TypeScript's library. */
const exact = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown): unknown
  rawJSON?: (text: string) => unknown
}

/**
 * Parses JSON and preserves the digits of numbers that JavaScript cannot represent (beyond 2^53), so that they are displayed and
 * serialized as they were sent. Falls back to the nearest number if the JavaScript engine does not support this.
 */
export function parseExact(text: string): unknown {
  const { rawJSON } = exact
  if (!rawJSON || !/\d{16}|[\d.]e/i.test(text)) return JSON.parse(text)
  return exact.parse(text, (_, value, context) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source ? rawJSON(context.source) : value,
  )
}

interface LooseInput extends CallOptions {
  params?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
}

function fillPath(route: string, params: Record<string, string> = {}): string {
  return route.slice(route.indexOf(' ') + 1).replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ''))
}

function queryString(query: Record<string, unknown> = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString()
  return text && `?${text}`
}

/** A proxy may answer with something other than a problem document; that must still become a readable error. */
async function parseProblem(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Partial<Problem>
    if (typeof body.code === 'string') return body as Problem
  } catch {
    // not JSON: described below
  }
  return {
    type: 'about:blank',
    title: response.statusText || 'Unexpected answer',
    status: response.status,
    code: response.status === 401 ? 'unauthenticated' : response.status >= 500 ? 'unavailable' : 'internal',
    detail: `The server answered ${response.status} without an explanation.`,
    requestId: response.headers.get('x-request-id') ?? '',
  }
}
