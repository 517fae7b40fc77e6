import { OpsError } from '../error.ts'

/** The time asked for. Whole minutes, because failures are counted by the minute. */
export interface ErrorRange {
  from: Date
  to: Date
  /** Width of a step of the histogram. */
  stepSeconds: number
}

const defaultMs = 3_600_000
/** Minutes are kept for a week. */
const maxMs = 7 * 86_400_000
const steps = [60, 300, 900, 3_600, 10_800]
const maxSteps = 120

/** @throws OpsError `invalid_request` if it ends before it begins, or is longer than a week */
export function rangeOf({ from, to }: { from?: string; to?: string }, now: Date): ErrorRange {
  const end = to === undefined ? now : new Date(to)
  const start = from === undefined ? new Date(end.getTime() - defaultMs) : new Date(from)
  if (start >= end) throw new OpsError('invalid_request', `query.from: got ${start.toISOString()}, expected an instant before ${end.toISOString()}.`)
  if (end.getTime() - start.getTime() > maxMs) throw new OpsError('invalid_request', 'query.from: expected at most seven days before the end of the range.')
  const seconds = (end.getTime() - start.getTime()) / 1_000
  const stepSeconds = steps.find((step) => seconds / step <= maxSteps) ?? steps.at(-1)!
  const whole = (at: Date, round: (n: number) => number) => new Date(round(at.getTime() / (stepSeconds * 1_000)) * stepSeconds * 1_000)
  return { from: whole(start, Math.floor), to: whole(end, Math.ceil), stepSeconds }
}
