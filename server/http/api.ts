import { pageOf } from '../host/auth.ts'
import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import type { z } from 'zod'
import { type Endpoint, endpoints, type ViewAction } from '../../schemas/index.ts'
import { fieldError, OpsError } from '../error.ts'
import type { Kit } from '../kit.ts'
import { streamLive } from '../live/stream.ts'
import type { Hub } from '../live/hub.ts'
import type { ExportFormat } from '../operations/export-lines.ts'
import type { Scope } from '../operations/scope.ts'
import { parseJsonBody } from './body.ts'
import { answerProblem, invalidRequest } from './errors.ts'
import { exporters } from './exports.ts'
import type { Handler, HandlerInput, Handlers } from './handlers.ts'
import { getHealthReport, getReadinessReport } from './health.ts'
import { describeApi } from './openapi.ts'
import { openScope, requestIdOf } from './scope.ts'
import { requireSameOrigin } from './same-origin.ts'
import { sendExport } from './send-export.ts'

/** The API below `<base>/api/v1`: every endpoint of the list is parsed, authorized, run and answered here. */
export function apiMiddleware(kit: Kit, handlers: Handlers, hub: Hub): Middleware {
  const prefix = `${kit.base}/api/v1`
  const router = new Router({ prefix })
  for (const endpoint of Object.values(endpoints) as unknown as Endpoint[]) {
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1')
    const answer = answerer(kit, endpoint, handlers, hub)
    router.register(path, endpoint.method === 'GET' ? ['GET', 'HEAD'] : [endpoint.method], answer)
  }
  const routes = router.routes() as unknown as Middleware
  return async (ctx, next) => {
    if (ctx.path !== prefix && !ctx.path.startsWith(`${prefix}/`)) return next()
    const requestId = requestIdOf(ctx)
    ctx.set({ 'x-request-id': requestId, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    try {
      decodeURIComponent(ctx.path)
      let matched = true
      await routes(ctx, async () => {
        matched = false
      })
      if (!matched) refuseUnknown(ctx, prefix)
    } catch (error) {
      answerProblem(ctx, error, requestId, kit.log)
    }
  }
}

type Answer = (ctx: Context) => Promise<void>

function answerer(kit: Kit, endpoint: Endpoint, handlers: Handlers, hub: Hub): Answer {
  if (endpoint.access === 'public') return publicAnswers(kit)[endpoint.name as keyof ReturnType<typeof publicAnswers>]
  return async (ctx) => {
    const scope = await openScope(kit, ctx)
    if (!scope) throw new OpsError('unauthenticated', 'Nobody is signed in; sign in, or send the credentials the host expects.')
    requireSameOrigin(ctx, kit.auth)
    if (endpoint.access !== 'session' && endpoint.access !== 'public') await requireView(scope, endpoint.access)
    const input = await parseInput(ctx, endpoint)
    if (endpoint.media === 'event-stream') return streamLive(ctx, scope, hub)
    if (endpoint.media === 'export') return answerExport(ctx, endpoint, input, scope)
    const handler = handlers[endpoint.name as keyof Handlers] as Handler
    const answer = await handler(input, scope)
    ctx.body = answer
    ctx.status = goesOn(answer) ? 202 : endpoint.status
  }
}

/** A selection that is worked off in the background: accepted, and where to look is in the answer. */
function goesOn(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'bulk' in answer
}

function publicAnswers(kit: Kit) {
  return {
    getOpenapi: async (ctx: Context) => {
      ctx.body = describeApi(kit.base, kit.version)
    },
    getHealth: async (ctx: Context) => {
      ctx.body = getHealthReport(kit)
    },
    getReadiness: async (ctx: Context) => {
      const readiness = await getReadinessReport(kit)
      ctx.body = readiness
      ctx.status = readiness.ok ? 200 : 503
    },
  }
}

export async function requireView(scope: Scope, view: ViewAction): Promise<void> {
  const { allowed, reason } = await scope.viewer.can(view, pageOf(view))
  if (!allowed) throw new OpsError('forbidden', reason ?? `${view} is not allowed.`)
}

async function answerExport(ctx: Context, { name }: Endpoint, input: HandlerInput, scope: Scope): Promise<void> {
  const { format, ...filters } = input.query as { format: ExportFormat }
  const open = exporters[name]
  if (!open) throw new OpsError('not_found', `${name} answers no file here.`)
  await sendExport(ctx, await open({ ...input, format, filters }, scope), format, scope)
}

async function parseInput(ctx: Context, endpoint: Endpoint): Promise<HandlerInput> {
  return {
    params: parse(endpoint.params, ctx.params, 'path'),
    query: parse(endpoint.query, { ...ctx.query }, 'query'),
    headers: (parse(endpoint.headers, ctx.headers, 'headers') ?? {}) as Record<string, string | undefined>,
    body: endpoint.body && parse(endpoint.body, await parseJsonBody(ctx), 'body'),
  }
}

/** An endpoint that takes no query refuses one, as it refuses any field it does not know. */
function parse(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (!schema) {
    const [key] = part === 'query' ? Object.keys(value as object) : []
    if (key === undefined) return undefined
    throw fieldError('query', `Unrecognized key: "${key}"; expected no query here`)
  }
  const parsed = schema.safeParse(value, { reportInput: true })
  if (!parsed.success) throw invalidRequest(parsed.error, part)
  return parsed.data
}

function refuseUnknown(ctx: Context, prefix: string): never {
  const path = ctx.path.slice(prefix.length)
  const methods = (Object.values(endpoints) as unknown as Endpoint[])
    .filter((endpoint) => new RegExp(`^${endpoint.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  if (!methods.length) throw new OpsError('not_found', `No endpoint ${ctx.method} ${path}; ${prefix}/openapi.json lists all.`)
  ctx.set('allow', [...new Set(methods)].join(', '))
  throw new OpsError('method_not_allowed', `${path} does not take ${ctx.method}; expected ${methods.join(' or ')}.`)
}

