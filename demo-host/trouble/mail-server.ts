import { troubled } from './mode.ts'

/** How long after the start it cannot be reached: long enough to look around, and then a retry succeeds. */
const outageMs = 15 * 60_000
const startedAt = Date.now()

/** Since v412 mails go through another server, which the firewall does not let through. */
export function connectToMailServer(order: number): void {
  if (!troubled || Date.now() - startedAt > outageMs) return
  throw new Error(`connect ETIMEDOUT 10.1.7.${20 + (order % 5)}:587 (smtp-eu-2)`)
}
