const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** Delays after each failed attempt: ten attempts in a day. */
const waitsMs = [5 * second, 5 * minute, 25 * minute, 90 * minute, 3 * hour, 5 * hour, 4 * hour, 6 * hour, 4 * hour]
const maxRetryAfterMs = hour

/**
 * When to retry after `tries` failed attempts; null: a day has passed, and the message is given up.
 *
 * @param spread from 0 to 1: jitter, so that a receiver that recovers is not overrun
 */
export function nextTry(tries: number, now: Date, spread: number, retryAfterMs = 0): Date | null {
  const wait = waitsMs[tries - 1]
  if (wait === undefined) return null
  return new Date(now.getTime() + Math.max(wait * (0.9 + 0.2 * spread), Math.min(retryAfterMs, maxRetryAfterMs)))
}

/** A number from 0 to 1 that is always the same for one attempt of one delivery. */
export function spreadOf(id: string, tries: number): number {
  const hex = id.replaceAll('-', '')
  return ((Number.parseInt(hex.slice(-6), 16) + tries * 0x9e3779) % 0x1000000) / 0x1000000
}
