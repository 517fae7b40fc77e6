import type { TLSSocket } from 'node:tls'
import type { Context } from 'koa'
import { OpsError } from '../error.ts'
import type { Kit } from '../kit.ts'

type Allowed = Pick<Kit, 'auth' | 'origin' | 'allowedOrigins'>

/**
 * A request that changes something, or writes evidence in the actor's name, must come from our own pages if the
 * browser sends the credentials automatically: another site can make a browser send it, but cannot make it same-origin.
 */
export function requireSameOrigin(ctx: Context, kit: Allowed): void {
  if (!hasAmbientCredentials(ctx, kit) || isSameOrigin(ctx, kit) || kit.allowedOrigins.has(ctx.get('origin'))) return
  throw refused('expected Sec-Fetch-Site: same-origin, or an Origin equal to the scheme, host and port of this server or one of allowedOrigins')
}

/** Users also open export links from bookmarks or by typing them; a plain navigation names its page only in `Referer`. */
export function requireOwnNavigation(ctx: Context, kit: Allowed): void {
  if (!hasAmbientCredentials(ctx, kit) || isSameOrigin(ctx, kit) || ctx.get('sec-fetch-site') === 'none') return
  const referer = URL.parse(ctx.get('referer'))?.origin
  if (kit.allowedOrigins.has(ctx.get('origin') || (referer ?? ''))) return
  if (!ctx.get('sec-fetch-site') && !ctx.get('origin') && isOwnOrigin(ctx, kit, referer)) return
  throw refused('expected Sec-Fetch-Site: same-origin or none, or an Origin or Referer of this server or of one of allowedOrigins')
}

function refused(expected: string): OpsError {
  return new OpsError('cross_site_refused', `The browser sends these credentials automatically, but the request does not come from this site; ${expected}. A script should send a Bearer token and no cookie.`)
}

/** Schemes whose credentials a browser remembers and sends automatically. */
const ambientSchemes = new Set(['basic', 'digest', 'ntlm', 'negotiate', 'mutual', 'hoba'])

/** Browsers attach cookies, HTTP authentication and client certificates even to requests triggered by another site, but not a header that only a script can set. */
function hasAmbientCredentials(ctx: Context, { auth }: Allowed): boolean {
  if (auth.fromCookie) return auth.fromCookie(ctx.req)
  const [scheme = ''] = ctx.get('authorization').trim().toLowerCase().split(/\s/)
  return Boolean(ctx.get('cookie')) || !scheme || ambientSchemes.has(scheme) || hasClientCertificate(ctx)
}

function hasClientCertificate({ req }: Context): boolean {
  const certificate = (req.socket as Partial<TLSSocket>).getPeerCertificate?.()
  return certificate !== undefined && Object.keys(certificate).length > 0
}

function isSameOrigin(ctx: Context, kit: Allowed): boolean {
  const site = ctx.get('sec-fetch-site')
  return site ? site === 'same-origin' : isOwnOrigin(ctx, kit, ctx.get('origin'))
}

/** Behind a proxy that terminates TLS we see plain HTTP, while the page's origin is https. */
function isOwnOrigin(ctx: Context, kit: Allowed, candidate: string | undefined): boolean {
  const origin = candidate && URL.parse(candidate)?.origin
  if (!origin || origin === 'null') return false
  if (origin === kit.origin) return true
  const schemes = ctx.protocol === 'https' ? ['https'] : ['http', 'https']
  return schemes.some((scheme) => URL.parse(`${scheme}://${ctx.host}`)?.origin === origin)
}
