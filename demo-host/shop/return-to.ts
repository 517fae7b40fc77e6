const shopOrigin = 'http://shop.invalid'

/** Where to go after signing in: always a path on this host, whatever the link contained. */
export function localPath(target: string | null | undefined): string {
  if (!target?.startsWith('/') || !URL.canParse(target, shopOrigin)) return '/'
  const { origin, pathname, search, hash } = new URL(target, shopOrigin)
  const isOurs = origin === shopOrigin && !pathname.startsWith('//') && pathname !== '/sign-in'
  return isOurs ? pathname + search + hash : '/'
}
