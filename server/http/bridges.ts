import type { Context, Middleware } from 'koa'
import { OpsError } from '../error.ts'
import type { Kit, MountedBridge } from '../kit.ts'
import { answerProblem } from './errors.ts'
import { requireView } from './api.ts'
import { openScope, requestIdOf } from './scope.ts'

/** Engine dashboards: the same actor, `view_bridge`, and nothing but GET and HEAD, whatever the dashboard would allow. */
export function bridgesMiddleware(kit: Kit): Middleware {
  return async (ctx, next) => {
    const bridge = kit.bridges.find(({ href }) => ctx.path === href || ctx.path.startsWith(`${href}/`))
    if (!bridge) return next()
    const requestId = requestIdOf(ctx)
    ctx.set({ 'x-request-id': requestId, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' })
    try {
      await openBridge(kit, ctx, bridge)
    } catch (error) {
      answerProblem(ctx, error, requestId, kit.log)
    }
  }
}

async function openBridge(kit: Kit, ctx: Context, bridge: MountedBridge): Promise<void> {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
    ctx.set('allow', 'GET, HEAD')
    throw new OpsError('method_not_allowed', `${bridge.label} is for inspection only: expected GET or HEAD, got ${ctx.method}.`)
  }
  const scope = await openScope(kit, ctx)
  if (!scope) {
    if (kit.auth.signInUrl && ctx.accepts('html')) return ctx.redirect(kit.auth.signInUrl(ctx.originalUrl))
    throw new OpsError('unauthenticated', 'Nobody is signed in; sign in first.')
  }
  await requireView(scope, 'view_bridge')
  ctx.set('content-security-policy', bridge.contentSecurityPolicy)
  ctx.respond = false
  ctx.res.statusCode = 200
  for (const [name, value] of Object.entries(ctx.response.headers)) if (value !== undefined) ctx.res.setHeader(name, value)
  await bridge.handle(ctx.req, ctx.res)
}
