/**
 * Synthetic series of attempts and failures by the minute, with injected bursts and harmless surges: overdispersed background,
 * a daily rhythm, retries that follow failures.
 */

export interface Series {
  attempts: Int32Array
  failures: Int32Array
  bursts: [start: number, end: number][]
}

export const days = 9
export const evaluatedFrom = 2 * 1440
const minutes = days * 1440

export class Random {
  #state: number
  #spare: number | undefined

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  uniform(from = 0, to = 1): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return from + ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296 * (to - from)
  }

  integer(from: number, below: number): number {
    return Math.floor(this.uniform(from, below))
  }

  choice<T>(of: readonly T[]): T {
    return of[this.integer(0, of.length)]!
  }

  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare
      this.#spare = undefined
      return spare
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    const angle = 2 * Math.PI * this.uniform()
    this.#spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  /** Shape 2: the sum of two exponential values. */
  gammaOfTwo(scale: number): number {
    return -scale * Math.log((1 - this.uniform()) * (1 - this.uniform()))
  }

  poisson(mean: number): number {
    if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()))
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count += 1
    return count
  }

  binomial(trials: number, probability: number): number {
    if (trials <= 0 || probability <= 0) return 0
    if (probability >= 1) return trials
    if (probability > 0.5) return trials - this.binomial(trials, 1 - probability)
    const mean = trials * probability
    if (mean > 60) return Math.min(trials, Math.max(0, Math.round(mean + Math.sqrt(mean * (1 - probability)) * this.normal())))
    // By the gaps between successes, so that the work goes with their number.
    const log = Math.log1p(-probability)
    let count = 0
    for (let at = Math.floor(Math.log(1 - this.uniform()) / log); at < trials; at += 1 + Math.floor(Math.log(1 - this.uniform()) / log)) count += 1
    return count
  }
}

export function makeSeries(random: Random): Series {
  const base = 10 ** random.uniform(-0.7, 2.3)
  const usual = 10 ** random.uniform(-3.5, -1.3)
  const volume = new Float64Array(minutes).fill(1)
  for (let surge = 0; surge < 2; surge++) {
    const at = random.integer(1440, minutes - 120)
    const length = random.integer(20, 60)
    const factor = random.choice([4, 8])
    for (let minute = at; minute < at + length; minute++) volume[minute]! *= factor
  }
  const rates = new Float64Array(minutes)
  for (let minute = 0, mixed = 0; minute < minutes; minute++) {
    if (minute % 10 === 0) mixed = random.gammaOfTwo(0.5)
    rates[minute] = Math.min(0.5, usual * mixed)
  }
  const attempts = new Int32Array(minutes)
  for (let minute = 0; minute < minutes; minute++) {
    attempts[minute] = random.poisson(base * (1 + 0.8 * Math.sin(2 * Math.PI * (minute / 1440 - 0.3))) * volume[minute]!)
  }
  const bursts = injectBursts(random, attempts, rates, usual)
  const failures = new Int32Array(minutes)
  for (let minute = 0; minute < minutes; minute++) failures[minute] = random.binomial(attempts[minute]!, Math.min(1, rates[minute]!))
  return { ...withRetries(random, attempts, failures), bursts }
}

function injectBursts(random: Random, attempts: Int32Array, rates: Float64Array, usual: number): Series['bursts'] {
  const bursts: Series['bursts'] = []
  for (let burst = 0; burst < 2; burst++) {
    for (let tries = 0; tries < 50; tries++) {
      const start = random.integer(2 * 1440, minutes - 200)
      const length = random.integer(10, 60)
      const rate = random.choice([0.15, 0.4, 1])
      const extra = attempts.subarray(start, start + length).reduce((sum, n) => sum + n, 0) * (rate - usual)
      if (!(extra >= 12 && bursts.every(([other]) => Math.abs(start - other) > 300) && rate > 6 * usual)) continue
      rates.fill(rate, start, start + length)
      bursts.push([start, start + length])
      break
    }
  }
  return bursts
}

/** Half of the failures fail once more within one to five minutes: an attempt and a failure. */
function withRetries(random: Random, attempts: Int32Array, failures: Int32Array): Pick<Series, 'attempts' | 'failures'> {
  const all = { attempts: attempts.slice(), failures: failures.slice() }
  for (let minute = 0; minute < minutes; minute++) {
    for (let again = random.binomial(failures[minute]!, 0.5); again > 0; again--) {
      const at = minute + random.integer(1, 6)
      if (at >= minutes) continue
      all.attempts[at]! += 1
      all.failures[at]! += 1
    }
  }
  return all
}

export interface Score {
  bursts: number
  precision: number
  recall: number
  /** False alarms in a hundred weeks of one series. */
  falsePer100: number
  delayMedian: number
  delayP90: number
}

/** `alarm` is called for each minute in order and answers whether there is an alarm at its end. */
export function score(series: Series[], start: (series: Series) => (minute: number) => boolean): Score {
  let hits = 0
  let misses = 0
  let wrong = 0
  const delays: number[] = []
  for (const each of series) {
    const alarm = start(each)
    const alarms: number[] = []
    for (let minute = 0; minute < minutes; minute++) if (alarm(minute) && minute >= evaluatedFrom) alarms.push(minute)
    const found = each.bursts.map(() => false)
    for (const [from, to] of episodesOf(alarms)) {
      let right = false
      each.bursts.forEach(([begin, end], index) => {
        if (to < begin || from > end + 10) return
        right = true
        if (!found[index]) delays.push(Math.max(0, from - begin))
        found[index] = true
      })
      if (!right) wrong += 1
    }
    hits += found.filter(Boolean).length
    misses += found.filter((hit) => !hit).length
  }
  const sorted = delays.toSorted((a, b) => a - b)
  const weeks = (series.length * (days - 2)) / 7
  return {
    bursts: hits + misses,
    precision: hits / (hits + wrong),
    recall: hits / (hits + misses),
    falsePer100: (wrong / weeks) * 100,
    delayMedian: sorted[Math.floor(sorted.length / 2)] ?? -1,
    delayP90: sorted[Math.floor(sorted.length * 0.9)] ?? -1,
  }
}

/** Alarms no more than ten minutes apart are one. */
function episodesOf(alarms: number[]): [from: number, to: number][] {
  const episodes: [number, number][] = []
  for (const minute of alarms) {
    const last = episodes.at(-1)
    if (last && minute - last[1] <= 10) last[1] = minute
    else episodes.push([minute, minute])
  }
  return episodes
}
