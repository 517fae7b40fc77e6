import type { Context } from 'koa'

/**
 * For streamed responses: from here on we write the response ourselves, and a reader who disconnects early does not cause an
 * error in the host's app.
 */
export function takeOver(ctx: Context): void {
  ctx.respond = false
  ctx.res.statusCode = 200
  for (const [name, value] of Object.entries(ctx.response.headers)) if (value !== undefined) ctx.res.setHeader(name, value)
}
