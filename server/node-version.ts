/**
 * Rejects a Node version that cannot run this package, instead of failing at the first request.
 *
 * @throws Error with the version found and the one expected
 */
export function requireNode(found: string = process.versions.node): void {
  const [major = 0, minor = 0] = found.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return
  throw new Error(`ops-powertools: this is Node ${found}; expected 22.18 or newer.`)
}
