import { randomUUID } from 'node:crypto'
import { sqlState } from '../db/sqlstate.ts'
import { codeOf } from '../describe-failure.ts'
import { type Beat, beatIntervalMs, type Orders, wireOf } from '../executors/wire.ts'
import { type JobInHand, Ledger, type Run } from './ledger.ts'
import { type Link, openLink } from './link.ts'
import { type AttendOptions, checkOptions, identityOf } from './options.ts'

/** What operators want of a queue. */
export interface Wish {
  paused: boolean
  /** At most so many jobs at once in this process; null: what the host set. */
  limit: number | null
}

/** A queue that this process serves. */
export interface ServedQueue {
  name: string
  /** How many of its jobs can run at once here, now; null if it shares the slots of the process. */
  slots(): number | null
  /** Makes the workers do what is wanted. Called again until it succeeds. Left out: `mayTake` is asked instead. */
  obey?(wish: Wish): Promise<void> | void
}

/** Polling decides, hints only hasten it: every process has heard of a change after this long. */
const pollIntervalMs = 1_000
/** An error that only a migration or a setting can end is not tried every second. */
const slowRetryMs = 10_000
const signOffMs = 3_000
/** A host that starts while the database is down must not wait for it. */
const hearMs = 1_000

export const noWish: Wish = { paused: false, limit: null }

/** The part of a process's presence that all engines share: beats, what is wanted, and the jobs in hand. Never throws. */
export class Companion {
  readonly id = randomUUID()
  readonly ledger = new Ledger(performance.now())
  readonly #options: AttendOptions
  readonly #engine: string
  readonly #link: Link
  readonly #wire
  readonly #queues = new Map<string, ServedQueue>()
  readonly #wishes = new Map<string, Wish>()
  readonly #obeyed = new Map<string, Wish>()
  /** Slots of the process that all its queues share; null if each has its own. */
  slots: number | null = null
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #again = false
  #stopped = false
  #beatenAt = -Infinity
  #beatenShape = ''
  #failingSince: number | undefined
  #failedSinceBeat = false
  #stopping: Promise<void> | undefined
  #waiting: (() => void)[] = []

  constructor(options: AttendOptions, engine: string) {
    const { schema } = checkOptions(options)
    this.#options = options
    this.#engine = engine
    this.#wire = wireOf(schema)
    this.#link = openLink(options.database, this.#wire.channel, () => this.wake())
    this.#schedule(0)
  }

  serve(queue: ServedQueue): void {
    this.#queues.set(queue.name, queue)
    this.wake()
  }

  /** Waits until it is known what is wanted of the queues served now, so that a process that starts later begins as it should; but not for long. */
  async hear(): Promise<void> {
    if (this.#failingSince !== undefined || this.#stopped) return
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, hearMs)
    })
    const heard = new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.wake()
    await Promise.race([heard, limit])
    clearTimeout(timer)
  }

  leave(name: string): void {
    this.#queues.delete(name)
    this.#obeyed.delete(name)
  }

  wishFor(queue: string): Wish {
    return this.#wishes.get(queue) ?? noWish
  }

  /** May another job of the queue begin here? */
  mayTake(queue: string): boolean {
    const { paused, limit } = this.wishFor(queue)
    return !paused && (limit === null || this.ledger.used(queue) < limit)
  }

  /** How many jobs of a queue can run at once here, of those that the host allows. */
  limited(queue: string, own: number | null): number | null {
    const { paused, limit } = this.wishFor(queue)
    return paused ? 0 : own === null || limit === null ? own : Math.min(own, limit)
  }

  /** Runs a handler and keeps account of it. What it returns or throws is passed on unchanged. */
  async run<Answer>(jobs: readonly JobInHand[], handler: (runs: readonly Run[]) => Promise<Answer> | Answer): Promise<Answer> {
    const startedAt = performance.now()
    const runs = jobs.map((job) => this.ledger.begin(job, startedAt))
    let failed = true
    try {
      const answer = await handler(runs)
      failed = false
      return answer
    } finally {
      this.end(runs, failed)
    }
  }

  end(runs: readonly Run[], failed: boolean): void {
    const now = performance.now()
    for (const run of runs) this.ledger.end(run, failed, now)
    if (runs.some(({ stop }) => stop !== undefined)) this.wake()
  }

  /** Asks the database at once instead of at the next poll. */
  wake(): void {
    if (this.#stopped) return
    if (this.#running) this.#again = true
    else this.#schedule(0)
  }

  /** Signs off. Waits a few seconds at most; without a database, the process counts as missing. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#signOff())
  }

  async #signOff(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    const limit = new Promise<void>((resolve) => setTimeout(resolve, signOffMs).unref())
    const last = async (): Promise<void> => {
      await this.#running
      await this.#flush()
      await this.#beat(true)
    }
    await Promise.race([last().catch((error: unknown) => this.#report(error)), limit])
    await Promise.race([this.#link.close().catch(() => {}), limit])
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#running = this.#tick().finally(() => {
        this.#running = undefined
      })
    }, ms)
    this.#timer.unref()
  }

  async #tick(): Promise<void> {
    let wait = pollIntervalMs
    this.#again = false
    try {
      await this.#ask()
      if (performance.now() - this.#beatenAt >= beatIntervalMs - pollIntervalMs / 2 || this.#shape() !== this.#beatenShape) await this.#beat(false)
      await this.#flush()
      this.#reportRecovery()
    } catch (error) {
      wait = this.#report(error)
    }
    if (!this.#stopped) this.#schedule(this.#again ? 0 : wait)
  }

  async #ask(): Promise<void> {
    const names = [...this.#queues.keys()]
    const waiting = this.#waiting.splice(0)
    try {
      const [row] = await this.#link.query(this.#wire.poll, [names, this.ledger.heldIds])
      const { wishes, stops } = row!.orders as Orders
      for (const name of names) this.#wishes.delete(name)
      for (const { queue, paused, limit } of wishes) this.#wishes.set(queue, { paused, limit })
      await this.#obey(names)
      for (const { event, id } of stops) this.#stopJob(event, id)
    } finally {
      for (const resolve of waiting) resolve()
    }
  }

  /** Each queue on its own: one that cannot obey keeps no other from it. */
  async #obey(names: string[]): Promise<void> {
    for (const name of names) {
      const queue = this.#queues.get(name)
      if (!queue) continue
      const wish = this.wishFor(name)
      const { paused, limit } = this.#obeyed.get(name) ?? noWish
      if (paused === wish.paused && limit === wish.limit) continue
      try {
        await queue.obey?.(wish)
        this.#obeyed.set(name, wish)
      } catch (error) {
        this.#options.log?.warn('a queue could not be paused, resumed or scaled, trying again', { queue: name, error: error instanceof Error ? error.name : 'unknown' })
      }
    }
  }

  #stopJob(event: string, id: string): void {
    for (const run of this.ledger.find(id)) {
      if (run.stop !== undefined) continue
      this.ledger.heard(run, event, performance.now())
      run.controller.abort(new JobStopped(id))
    }
  }

  async #flush(): Promise<void> {
    const { runs, sent } = this.ledger.takeRuns(performance.now())
    if (runs.length) {
      await this.#link.query(this.#wire.recordRuns, [this.id, JSON.stringify(runs)])
      sent()
    }
    const { stops, sent: recorded } = this.ledger.takeStops(performance.now())
    if (stops.length) {
      await this.#link.query(this.#wire.recordStops, [this.id, JSON.stringify(stops)])
      recorded()
    }
  }

  async #beat(ended: boolean): Promise<void> {
    const now = performance.now()
    const shape = this.#shape()
    const { held, tallies, lately, reported, ...rest } = this.ledger.report(now)
    const beat: Beat = {
      ...identityOf(this.#options),
      ...rest,
      id: this.id,
      engine: this.#engine,
      slots: this.slots,
      held: ended ? [] : held,
      cause: this.#failedSinceBeat ? 'database' : 'process',
      ended,
      queues: [...new Set([...this.#queues.keys(), ...tallies.keys()])].map((queue) => {
        const { paused, limit } = this.#obeyed.get(queue) ?? noWish
        return {
          queue,
          slots: this.#queues.get(queue)?.slots() ?? null,
          used: ended ? 0 : this.ledger.used(queue),
          done: tallies.get(queue)?.done ?? 0,
          failed: tallies.get(queue)?.failed ?? 0,
          lately: lately.get(queue) ?? { done: 0, failed: 0 },
          paused,
          limit,
        }
      }),
    }
    await this.#link.query(this.#wire.beat, [JSON.stringify(beat)])
    reported()
    this.#beatenAt = now
    this.#beatenShape = shape
    this.#failedSinceBeat = false
  }

  /** What is worth a beat of its own when it changes: queues, slots, and what is obeyed. */
  #shape(): string {
    return JSON.stringify([this.slots, ...[...this.#queues.values()].map((queue) => [queue.name, queue.slots(), this.#obeyed.get(queue.name)])])
  }

  /** Logs an outage once. Returns how long to wait before the next attempt. */
  #report(error: unknown): number {
    this.#failedSinceBeat = true
    const code = codeOf(error)
    // Its row is gone, e.g. because the database was restored from a backup: the next beat makes it anew.
    if (code === sqlState.foreignKeyViolation) this.#beatenAt = -Infinity
    if (this.#failingSince === undefined) {
      this.#failingSince = performance.now()
      this.#options.log?.warn('the companion cannot reach its database; jobs go on, and it will report afterwards', { errorCode: code })
    }
    // 42…: a table is missing, or a right.
    return code?.startsWith('42') ? slowRetryMs : pollIntervalMs
  }

  #reportRecovery(): void {
    if (this.#failingSince === undefined) return
    const seconds = Math.round((performance.now() - this.#failingSince) / 1000)
    this.#failingSince = undefined
    this.#options.log?.info('the companion reports again', { seconds })
  }
}

/** The reason of the signal of a job that an operator cancelled. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped'

  constructor(id: string) {
    super(`Job ${id} was cancelled by an operator while it was running.`)
  }
}
