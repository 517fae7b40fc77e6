import type { Context } from 'koa'

/**
 * For answers that are written as they come: from here on the response is ours, and a reader who leaves early is not
 * an error of the host's app.
 */
export function takeOver(ctx: Context): void {
  ctx.respond = false
  ctx.res.statusCode = 200
  for (const [name, value] of Object.entries(ctx.response.headers)) if (value !== undefined) ctx.res.setHeader(name, value)
}
