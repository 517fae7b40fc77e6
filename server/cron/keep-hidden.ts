import { isDeepStrictEqual } from 'node:util'
import { isExactNumber } from '../engines/exact-json.ts'

/**
 * Merges args that come back from a client that received them through the display policy: a value that is unchanged from what
 * was shown keeps its stored value. So a form that shows `[hidden]` cannot overwrite a secret with that word.
 */
export function keepHidden(given: unknown, shown: unknown, stored: unknown): unknown {
  if (isDeepStrictEqual(given, shown)) return stored
  if (Array.isArray(given) && Array.isArray(shown) && Array.isArray(stored) && given.length === shown.length) {
    return given.map((value: unknown, index) => keepHidden(value, shown[index], stored[index]))
  }
  if (!isRecord(given) || !isRecord(shown) || !isRecord(stored)) return given
  return Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, Object.hasOwn(shown, key) ? keepHidden(value, shown[key], stored[key]) : value]),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
}
