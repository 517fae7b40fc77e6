import { betaBinomialTail, negativeBinomialTail } from './tail.ts'

/**
 * The rule that distinguishes a burst from the usual failures. The baseline is made of sums in which a minute loses half its weight every
 * twelve hours; a minute is added ten minutes late, and not at all during a burst. Failures come in clumps, so the
 * evidence is divided by how much more they have varied so far than chance alone would make them. All functions are pure, and the work for
 * each minute does not depend on the length of the history.
 */

export interface Baseline {
  /** Failures of the group. */
  failures: number
  /** Attempts of its queue. */
  attempts: number
  /** How far the five-minute counts were from what was expected, squared and divided by it. */
  dispersion: number
  /** Minutes that were added to the baseline. */
  weight: number
}

/** The last five complete minutes. */
export interface Recent {
  failures: number
  /** null: the engine does not report them. */
  attempts: number | null
}

export interface Verdict {
  burst: boolean
  /** Of at least as many failures, if nothing had changed; null for fewer than five failures. */
  probability: number | null
  /** Failures in five minutes that would be usual. */
  expected: number
}

export const windowMinutes = 5
/** How long a minute waits before it is added to the baseline. */
export const feedDelayMinutes = 10
const halfLifeMinutes = 720
const decay = 2 ** (-1 / halfLifeMinutes)
/** What the weight of an endless history comes to. */
const fullWeight = 1 / (1 - decay)

const minFailures = 5
const minFactor = 6
const minRate = 0.05
const maxProbability = 1e-6
/** Without attempts to compare with, the volume of work alone can multiply the failures. */
const minFactorWithoutAttempts = 10
const maxSurprise = 25
const maxDispersion = 25

export const emptyBaseline: Baseline = { failures: 0, attempts: 0, dispersion: 0, weight: 0 }

export function judge(recent: Recent, baseline: Baseline): Verdict {
  const expected = expectedFailures(recent, baseline)
  if (recent.failures < minFailures) return { burst: false, probability: null, expected }
  const factor = recent.failures / expected
  const spread = dispersionOf(baseline)
  const failures = Math.max(1, Math.floor(recent.failures / spread))
  if (recent.attempts === null) {
    const probability = negativeBinomialTail(failures, { shape: baseline.failures / spread + 0.5, scale: windowMinutes / weightOf(baseline) })
    return { burst: probability < maxProbability && factor >= minFactorWithoutAttempts, probability, expected }
  }
  const attempts = Math.max(failures, Math.floor(recent.attempts / spread))
  const alpha = baseline.failures / spread + 0.5
  const beta = Math.max(0, baseline.attempts - baseline.failures) / spread + 0.5
  const probability = betaBinomialTail(failures, { trials: attempts, alpha, beta })
  const rate = recent.failures / Math.max(1, recent.attempts)
  return { burst: probability < maxProbability && factor >= minFactor && rate >= minRate, probability, expected }
}

export function expectedFailures({ attempts }: Recent, baseline: Baseline): number {
  if (attempts === null) return ((baseline.failures + 0.5) / weightOf(baseline)) * windowMinutes
  return Math.max(attempts, 1) * ((baseline.failures + 0.5) / (baseline.attempts + 1))
}

export interface FedMinute {
  failures: number
  attempts: number
  /** The five minutes that end with it. */
  window: Recent
  /** False: it belongs to a burst. Then it adds to the dispersion, but not to the usual rate. */
  usual: boolean
}

export function feed(baseline: Baseline, { failures, attempts, window, usual }: FedMinute): Baseline {
  const faded = fade(baseline, 1)
  const expected = expectedFailures(window, baseline)
  const dispersion = faded.dispersion + Math.min(maxSurprise, (window.failures - expected) ** 2 / Math.max(expected, 0.05))
  if (!usual) return { ...faded, dispersion }
  return { failures: faded.failures + failures, attempts: faded.attempts + attempts, dispersion, weight: faded.weight + 1 }
}

/** What is left of it after this many unmeasured minutes. */
export function fade({ failures, attempts, dispersion, weight }: Baseline, minutes: number): Baseline {
  const left = decay ** minutes
  return { failures: failures * left, attempts: attempts * left, dispersion: dispersion * left, weight: weight * left }
}

/** How much more the counts vary than chance alone would make them, from 1 to 25. */
function dispersionOf({ dispersion }: Baseline): number {
  return Math.min(maxDispersion, Math.max(1, dispersion / fullWeight))
}

/** A short history counts as at least an hour, in which nothing more failed. */
function weightOf({ weight }: Baseline): number {
  return Math.max(60, weight)
}
