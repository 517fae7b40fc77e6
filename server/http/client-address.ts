import type { Context } from 'koa'

/**
 * The client's address by the host's rules about proxies: Express and Nest put it in `request.ip`, Koa follows `app.proxy`, and with
 * `ops.fetch` the host states it. Headers are never trusted by ourselves.
 */
export function clientAddressOf(ctx: Context): string {
  const { ip } = ctx.req as { ip?: unknown }
  return typeof ip === 'string' && ip ? ip : ctx.ip
}
