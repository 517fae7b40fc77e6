const here = 'http://shop.invalid'

/** Where to go after signing in: always a path on this host, whatever the link contained. */
export function localPath(wanted: string | null | undefined): string {
  if (!wanted?.startsWith('/') || !URL.canParse(wanted, here)) return '/'
  const { origin, pathname, search, hash } = new URL(wanted, here)
  const isOurs = origin === here && !pathname.startsWith('//') && pathname !== '/sign-in'
  return isOurs ? pathname + search + hash : '/'
}
