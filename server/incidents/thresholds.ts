import type { DetectorOptions, DetectorSettings, Thresholds } from '../options.ts'

export const defaultThresholds: Readonly<Thresholds> = {
  stuckMinutes: 10,
  saturatedMinutes: 10,
  saturatedDrainMinutes: 60,
  longRunningFactor: 10,
  longRunningMinutes: 10,
  exhaustedJobs: 1,
  schedulerDownSeconds: 60,
}

export const limits: Readonly<Record<keyof Thresholds, { min: number; max: number; whole?: boolean }>> = {
  stuckMinutes: { min: 2, max: 60, whole: true },
  saturatedMinutes: { min: 1, max: 1_440 },
  saturatedDrainMinutes: { min: 0, max: 10_080 },
  longRunningFactor: { min: 1.5, max: 10_000 },
  longRunningMinutes: { min: 0, max: 10_080 },
  exhaustedJobs: { min: 1, max: 1_000_000, whole: true },
  schedulerDownSeconds: { min: 30, max: 86_400 },
}

/** Only for the host as a whole. */
const ofHostOnly: readonly (keyof Thresholds)[] = ['schedulerDownSeconds']

/**
 * `enabled`: what holds if the options do not say it.
 *
 * @throws Error which names the invalid option and what was expected
 */
export function parseDetector(options: DetectorOptions = {}, enabled: boolean): DetectorSettings {
  const { tickSeconds = 10 } = options
  requireNumber('tickSeconds', tickSeconds, { min: 0.05, max: 60 })
  const host = { ...defaultThresholds, ...checked('thresholds', options.thresholds ?? {}) }
  const queues = new Map(
    Object.entries(options.queues ?? {}).map(([queue, own]) => {
      const given = checked(`queues.${queue}`, own)
      const misplaced = ofHostOnly.find((name) => name in given)
      if (misplaced) throw new Error(`createOps: 'detector.queues.${queue}.${misplaced}' is not a threshold of a queue; set it in 'detector.thresholds'.`)
      return [queue, { ...host, ...given }]
    }),
  )
  const all = [host, ...queues.values()]
  return {
    enabled: options.enabled ?? enabled,
    tickSeconds,
    thresholdsOf: (queue) => (queue === undefined ? host : (queues.get(queue) ?? host)),
    least: (threshold) => Math.min(...all.map((each) => each[threshold])),
  }
}

function checked(where: string, given: Partial<Thresholds>): Partial<Thresholds> {
  const set = Object.entries(given).filter(([, value]) => value !== undefined)
  for (const [name, value] of set) {
    if (!Object.hasOwn(limits, name)) {
      throw new Error(`createOps: 'detector.${where}.${name}' is not a threshold; expected one of ${Object.keys(limits).join(', ')}.`)
    }
    requireNumber(`${where}.${name}`, value, limits[name as keyof Thresholds])
  }
  return Object.fromEntries(set)
}

function requireNumber(where: string, value: unknown, { min, max, whole = false }: { min: number; max: number; whole?: boolean }): void {
  const fits = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value))
  if (!fits) throw new Error(`createOps: 'detector.${where}' is ${String(value)}; expected ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}.`)
}
