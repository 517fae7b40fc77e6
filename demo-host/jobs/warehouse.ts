/** The imaginary warehouse ships what was paid ten minutes ago, but never an order whose number ends in 3 by itself. */
export function shippedOf(paid: { number: string; placed_at: Date }[], now = new Date()): string[] {
  return paid.filter(({ number, placed_at }) => !number.endsWith('3') && now.getTime() - placed_at.getTime() > 600_000).map(({ number }) => number)
}
