import { fieldError } from '../error.ts'

const parsed = new Map<string, string>()
const maxParsed = 1_000

/**
 * Parses an IANA timezone into its usual spelling, e.g. `europe/berlin` → `Europe/Berlin`. An alias (`Etc/UTC`) is not
 * resolved, because operators expect the name they typed.
 */
export function parseTimezone(given: string, path = 'timezone'): string {
  const cached = parsed.get(given)
  if (cached) return cached
  const canonical = resolve(given)
  if (!canonical) throw fieldError(path, `got '${given}'; expected an IANA timezone such as Europe/Berlin or Etc/UTC`)
  const name = canonical.toLowerCase() === given.toLowerCase() ? canonical : given
  if (parsed.size >= maxParsed) parsed.clear()
  parsed.set(given, name)
  return name
}

/** Offsets such as `+02:00` are not accepted: they have no daylight saving time. */
function resolve(given: string): string | undefined {
  if (!/^[A-Za-z][\w+/-]*$/.test(given)) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}
