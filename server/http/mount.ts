import type { Middleware } from 'koa'
import { handlersOf } from '../handlers.ts'
import type { Kit } from '../kit.ts'
import type { Hub } from '../live/hub.ts'
import { apiMiddleware } from './api.ts'
import { assetsMiddleware } from './assets.ts'
import { bridgesMiddleware } from './bridges.ts'
import { pagesMiddleware } from './pages.ts'

/** Everything below the base, in the order it is asked: API, built elements, engine dashboards, pages. */
export function opsMiddleware(kit: Kit, hub: Hub): Middleware {
  const parts = [apiMiddleware(kit, handlersOf(), hub), assetsMiddleware(kit.base), bridgesMiddleware(kit), pagesMiddleware(kit)]
  return async (ctx, next) => {
    if (ctx.path !== kit.base && !ctx.path.startsWith(`${kit.base}/`)) return next()
    const run = (index: number): Promise<unknown> => (index < parts.length ? parts[index]!(ctx, () => run(index + 1)) : next())
    await run(0)
  }
}
