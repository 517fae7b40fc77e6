/**
 * The host's `allowedOrigins`, checked.
 *
 * @throws Error which names the value that is not an origin
 */
export function parseAllowedOrigins(origins: readonly string[] = []): ReadonlySet<string> {
  if (!Array.isArray(origins)) throw new Error(`createOps: 'allowedOrigins' is ${typeof origins}; expected a list such as ['https://admin.example.com'].`)
  for (const origin of origins as readonly unknown[]) {
    const url = typeof origin === 'string' ? URL.parse(origin) : null
    if (url && /^https?:$/.test(url.protocol) && url.origin === origin && !url.hostname.includes('*')) continue
    const hint = origin === '*' ? 'Every page on the web could then act with your operators’ cookies.' : 'No path and no trailing slash.'
    throw new Error(`createOps: 'allowedOrigins' contains ${JSON.stringify(origin)}; expected scheme, host and port, e.g. https://admin.example.com. ${hint}`)
  }
  return new Set(origins)
}
