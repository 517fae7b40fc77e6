import { cutBelow } from '../../schemas/json-depth.ts'

/** JSON whose numbers stay as they were written: one beyond 2^53 is kept as its digits and written out again unchanged. */

interface RawJson {
  rawJSON: string
}
/** In V8 since Node 21; not in TypeScript's library yet. */
const json = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown
  rawJSON(text: string): RawJson
  isRawJSON(value: unknown): value is RawJson
}

/** What stands in for a value that is nested deeper than `maxDepth`. */
export const tooDeep = '[too deep to show]'
/** Whoever walks, compares or writes out a value may recurse so far without fear for the stack. */
export const maxDepth = 200

/** Throws where the text is no JSON. What is nested deeper than 200 is replaced by the string `[too deep to show]`. */
export function parseExact(text: string): unknown {
  // Every level takes two characters at least.
  const shallow = text.length > 2 * maxDepth ? cutBelow(text, maxDepth, JSON.stringify(tooDeep)) : text
  // Fewer than sixteen digits in a row are safe, and that is nearly every job.
  if (!/[0-9]{16}|[0-9.][eE]/.test(shallow)) return JSON.parse(shallow)
  return json.parse(shallow, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  )
}

/** A number that JavaScript cannot hold. Whoever walks a value leaves it whole. */
export function isExactNumber(value: unknown): value is RawJson {
  return json.isRawJSON(value)
}

/** The same for a value that somebody else has parsed; itself where nothing in it is too deep. */
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
 * What somebody else made of a value who knew nothing of exact numbers: walked like any object, such a number comes back as
 * a copy of its insides. Those that were in `original` are made whole again.
 */
export function mendExact(value: unknown, original: unknown): unknown {
  const written = new Set<string>()
  collect(original, written)
  return written.size ? mend(value, written) : value
}

function collect(value: unknown, written: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  if (isExactNumber(value)) written.add(value.rawJSON)
  else for (const inner of Object.values(value)) collect(inner, written)
}

function mend(value: unknown, written: Set<string>): unknown {
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return value
  if (Array.isArray(value)) return value.map((inner) => mend(inner, written))
  const entries = Object.entries(value)
  const [first] = entries
  if (entries.length === 1 && first![0] === 'rawJSON' && written.has(String(first![1]))) return json.rawJSON(String(first![1]))
  return Object.fromEntries(entries.map(([key, inner]) => [key, mend(inner, written)]))
}
