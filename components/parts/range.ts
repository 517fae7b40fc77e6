/** The ranges that charts offer in milliseconds, shortest first. */
export const ranges = { '1h': 3_600_000, '24h': 86_400_000 } as const

export type Range = keyof typeof ranges

/** A range from an address or an attribute; the shortest if it is none. */
export function parseRange(text: string): Range {
  return Object.hasOwn(ranges, text) ? (text as Range) : '1h'
}
