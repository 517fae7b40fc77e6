import type { Context } from 'koa'
import { OpsError } from '../error.ts'
import type { Auth } from '../host/auth.ts'

/** An unsafe request that rides on a cookie must come from our own pages. */
export function requireSameOrigin(ctx: Context, auth: Auth<unknown>): void {
  if (ctx.method === 'GET' || ctx.method === 'HEAD' || !comesWithCookie(ctx, auth) || isSameOrigin(ctx)) return
  throw new OpsError('cross_site_refused', 'The request carries a cookie but does not come from this site; expected Sec-Fetch-Site: same-origin, or an Origin equal to the host.')
}

function comesWithCookie(ctx: Context, auth: Auth<unknown>): boolean {
  if (auth.fromCookie) return auth.fromCookie(ctx.req)
  return Boolean(ctx.get('cookie')) || !ctx.get('authorization')
}

function isSameOrigin(ctx: Context): boolean {
  const site = ctx.get('sec-fetch-site')
  if (site) return site === 'same-origin'
  return URL.parse(ctx.get('origin'))?.host === ctx.host
}
