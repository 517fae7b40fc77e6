import type { Context, Middleware } from 'koa'
import { belowBase } from '../host/place.ts'
import type { Kit } from '../kit.ts'

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE'
/** Response headers that a script of another origin may read. */
const exposed = 'x-request-id, retry-after, allow, content-disposition, x-ops-searched, ops-after, ops-read-from'
const preflightSeconds = '600'

/** Lets pages of the host's `allowedOrigins` use the API and load the elements. Without that option, only pages of our own origin can. */
export function corsMiddleware({ mount, allowedOrigins }: Kit): Middleware {
  if (!allowedOrigins.size) return (_ctx, next) => next()
  return async (ctx, next) => {
    if (belowBase(ctx.path, `${mount}/api`) === undefined && belowBase(ctx.path, `${mount}/assets`) === undefined) return next()
    const origin = ctx.get('origin')
    const headers = corsHeaders(origin, allowedOrigins)
    if (isPreflight(ctx) && allowedOrigins.has(origin)) return answerPreflight(ctx, headers)
    setHeaders(ctx, headers)
    await next()
  }
}

/** `Vary` also where the origin is not allowed, so that no cache serves one origin's answer to another. */
function corsHeaders(origin: string, allowed: ReadonlySet<string>): Record<string, string> {
  if (!allowed.has(origin)) return {}
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', 'access-control-expose-headers': exposed }
}

function setHeaders(ctx: Context, headers: Record<string, string>): void {
  ctx.vary('origin')
  ctx.set(headers)
}

function isPreflight(ctx: Context): boolean {
  return ctx.method === 'OPTIONS' && ctx.get('access-control-request-method') !== ''
}

/** An allowed origin may send whatever header the host's login needs. */
function answerPreflight(ctx: Context, headers: Record<string, string>): void {
  setHeaders(ctx, headers)
  ctx.vary('access-control-request-headers')
  ctx.set({
    'access-control-allow-methods': methods,
    'access-control-allow-headers': ctx.get('access-control-request-headers').replaceAll(/[^\w\s,-]/g, ''),
    'access-control-max-age': preflightSeconds,
  })
  ctx.status = 204
}
