import { duration } from '../../../schemas/duration.ts'
import { t } from '../../core/words.ts'

/** A rate or a level; one decimal below ten. */
export function number(value: number, locale?: string): string {
  return value.toLocaleString(locale ?? 'en-GB', { maximumFractionDigits: value < 100 ? 1 : 0 })
}

/** `0.8 s`, `6.1 s`, `2 h 52 min`. */
export function seconds(value: number, locale?: string): string {
  return value < 60 ? t`${number(value, locale)} s` : duration(value * 1000)
}

/** A rate a minute that is never rounded to nothing where there was something. */
export function perMinute(value: number, locale?: string): string {
  return value > 0 && value < 0.05 ? '< 0.1' : number(value, locale)
}
