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

export function parseExact(text: string): unknown {
  // Fewer than sixteen digits in a row are safe, and that is nearly every job.
  if (!/[0-9]{16}|[0-9.][eE]/.test(text)) return JSON.parse(text)
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  )
}

/** A number that JavaScript cannot hold. Whoever walks a value leaves it whole. */
export function isExactNumber(value: unknown): value is RawJson {
  return json.isRawJSON(value)
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
