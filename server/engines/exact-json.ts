import { cutBelow } from '../../schemas/json-depth.ts'

/** JSON with exact numbers: a number beyond 2^53 keeps its digits and is serialized again unchanged. */

interface RawJson {
  rawJSON: string
}
/** Available since Node 21, but not yet in TypeScript's library. */
const json = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
  rawJSON(text: string): RawJson
  isRawJSON(value: unknown): value is RawJson
}

/** Replaces a value that is nested deeper than `maxDepth`. */
export const tooDeep = '[too deep to show]'
/** Code that walks, compares or serializes a value can recurse this deep without overflowing the stack. */
export const maxDepth = 200

/** Throws if the text is not JSON. Values nested deeper than 200 levels are replaced by the string `[too deep to show]`. */
export function parseExact(text: string): unknown {
  // Every level takes at least two characters.
  const shallow = text.length > 2 * maxDepth ? cutBelow(text, maxDepth, JSON.stringify(tooDeep)) : text
  // Numbers with fewer than sixteen digits in a row are exact anyway, which covers nearly every job.
  if (!/[0-9]{16}|[0-9.][eE]/.test(shallow)) return JSON.parse(shallow)
  return json.parse(shallow, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  )
}

/** A number that JavaScript cannot represent. Code that walks a value must treat it as a leaf. */
export function isExactNumber(value: unknown): value is RawJson {
  return json.isRawJSON(value)
}

/** Applies the depth limit to a value that was parsed elsewhere. Returns the same value if nothing in it is too deep. */
export function limitDepth(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return value
  if (depth >= maxDepth) return tooDeep
  if (Array.isArray(value)) {
    const items = value.map((inner) => limitDepth(inner, depth + 1))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  const entries = Object.entries(value)
  const limited = entries.map(([key, inner]) => [key, limitDepth(inner, depth + 1)] as const)
  return limited.every(([, inner], index) => inner === entries[index]![1]) ? value : Object.fromEntries(limited)
}

/**
 * Repairs a copy of `original` made by code that knows nothing of exact numbers. Such code copies an exact number like any
 * object, which leaves `{ rawJSON }`; those that occur in `original` become exact numbers again.
 */
export function restoreExactNumbers(value: unknown, original: unknown): unknown {
  const written = new Set<string>()
  collect(original, written)
  return written.size ? restore(value, written) : value
}

function collect(value: unknown, written: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  if (isExactNumber(value)) written.add(value.rawJSON)
  else for (const inner of Object.values(value)) collect(inner, written)
}

function restore(value: unknown, written: Set<string>): unknown {
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return value
  if (Array.isArray(value)) return value.map((inner) => restore(inner, written))
  const entries = Object.entries(value)
  const [first] = entries
  if (entries.length === 1 && first![0] === 'rawJSON' && written.has(String(first![1]))) return json.rawJSON(String(first![1]))
  return Object.fromEntries(entries.map(([key, inner]) => [key, restore(inner, written)]))
}
