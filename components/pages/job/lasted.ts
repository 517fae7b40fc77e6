import { duration } from '../../core/time.ts'
import { t } from '../../core/words.ts'

/** How long something took: `0.4 s` where whole seconds say too little. */
export function lasted(milliseconds: number): string {
  if (milliseconds >= 60_000) return duration(milliseconds)
  const seconds = milliseconds / 1000
  return t`${seconds < 9.95 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`
}
