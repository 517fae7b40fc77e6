import type { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import type { Endpoints } from './index.ts'
import { OwnChanges, ownChangesHeader } from './own-changes.ts'
import type { Plan } from './plan.ts'
import type { Problem } from './problem.ts'
import type { ProblemCode } from './problem-codes.ts'
import { type EndpointName, routes } from './routes.ts'

export interface CallsOptions {
  /** Base URL of the API, e.g. `/ops/jobs/api/v1` or `https://admin.example.com/ops/jobs/api/v1`. */
  api: string
  /** Used instead of the global `fetch`, e.g. to add a token. */
  fetch?: typeof fetch
  /** Sent with every request. */
  headers?: Record<string, string>
  /** Shared with other readers, so that what one changes another sees. */
  changes?: OwnChanges
}

/** What a call of an endpoint takes: the parameters of its path, its query, its body. */
export type Input<E> = E extends Endpoint<EndpointName, infer P, infer Q, infer B>
  ? (z.ZodObject extends P ? unknown : { params: z.input<P> }) &
      (z.ZodObject extends Q ? unknown : { query?: z.input<Q> }) &
      (z.ZodType extends B ? unknown : { body: z.input<B> }) &
      CallOptions
  : never

/** What an endpoint answers. */
export type Output<E> = E extends Endpoint<EndpointName, z.ZodObject, z.ZodObject, z.ZodType, infer O> ? z.output<O> : never

export interface CallOptions {
  /** Added to those of every request. */
  headers?: Record<string, string>
  /** Aborts the request; the call then rejects with the reason of the signal. */
  signal?: AbortSignal
}

/** Streams have their own readers (`EventSource`, a download link); everything else is one call here. */
export type Callable = { [Name in EndpointName]: Endpoints[Name] extends { media: 'json' } ? Name : never }[EndpointName]

export type Calls = {
  [Name in Callable]: (
    ...input: CallOptions extends Input<Endpoints[Name]> ? [Input<Endpoints[Name]>?] : [Input<Endpoints[Name]>]
  ) => Promise<Output<Endpoints[Name]>>
} & {
  /** The URL of any endpoint, for links and streams. */
  url(name: EndpointName, input?: { params?: Record<string, string>; query?: Record<string, unknown> }): string
}

type ProblemOf<Code extends ProblemCode> = Problem & { code: Code } & (Code extends 'preview_drifted' ? { plan: Plan } : unknown)

/** The API refused the request, or its response could not be parsed. `code` is the reason; `problem.requestId` identifies the request in the log. */
export class ApiError<Code extends ProblemCode = ProblemCode> extends Error {
  readonly problem: ProblemOf<Code>

  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.name = 'ApiError'
    this.problem = problem as ProblemOf<Code>
  }

  /** One of the documented codes, e.g. `preview_drifted`. */
  get code(): Code {
    return this.problem.code
  }

  /** HTTP status. */
  get status(): number {
    return this.problem.status
  }

  /** Narrows the problem to one code, e.g. `if (error.is('preview_drifted')) show(error.problem.plan)`. */
  is<Wanted extends ProblemCode>(code: Wanted): this is ApiError<Wanted> {
    return (this.problem.code as ProblemCode) === code
  }

  /** The refusal that a response carries. */
  static async from(response: Response): Promise<ApiError> {
    return new ApiError(await parseProblem(response))
  }
}

/** One function for each endpoint that answers JSON. The elements use these; `createClient` adds retries, pages and the live stream. */
export function createCalls({ api, fetch: send = globalThis.fetch, headers = {}, changes = new OwnChanges() }: CallsOptions): Calls {
  const base = api.replace(/\/+$/, '')
  const url: Calls['url'] = (name, input = {}) => base + fillPath(routes[name], input.params) + queryString(input.query)

  const call = async (name: EndpointName, input: LooseInput = {}) => {
    const response = await send(url(name, input), {
      method: routes[name].split(' ')[0]!,
      headers: {
        accept: 'application/json',
        ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(changes.last && { [ownChangesHeader]: changes.last }),
        ...headers,
        ...input.headers,
      },
      body: input.body === undefined ? undefined : JSON.stringify(input.body),
      credentials: 'same-origin',
      signal: input.signal,
    } as RequestInit)
    changes.note(response.headers.get(ownChangesHeader))
    if (!response.ok) throw await ApiError.from(response)
    return parseExact(await response.text())
  }

  const calls = Object.fromEntries(
    (Object.keys(routes) as EndpointName[]).map((name) => [name, (input?: LooseInput) => call(name, input)]),
  )
  return { ...calls, url } as Calls
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
