import type { QueueMeasurement } from '../../server/engines/engine.ts'

/**
 * A host whose week is decided by a seed: queues with a day and a night, slots and a backlog, minute by minute, and faults in
 * them. Nothing here knows how faults are recognized.
 */

export type Random = () => number

/** mulberry32 */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function poisson(random: Random, mean: number): number {
  if (mean <= 0) return 0
  if (mean > 40) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gaussian(random)))
  const least = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > least; product *= random()) count++
  return count
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export interface QueuePlan {
  name: string
  worker: string
  executors: number
  slotsEach: number
  runSeconds: number
  /** Jobs per minute at the busiest hour. */
  perMinute: number
  /** How much less there is to do at night, from 0 to 1. */
  night: number
}

export const queuePlans: readonly QueuePlan[] = [
  { name: 'mail', worker: 'Mailer', executors: 3, slotsEach: 4, runSeconds: 3, perMinute: 40, night: 0.8 },
  { name: 'report', worker: 'Export', executors: 1, slotsEach: 2, runSeconds: 20, perMinute: 2, night: 0.7 },
  { name: 'image', worker: 'Resize', executors: 2, slotsEach: 8, runSeconds: 5, perMinute: 60, night: 0.8 },
  { name: 'billing', worker: 'Invoice', executors: 1, slotsEach: 2, runSeconds: 4, perMinute: 0.3, night: 0.5 },
  { name: 'archive', worker: 'Archive', executors: 1, slotsEach: 1, runSeconds: 30, perMinute: 0.02, night: 0 },
  { name: 'hourly', worker: 'Sync', executors: 1, slotsEach: 1, runSeconds: 60, perMinute: 0, night: 0 },
]

/** What is wrong or unusual with a queue in one minute. */
export interface Condition {
  /** Executors that died with jobs in hand. */
  dead?: number
  /** Executors that are alive and take no jobs. */
  hung?: boolean
  /** How many times as long jobs take. */
  slow?: number
  /** How many times as many jobs come. */
  surge?: number
  paused?: boolean
}

/** One queue as it goes through the week. */
export class SimulatedQueue {
  readonly plan: QueuePlan
  readonly #random: Random
  #backlog: { at: number; jobs: number }[] = []
  /** Jobs of dead executors that the engine still considers executing. */
  #zombies = 0

  constructor(plan: QueuePlan, random: Random) {
    this.plan = plan
    this.#random = random
  }

  get zombies(): number {
    return this.#zombies
  }

  /** One minute, which ends at `at`. */
  pass(at: number, { dead = 0, hung = false, slow = 1, surge = 1, paused = false }: Condition): QueueMeasurement {
    const { name, executors, slotsEach, runSeconds, perMinute, night } = this.plan
    const alive = Math.max(0, executors - dead)
    const slots = alive * slotsEach
    const came = poisson(this.#random, perMinute * hourOfDay(at, night) * surge)
    if (came) this.#backlog.push({ at: at - Math.floor(this.#random() * 60_000), jobs: came })
    this.#zombies = dead ? Math.max(this.#zombies, dead) : 0
    const seconds = runSeconds * slow
    const capacity = hung || paused ? 0 : this.#chance((slots * 60) / seconds)
    const started = this.#take(capacity)
    const due = this.#backlog.reduce((sum, { jobs }) => sum + jobs, 0)
    const busy = hung ? 0 : due > 0 && !paused ? slots : Math.min(slots, this.#chance((started * seconds) / 60))
    const executing = busy + this.#zombies
    return {
      name,
      depth: [{ state: 'available', count: due, how: 'exact' }, { state: 'executing', count: executing, how: 'exact' }],
      oldestAvailableAt: due ? new Date(this.#backlog[0]!.at) : null,
      paused,
      executors: alive,
      limit: slotsEach,
      finished: started,
      failed: 0,
      waitP95Seconds: null,
      started,
      discarded: 0,
      due: { count: due, how: 'exact', oldestAt: due ? new Date(this.#backlog[0]!.at) : null },
    }
  }

  #take(capacity: number): number {
    let left = capacity
    while (left > 0 && this.#backlog.length) {
      const first = this.#backlog[0]!
      const taken = Math.min(first.jobs, left)
      first.jobs -= taken
      left -= taken
      if (first.jobs === 0) this.#backlog.shift()
    }
    return capacity - left
  }

  /** A whole number whose mean is this one. */
  #chance(mean: number): number {
    return Math.floor(mean) + (this.#random() < mean % 1 ? 1 : 0)
  }
}

/** From 1 at two in the afternoon to `1 - night` twelve hours earlier. */
function hourOfDay(at: number, night: number): number {
  const hour = (at / 3_600_000) % 24
  return 1 - night * (0.5 - 0.5 * Math.cos(((hour - 14) / 12) * Math.PI))
}
