import { CliError } from './explain.ts'

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** An instant, or a time from now such as `30m`, `6h` or `2d`. */
export function parseUntil(text: string): string {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  if (count && unit) return new Date(Date.now() + Number(count) * units[unit]!).toISOString()
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString()
  throw new CliError(`--until is '${text}'; expected an instant such as 2026-11-21T06:00:00Z, or 30m, 6h, 2d.`)
}
