import compose from 'koa-compose'
import type { Context, Middleware, Next } from 'koa'
import { OpsError } from '../error.ts'
import { handlers } from '../handlers.ts'
import type { Kit } from '../kit.ts'
import type { Hub } from '../live/hub.ts'
import { apiMiddleware } from './api.ts'
import { assetsMiddleware } from './assets.ts'
import { bridgesMiddleware } from './bridges.ts'
import { corsMiddleware } from './cors.ts'
import { answerProblem } from './errors.ts'
import { describeMisplacement, type Located, locateContext } from './locate.ts'
import { answerOutside } from './outside.ts'
import { pagesMiddleware } from './pages.ts'
import type { Running } from './running.ts'
import { requestIdOf } from './scope.ts'

/** Everything below the mount, in order of precedence: API, built elements, engine dashboards, pages. */
export function opsMiddleware(kit: Kit, hub: Hub, running: Running): Middleware {
  const parts = compose([corsMiddleware(kit), apiMiddleware(kit, handlers, hub), assetsMiddleware(kit), bridgesMiddleware(kit), pagesMiddleware(kit)])
  const reportMisplacement = once((message: string) => kit.log.warn(message))
  return async (ctx, next) => {
    const located = locateContext(kit, ctx)
    const misplaced = describeMisplacement(kit, located)
    if (misplaced !== undefined) reportMisplacement(misplaced)
    if (located.below === undefined) return passOn(kit, ctx, next, located)
    if (misplaced !== undefined && isPage(ctx, located)) return answerOutside(kit, ctx, located)
    if (running.stopping) return answerStopping(kit, ctx)
    await running.run(() => withPath(ctx, kit.mount + located.below, () => parts(ctx, next)))
  }
}

/** The host's next middleware may know the path; if none does, a wrong mount is explained. */
async function passOn(kit: Kit, ctx: Context, next: Next, located: Located): Promise<void> {
  await next()
  const isUnanswered = ctx.status === 404 && ctx.body === undefined && ctx.respond !== false
  if (isUnanswered && describeMisplacement(kit, located) !== undefined) answerOutside(kit, ctx, located)
}

function answerStopping(kit: Kit, ctx: Context): void {
  const requestId = requestIdOf(ctx)
  ctx.set({ 'x-request-id': requestId, 'cache-control': 'no-store', connection: 'close' })
  answerProblem(ctx, new OpsError('unavailable', 'This process is stopping; send the request again, so that another one answers it.'), requestId, kit.log)
}

/** A page would load its files from where they are not; the API works as it is. */
function isPage(ctx: Context, { below = '' }: Located): boolean {
  return !/^\/(api|assets)\//.test(below) && ctx.accepts('json', 'html') === 'html'
}

/** Lets our routes see the same path in every host. The host's own code sees its path again afterwards. */
async function withPath(ctx: Context, path: string, work: () => Promise<void>): Promise<void> {
  const given = ctx.url
  if (ctx.path === path) return work()
  ctx.path = path
  try {
    await work()
  } finally {
    ctx.url = given
  }
}

function once<Argument>(work: (argument: Argument) => void): (argument: Argument) => void {
  let done = false
  return (argument) => {
    if (done) return
    done = true
    work(argument)
  }
}
