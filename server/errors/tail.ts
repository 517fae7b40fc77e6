/** Tails of discrete distributions, summed term by term from where they are asked, each term derived from the one before. */

const enough = 1e-12

/** Probability of at least `count` successes of `trials`, whose rate is itself distributed as Beta(alpha, beta). */
export function betaBinomialTail(count: number, { trials, alpha, beta }: { trials: number; alpha: number; beta: number }): number {
  if (count <= 0) return 1
  if (count > trials) return 0
  const at = (k: number) =>
    Math.exp(logGamma(trials + 1) - logGamma(k + 1) - logGamma(trials - k + 1) + logBeta(k + alpha, trials - k + beta) - logBeta(alpha, beta))
  const next = (k: number) => ((trials - k) / (k + 1)) * ((k + alpha) / (trials - k - 1 + beta))
  // Below the mean the other side is shorter to sum.
  if (count <= (trials * alpha) / (alpha + beta)) return Math.max(0, 1 - sumDown(count - 1, at(count - 1), (k) => 1 / next(k - 1)))
  return sumUp(count, trials, at(count), next)
}

/** Probability of at least `count` events, if their number is Poisson distributed with a mean that is Gamma(shape) times `scale`. */
export function negativeBinomialTail(count: number, { shape, scale }: { shape: number; scale: number }): number {
  if (count <= 0) return 1
  const share = scale / (1 + scale)
  const at = (k: number) => Math.exp(logGamma(k + shape) - logGamma(k + 1) - logGamma(shape) + shape * Math.log1p(-share) + k * Math.log(share))
  const next = (k: number) => ((k + shape) / (k + 1)) * share
  if (count <= shape * scale) return Math.max(0, 1 - sumDown(count - 1, at(count - 1), (k) => 1 / next(k - 1)))
  return sumUp(count, Number.POSITIVE_INFINITY, at(count), next)
}

function sumUp(from: number, to: number, first: number, next: (k: number) => number): number {
  let term = first
  let sum = 0
  for (let k = from; k <= to; k++) {
    sum += term
    if (k === to) break
    const ratio = next(k)
    term *= ratio
    if (!(ratio >= 1) && term <= sum * enough) break
  }
  return Math.min(1, sum)
}

function sumDown(from: number, first: number, previous: (k: number) => number): number {
  let term = first
  let sum = 0
  for (let k = from; k >= 0; k--) {
    sum += term
    if (k === 0) break
    const ratio = previous(k)
    term *= ratio
    if (!(ratio >= 1) && term <= sum * enough) break
  }
  return Math.min(1, sum)
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b)
}

/** Stirling's series, from 10 on exact to all digits that matter here; below, the recurrence leads there. */
export function logGamma(x: number): number {
  let shift = 0
  let z = x
  while (z < 10) {
    shift -= Math.log(z)
    z += 1
  }
  const w = 1 / (z * z)
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / z
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series
}
