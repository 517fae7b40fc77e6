import type { EngineFailure, QueueMeasurement } from '../../server/engines/engine.ts'

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
  /** So many of its attempts fail with this error, a third of them for good; `executor`: all of them there. */
  failing?: { share: number; error: string; executor?: string }
  /** So many jobs fail for good at once with this error. */
  exhausted?: { jobs: number; error: string }
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

const usualShare = 0.004
const finalShare = 0.3

interface Failing {
  from: number
  queue?: string
  condition?: Condition
}

/** Attempts that fail, usual ones and those of faults. Jobs that failed for good stay until their fault is over, when they are repaired. */
export class SimulatedFailures {
  readonly #random: Random
  readonly #start: number
  #dead: { failure: EngineFailure; of: Failing }[] = []
  #count = 0

  constructor(random: Random, start: number) {
    this.#random = random
    this.#start = start
  }

  /** The failures of the minute that ends at `minute`, of the queue `mail`. */
  fail(minute: number, going: readonly Failing[], measured: readonly QueueMeasurement[]): EngineFailure[] {
    const mail = measured.find(({ name }) => name === 'mail')!
    const at = new Date(this.#start + minute * 60_000)
    const failures: EngineFailure[] = []
    for (let attempt = 0; attempt < (mail.started ?? 0); attempt++) if (this.#random() < usualShare) failures.push(this.#failure(at, 'Error: the mailbox is full', false))
    for (const of of going) {
      const { failing, exhausted } = of.condition ?? {}
      const now = failing ? Array.from({ length: mail.started ?? 0 }).filter(() => this.#random() < failing.share).map(() => this.#failure(at, failing.error, this.#random() < finalShare, failing.executor)) : []
      if (exhausted && of.from === minute) for (let job = 0; job < exhausted.jobs; job++) now.push(this.#failure(at, exhausted.error, true))
      failures.push(...now)
      this.#dead.push(...now.filter(({ final }) => final).map((failure) => ({ failure, of })))
    }
    mail.failed = failures.length
    return failures
  }

  dead(going: readonly Failing[]): EngineFailure[] {
    this.#dead = this.#dead.filter(({ of }) => going.includes(of))
    return this.#dead.map(({ failure }) => failure)
  }

  #failure(at: Date, text: string, final: boolean, executor = `mail-${Math.floor(this.#random() * 3)}`): EngineFailure {
    const id = String(++this.#count)
    return { id, queue: 'mail', worker: 'Mailer', attempt: final ? 3 : 1, key: '1', at, final, executor, error: { text } }
  }
}
