import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import { belowBase, belowPlace, type Place } from '../host/place.ts'

/** What a request is for: a path of ours, or one outside, with the prefix that a router of the host has cut off, if any. */
export interface Located {
  /** Below the mount, empty or beginning with a slash; undefined for a request that is not ours. */
  below?: string
  /** What the host's router stripped: `/admin` for `app.use('/admin', …)`. Empty if nothing. */
  prefix: string
  /** The path as it reached the host, before its routers stripped anything. */
  path: string
}

/**
 * Routers with a mount path (Express, koa-mount, Nest) cut it off the URL and keep the whole one in `originalUrl`. Whichever of the
 * two lies below the mount is meant.
 */
export function locate(place: Place, path: string, original: string): Located {
  const stripped = original !== path && original.endsWith(path === '/' ? '' : path)
  const prefix = stripped ? original.slice(0, original.length - (path === '/' ? 0 : path.length)).replace(/\/+$/, '') : ''
  const below = belowPlace(path, place) ?? (stripped ? belowPlace(original, place) : undefined)
  return { below, prefix, path: stripped ? original : path }
}

export function locateContext(place: Place, ctx: Context): Located {
  const { originalUrl = ctx.originalUrl } = ctx.req as { originalUrl?: string }
  return locate(place, ctx.path, pathOf(originalUrl))
}

export function locateRequest(place: Place, request: IncomingMessage): Located {
  const { url = '/', originalUrl = url } = request as IncomingMessage & { originalUrl?: string }
  return locate(place, pathOf(url), pathOf(originalUrl))
}

/** The path of a request target: `/path?query`, or a whole URL as proxies send it. */
export function pathOf(target: string): string {
  if (target.startsWith('/')) return target.split(/[?#]/, 1)[0]!
  return URL.parse(target)?.pathname ?? ''
}

/**
 * What to change so that requests arrive below `base`; undefined if the host's mount is fine and the path is simply not ours. Said
 * in place of a bare 404, in which nobody would recognize a wrong mount.
 */
export function describeMisplacement({ mount, base }: Place, { below, prefix, path }: Located): string | undefined {
  if (!prefix) return undefined
  if (below !== undefined) {
    if (belowBase(path, base) !== undefined || base !== mount) return undefined
    return `This server is mounted at ${prefix}, and its own base is ${mount}: set base: '${prefix}${mount}' in createOps, so that its links lead to ${prefix}${mount}.`
  }
  if ([mount, base].some((each) => belowBase(each, prefix) !== undefined)) return undefined
  return `This server is mounted at ${prefix}, but its base is ${mount}: set base: '${prefix}' in createOps, or mount it at ${mount}.`
}
