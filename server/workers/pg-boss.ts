import type { Attendance } from './attendance.ts'
import { Companion, type Wish } from './companion.ts'
import type { AttendOptions } from './options.ts'

/** The part of a pg-boss 12 job that is used here. */
interface JobLike {
  id: string
  signal?: AbortSignal
  retryCount?: number
}

type Handler = (jobs: JobLike[], ...rest: unknown[]) => unknown

/** The part of a pg-boss 12 instance that is used here; no queue library is loaded. */
export interface PgBossWorkers {
  work(...request: never[]): Promise<string>
  offWork(name: string, options?: { id?: string; wait?: boolean }): Promise<void>
  stop(options?: object): Promise<void>
}

type Work = (name: string, options: Record<string, unknown>, handler: Handler) => Promise<string>

/**
 * Attends the workers of a pg-boss instance: call it before `work`, and leave everything else as it is. From then on the process
 * reports itself, its queues can be paused, resumed and scaled, and cancelling a job aborts `job.signal`.
 *
 * @example
 * const boss = new PgBoss(databaseUrl)
 * attendPgBoss(boss, { database: { url: databaseUrl } })
 * await boss.start()
 * await boss.work('mail', { localConcurrency: 4 }, async ([job]) => send(job.data, { signal: job.signal }))
 */
export function attendPgBoss(boss: PgBossWorkers, options: AttendOptions): Attendance {
  const companion = new Companion(options, 'pg-boss')
  const native = {
    work: boss.work.bind(boss) as unknown as Work,
    offWork: boss.offWork.bind(boss),
    stop: boss.stop.bind(boss),
  }
  const queues = new Map<string, BossQueue>()

  const original = { work: ownOf(boss, 'work'), offWork: ownOf(boss, 'offWork'), stop: ownOf(boss, 'stop') }
  const end = async (): Promise<void> => {
    for (const name of ['work', 'offWork', 'stop'] as const) restore(boss, name, original[name])
    await companion.stop()
  }

  boss.work = (async (name: string, ...rest: unknown[]) => {
    const handler = rest.at(-1)
    // pg-boss says what is wrong with it.
    if (typeof name !== 'string' || typeof handler !== 'function') return native.work(name, ...(rest as [Record<string, unknown>, Handler]))
    let queue = queues.get(name)
    if (!queue) queues.set(name, (queue = new BossQueue(name, native, companion)))
    companion.serve(queue)
    await companion.hear()
    return queue.add((rest.length > 1 ? rest[0] : {}) as Record<string, unknown>, handler as Handler)
  }) as unknown as PgBossWorkers['work']

  boss.offWork = async (name, { id, wait = true } = {}) => {
    const queue = queues.get(name)
    if (!queue) return native.offWork(name, { id, wait })
    await queue.remove(id, wait)
    if (!queue.empty) return
    queues.delete(name)
    companion.leave(name)
  }

  boss.stop = async (request) => {
    for (const queue of queues.values()) queue.close()
    try {
      await native.stop(request)
    } finally {
      await end()
    }
  }
  return { id: companion.id, stop: end }
}

function ownOf(boss: PgBossWorkers, name: keyof PgBossWorkers): PropertyDescriptor | undefined {
  return Object.getOwnPropertyDescriptor(boss, name)
}

function restore(boss: PgBossWorkers, name: keyof PgBossWorkers, original: PropertyDescriptor | undefined): void {
  if (original) Object.defineProperty(boss, name, original)
  else Reflect.deleteProperty(boss, name)
}

/** One of the workers that pg-boss runs for a registration. `on`: it polls; `stopping`: it finishes what it has in hand. */
interface Slot {
  id?: string
  /** How many jobs it takes at once. */
  batch: number
  stopping?: Promise<void>
}

/** What the host asked for in one call of `work`. */
interface Registration {
  id: string
  options: Record<string, unknown>
  handler: Handler
  batchSize: number
  concurrency: number
  slots: Slot[]
}

/**
 * A queue's workers, each registered with pg-boss on its own, so that single ones can be stopped and started: what a stopped one
 * has in hand it finishes, and its successor starts only then.
 */
class BossQueue {
  readonly name: string
  readonly #native: { work: Work; offWork: PgBossWorkers['offWork'] }
  readonly #companion: Companion
  #registrations: Registration[] = []
  #wish: Wish = { paused: false, limit: null }
  #closed = false

  constructor(name: string, native: { work: Work; offWork: PgBossWorkers['offWork'] }, companion: Companion) {
    this.name = name
    this.#native = native
    this.#companion = companion
    this.#wish = companion.wishFor(name)
  }

  get empty(): boolean {
    return this.#registrations.length === 0
  }

  slots(): number {
    return this.#registrations.reduce((sum, registration) => sum + this.#wanted(registration).reduce((batches, batch) => batches + batch, 0), 0)
  }

  /** Starts the workers of one call of `work`. */
  async add(given: Record<string, unknown>, handler: Handler): Promise<string> {
    const { localConcurrency = 1, batchSize = 1, ...options } = given as { localConcurrency?: number; batchSize?: number }
    const registration: Registration = { id: '', options, handler: this.#wrap(handler), batchSize, concurrency: localConcurrency, slots: [] }
    this.#registrations.push(registration)
    try {
      await this.#adjust(registration)
    } catch (error) {
      // What pg-boss refuses, e.g. an option, the host hears as it would without the companion.
      this.#registrations = this.#registrations.filter((each) => each !== registration)
      throw error
    }
    registration.id = registration.slots.find(({ id }) => id !== undefined)?.id ?? crypto.randomUUID()
    return registration.id
  }

  async remove(id: string | undefined, wait: boolean): Promise<void> {
    const gone = this.#registrations.filter((registration) => id === undefined || registration.id === id)
    this.#registrations = this.#registrations.filter((registration) => !gone.includes(registration))
    const ended = gone.flatMap(({ slots }) => slots.map((slot) => this.#stop(slot)))
    if (wait) await Promise.all(ended)
  }

  /** pg-boss itself stops its workers now. */
  close(): void {
    this.#closed = true
  }

  async obey(wish: Wish): Promise<void> {
    this.#wish = wish
    for (const registration of this.#registrations) await this.#adjust(registration)
  }

  /** How many jobs each worker of the registration should take at once; several registrations share a limit. */
  #wanted({ batchSize, concurrency, ...registration }: Registration): number[] {
    const { paused, limit } = this.#wish
    if (paused) return []
    if (limit === null) return Array<number>(concurrency).fill(batchSize)
    const place = this.#registrations.findIndex(({ slots }) => slots === registration.slots)
    const share = Math.floor(limit / this.#registrations.length) + (place < limit % this.#registrations.length ? 1 : 0)
    const whole = Array<number>(Math.floor(share / batchSize)).fill(batchSize)
    return share % batchSize ? [...whole, share % batchSize] : whole
  }

  async #adjust(registration: Registration): Promise<void> {
    const { slots } = registration
    const wanted = this.#wanted(registration)
    slots.forEach((slot, index) => {
      if (slot.batch !== wanted[index]) void this.#stop(slot)
    })
    while (slots.length < wanted.length) slots.push({ batch: 0 })
    for (const [index, batch] of wanted.entries()) await this.#start(registration, slots[index]!, batch)
  }

  async #start({ options, handler }: Registration, slot: Slot, batch: number): Promise<void> {
    // A worker that still has something in hand is started again when it has finished.
    if (slot.id !== undefined || slot.stopping || this.#closed) return
    slot.id = 'starting'
    slot.batch = batch
    try {
      slot.id = await this.#native.work(this.name, { ...options, batchSize: batch }, handler)
    } catch (error) {
      slot.id = undefined
      throw error
    }
  }

  /** Resolves when it has finished what it has in hand. */
  #stop(slot: Slot): Promise<void> {
    const { id } = slot
    if (id === undefined) return slot.stopping ?? Promise.resolve()
    slot.id = undefined
    slot.stopping = this.#native.offWork(this.name, { id, wait: true }).catch(() => {}).then(() => {
      slot.stopping = undefined
      // It may have been wanted again while it was finishing.
      for (const registration of this.#registrations) if (registration.slots.includes(slot)) return this.#adjust(registration).catch(() => {})
    })
    return slot.stopping
  }

  #wrap(handler: Handler): Handler {
    const companion = this.#companion
    const { name } = this
    return (jobs, ...rest) =>
      companion.run(
        jobs.map(({ id, retryCount }) => ({ id, queue: name, attempt: retryCount === undefined ? undefined : retryCount + 1 })),
        (runs) => {
          jobs.forEach((job, index) => {
            const { signal } = runs[index]!.controller
            job.signal = job.signal ? AbortSignal.any([job.signal, signal]) : signal
          })
          return handler(jobs, ...rest)
        },
      )
  }
}
