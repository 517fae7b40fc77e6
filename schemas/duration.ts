/** Durations in words, for the server's sentences and the elements alike. Must not import zod. */

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** The two largest units that matter: `41 s`, `4 min`, `2 h 10 min`, `3 d`. */
export function duration(milliseconds: number): string {
  if (milliseconds < minute) return `${Math.floor(milliseconds / second)} s`
  if (milliseconds < hour) return `${Math.floor(milliseconds / minute)} min`
  if (milliseconds < 10 * hour) return withRest(milliseconds, hour, 'h', minute, 'min')
  if (milliseconds < 2 * day) return `${Math.floor(milliseconds / hour)} h`
  return `${Math.floor(milliseconds / day)} d`
}

function withRest(value: number, unit: number, name: string, smaller: number, smallerName: string): string {
  const rest = Math.floor((value % unit) / smaller)
  const whole = `${Math.floor(value / unit)} ${name}`
  return rest ? `${whole} ${rest} ${smallerName}` : whole
}
