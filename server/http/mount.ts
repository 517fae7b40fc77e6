import compose from 'koa-compose'
import type { Middleware } from 'koa'
import { handlers } from '../handlers.ts'
import type { Kit } from '../kit.ts'
import type { Hub } from '../live/hub.ts'
import { apiMiddleware } from './api.ts'
import { assetsMiddleware } from './assets.ts'
import { bridgesMiddleware } from './bridges.ts'
import { pagesMiddleware } from './pages.ts'

/** Everything below the base, in order of precedence: API, built elements, engine dashboards, pages. */
export function opsMiddleware(kit: Kit, hub: Hub): Middleware {
  const parts = compose([apiMiddleware(kit, handlers, hub), assetsMiddleware(kit.base), bridgesMiddleware(kit), pagesMiddleware(kit)])
  return async (ctx, next) => (ctx.path === kit.base || ctx.path.startsWith(`${kit.base}/`) ? parts(ctx, next) : next())
}
