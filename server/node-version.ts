/**
 * Refuses a Node that cannot run this package, before the first request would fail on it.
 *
 * @throws Error which says what was found and what is expected
 */
export function requireNode(found: string = process.versions.node): void {
  const [major = 0, minor = 0] = found.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return
  throw new Error(`ops-powertools: this is Node ${found}; expected 22.18 or newer.`)
}
