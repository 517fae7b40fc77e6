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
