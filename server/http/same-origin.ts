import type { TLSSocket } from 'node:tls'
import type { Context } from 'koa'
import { OpsError } from '../error.ts'
import type { Auth } from '../host/auth.ts'

/**
 * A request that changes something, or writes evidence in the actor's name, must come from our own pages whenever the
 * browser adds the credentials by itself: another site can make a browser send it, but cannot make it same-origin.
 */
export function requireSameOrigin(ctx: Context, auth: Auth<unknown>): void {
  if (!hasAmbientCredentials(ctx, auth) || isSameOrigin(ctx)) return
  throw refused('expected Sec-Fetch-Site: same-origin, or an Origin equal to the scheme, host and port of this server')
}

/** An export is a link that people also open from a bookmark or type; a plain navigation names its page in Referer only. */
export function requireOwnNavigation(ctx: Context, auth: Auth<unknown>): void {
  if (!hasAmbientCredentials(ctx, auth) || isSameOrigin(ctx) || ctx.get('sec-fetch-site') === 'none') return
  if (!ctx.get('sec-fetch-site') && !ctx.get('origin') && isOwnOrigin(ctx, URL.parse(ctx.get('referer'))?.origin)) return
  throw refused('expected Sec-Fetch-Site: same-origin or none, or an Origin or Referer of this server')
}

function refused(expected: string): OpsError {
  return new OpsError('cross_site_refused', `The browser adds these credentials by itself, and the request does not come from this site; ${expected}. A script sends a Bearer token and no cookie.`)
}

/** Schemes whose credentials a browser keeps and sends without being asked. */
const ambientSchemes = new Set(['basic', 'digest', 'ntlm', 'negotiate', 'mutual', 'hoba'])

/** Cookies, HTTP's own logins and client certificates travel with a request that another site caused; a header that only a script can set does not. */
function hasAmbientCredentials(ctx: Context, auth: Auth<unknown>): boolean {
  if (auth.fromCookie) return auth.fromCookie(ctx.req)
  const [scheme = ''] = ctx.get('authorization').trim().toLowerCase().split(/\s/)
  return Boolean(ctx.get('cookie')) || !scheme || ambientSchemes.has(scheme) || hasClientCertificate(ctx)
}

function hasClientCertificate({ req }: Context): boolean {
  const certificate = (req.socket as Partial<TLSSocket>).getPeerCertificate?.()
  return certificate !== undefined && Object.keys(certificate).length > 0
}

function isSameOrigin(ctx: Context): boolean {
  const site = ctx.get('sec-fetch-site')
  return site ? site === 'same-origin' : isOwnOrigin(ctx, ctx.get('origin'))
}

/** Where TLS ends at a proxy we see plain HTTP, and the page's origin is the safer https. */
function isOwnOrigin(ctx: Context, given: string | undefined): boolean {
  const origin = given && URL.parse(given)?.origin
  if (!origin || origin === 'null') return false
  const schemes = ctx.protocol === 'https' ? ['https'] : ['http', 'https']
  return schemes.some((scheme) => URL.parse(`${scheme}://${ctx.host}`)?.origin === origin)
}
