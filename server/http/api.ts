import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import type { z } from 'zod'
import { type Endpoint, type EndpointName, endpoints, type ViewAction } from '../../schemas/index.ts'
import { fieldError, OpsError } from '../error.ts'
import { pageOf } from '../host/auth.ts'
import { belowBase } from '../host/place.ts'
import type { Kit } from '../kit.ts'
import type { Hub } from '../live/hub.ts'
import type { FileFormat } from '../operations/export-lines.ts'
import type { Handled, HandlerInput } from '../operations/handle.ts'
import { type Reading, replicaScope } from '../operations/replica-scope.ts'
import type { Scope } from '../operations/scope.ts'
import { announceOwnChanges, parseOwnChanges } from './own-changes.ts'
import { parseJsonBody } from './body.ts'
import { answerProblem, invalidRequest } from './errors.ts'
import { publicAnswers } from './public.ts'
import { requireOwnNavigation, requireSameOrigin } from './same-origin.ts'
import { openScope, requestIdOf } from './scope.ts'
import { announceExport, sendExport } from './send-export.ts'
import { sendLive } from './send-live.ts'

/** API responses are not pages: they may not be framed, and nothing in them may load or run. */
const apiHeaders = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
}

const all = Object.values(endpoints) as unknown as Endpoint[]

/** The API below `<base>/api/v1`: parses, authorizes, runs and answers requests to every described endpoint. */
export function apiMiddleware(kit: Kit, handlers: readonly Handled[], hub: Hub): Middleware {
  const prefix = `${kit.mount}/api/v1`
  const router = new Router({ prefix, sensitive: true, strict: true })
  const answers = answersOf(kit, handlers, hub)
  for (const endpoint of all) {
    const answer = answers[endpoint.name]
    if (!answer) throw new Error(`The endpoint ${endpoint.name} has no handler; server/handlers.ts lists those of each feature.`)
    router.register(endpoint.path.replace(/\{(\w+)\}/g, ':$1'), methodsOf(endpoint), answer)
  }
  const routes = router.routes() as unknown as Middleware
  return async (ctx, next) => {
    if (belowBase(ctx.path, prefix) === undefined) return next()
    const requestId = requestIdOf(ctx)
    ctx.set({ 'x-request-id': requestId, ...apiHeaders })
    try {
      decodeURIComponent(ctx.path)
      let matched = true
      await routes(ctx, async () => {
        matched = false
      })
      if (!matched) refuseUnknown(ctx, prefix, kit.base)
    } catch (error) {
      answerProblem(ctx, error, requestId, kit.log)
    }
  }
}

type Answer = (ctx: Context) => Promise<void>

function answersOf(kit: Kit, handlers: readonly Handled[], hub: Hub): Partial<Record<EndpointName, Answer>> {
  const described = endpoints as unknown as Record<EndpointName, Endpoint>
  const answer = (name: EndpointName, send: Send): [EndpointName, Answer] => [name, answerSignedIn(kit, described[name], send)]
  return {
    ...publicAnswers(kit),
    ...Object.fromEntries([
      ...handlers.map((handled) => answer(handled.name, handled.kind === 'json' ? jsonOf(handled, described[handled.name]) : exportOf(handled))),
      answer('streamLive', (ctx, _input, scope) => sendLive(ctx, scope, hub)),
    ]),
  }
}

type Send = (ctx: Context, input: HandlerInput, scope: Scope) => Promise<void>

/** Authenticates, authorizes and parses: the same steps for every endpoint before its own work begins. */
function answerSignedIn(kit: Kit, endpoint: Endpoint, send: Send): Answer {
  return async (ctx) => {
    const scope = await openScope(kit, ctx)
    if (!scope) throw new OpsError('unauthenticated', 'You are not signed in; sign in, or send the credentials the host expects.')
    if (endpoint.method !== 'GET') requireSameOrigin(ctx, kit)
    if (endpoint.media === 'export') requireOwnNavigation(ctx, kit)
    if (endpoint.access !== 'session' && endpoint.access !== 'public') await requireView(scope, endpoint.access)
    const input = await parseInput(ctx, endpoint)
    if (endpoint.method === 'GET') return send(ctx, input, scope)
    // A refusal is recorded, too.
    await send(ctx, input, scope).finally(() => announceOwnChanges(kit, ctx))
  }
}

type Run = (Handled & { kind: 'json' })['run']

/** From the replica, and if that fails midway, from the primary: such endpoints change nothing. */
function readingFromReplica(run: Run): (ctx: Context, input: HandlerInput, scope: Scope) => Promise<unknown> {
  return async (ctx, input, scope) => {
    const { replica } = scope.kit.db
    if (!replica) return run(input, scope)
    const changes = await parseOwnChanges(scope.kit, ctx)
    const reading: Reading = changes === 'unreadable' ? { scope, from: 'lacks your change' } : await replicaScope(scope, changes)
    ctx.set('ops-read-from', reading.from === 'replica' ? 'replica' : `primary; ${reading.from}`)
    if (reading.from !== 'replica') return run(input, scope)
    try {
      return await run(input, reading.scope)
    } catch (error) {
      if (!replica.blame(error)) throw error
      ctx.set('ops-read-from', 'primary; away')
      return run(input, scope)
    }
  }
}

function jsonOf({ run, fromReplica }: Handled & { kind: 'json' }, { status }: Endpoint): Send {
  const read = fromReplica ? readingFromReplica(run) : (_ctx: Context, ...asked: Parameters<Run>) => run(...asked)
  return async (ctx, input, scope) => {
    const answer = await read(ctx, input, scope)
    // Serialized here, so that an answer JSON cannot represent fails like any other error.
    const text = JSON.stringify(answer)
    ctx.type = 'application/json'
    ctx.body = text
    ctx.status = isBackgroundRun(answer) ? 202 : status
  }
}

/** A selection that is processed in the background: 202, with the run to poll in the answer. */
function isBackgroundRun(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'bulk' in answer
}

/** `HEAD` on an export is not an export: it reads nothing and writes no evidence. */
function exportOf({ open }: Handled & { kind: 'export' }): Send {
  return async (ctx, input, scope) => {
    const { format } = input.query as { format: FileFormat }
    if (ctx.method === 'HEAD') return announceExport(ctx, format)
    await sendExport(ctx, await open(input, scope), format, scope)
  }
}

export async function requireView(scope: Scope, view: ViewAction): Promise<void> {
  const { allowed, reason } = await scope.viewer.can(view, pageOf(view))
  if (!allowed) throw new OpsError('forbidden', reason ?? `${view} is not allowed.`)
}

async function parseInput(ctx: Context, endpoint: Endpoint): Promise<HandlerInput> {
  return {
    params: parse(endpoint.params, ctx.params, 'path'),
    query: parse(endpoint.query, { ...ctx.query }, 'query'),
    headers: (parse(endpoint.headers, ctx.headers, 'headers') ?? {}) as Record<string, string | undefined>,
    body: endpoint.body && parse(endpoint.body, await parseJsonBody(ctx), 'body'),
  }
}

/** An endpoint without a query schema refuses any query, just as unknown fields are refused. */
function parse(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (!schema) {
    const [key] = part === 'query' ? Object.keys(value as object) : []
    if (key === undefined) return undefined
    throw fieldError('query', `Unrecognized key: "${key}"; expected no query parameters`)
  }
  const parsed = schema.safeParse(value, { reportInput: true })
  if (!parsed.success) throw invalidRequest(parsed.error, part)
  return parsed.data
}

function methodsOf({ method }: Endpoint): string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method]
}

function refuseUnknown(ctx: Context, prefix: string, base: string): never {
  const path = ctx.path.slice(prefix.length)
  const methods = all
    .filter((endpoint) => new RegExp(`^${endpoint.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .flatMap(methodsOf)
  if (!methods.length) throw new OpsError('not_found', `There is no endpoint ${ctx.method} ${path}; ${base}/api/v1/openapi.json lists all endpoints.`)
  ctx.set('allow', [...new Set(methods)].join(', '))
  throw new OpsError('method_not_allowed', `${path} does not accept ${ctx.method}; expected ${methods.join(' or ')}.`)
}
