/** Older figures are lagging: still shown, with their age. */
export const laggingMs = 60_000
/** Still older ones say nothing about the present: every verdict based on them is unknown. */
export const unknownMs = 300_000

/** How far figures may be trusted. `unknown` also if nothing was ever measured. */
export type FigureAge = 'fresh' | 'lagging' | 'unknown'

/** The only rule for the age of figures; every surface and every verdict uses it. */
export function ageOfFigures(asOf: Date | null, now: Date): FigureAge {
  if (!asOf) return 'unknown'
  const age = now.getTime() - asOf.getTime()
  return age > unknownMs ? 'unknown' : age > laggingMs ? 'lagging' : 'fresh'
}
