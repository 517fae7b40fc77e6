/** The imaginary warehouse ships orders ten minutes after payment, except those whose number ends in 3. */
export function shippedOf(paid: { number: string; placed_at: Date }[], now = new Date()): string[] {
  return paid.filter(({ number, placed_at }) => !number.endsWith('3') && now.getTime() - placed_at.getTime() > 600_000).map(({ number }) => number)
}
