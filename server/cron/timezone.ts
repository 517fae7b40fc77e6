import { fieldError } from '../error.ts'

const known = new Map<string, string>()
const maxKnown = 1_000

/**
 * An IANA timezone in its usual spelling, e.g. `europe/berlin` → `Europe/Berlin`. A name that is a link (`Etc/UTC`)
 * stays as it was written, because people look for what they typed.
 */
export function parseTimezone(given: string, path = 'timezone'): string {
  const kept = known.get(given)
  if (kept) return kept
  const canonical = resolve(given)
  if (!canonical) throw fieldError(path, `got '${given}'; expected an IANA timezone such as Europe/Berlin or Etc/UTC`)
  const name = canonical.toLowerCase() === given.toLowerCase() ? canonical : given
  if (known.size >= maxKnown) known.clear()
  known.set(given, name)
  return name
}

/** Offsets such as `+02:00` are not timezones: they know no daylight saving. */
function resolve(given: string): string | undefined {
  if (!/^[A-Za-z][\w+/-]*$/.test(given)) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}
