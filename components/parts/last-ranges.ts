/** Ranges that end now, by the word in the address. */
export const lastRanges = { '15m': 900_000, '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const

/** `deploy`: since the last deploy. */
export type LastRange = keyof typeof lastRanges | 'deploy'

/** The instant from which a relative range counts, or undefined if it is not one. The start of `deploy` only the page knows. */
export function startOfLast(last: string, at: number): string | undefined {
  return Object.hasOwn(lastRanges, last) ? new Date(at - lastRanges[last as keyof typeof lastRanges]).toISOString() : undefined
}
