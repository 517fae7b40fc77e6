import type { EndedRun, HeldJob, StopOutcome } from '../executors/wire.ts'

/** A job as its worker knows it. */
export interface JobInHand {
  id: string
  queue: string
  /** Its task or name, where an engine has one beside the queue. */
  worker?: string
  /** Starts at 1. */
  attempt?: number
}

/** A run in progress. */
export interface Run extends JobInHand {
  readonly startedAt: number
  readonly controller: AbortController
  /** The audit event that wants it stopped. */
  stop?: string
}

interface Tally {
  done: number
  failed: number
}

/** Failed runs that are kept until they can be sent; of more than that only the number is kept. */
const maxRuns = 500
/** What happened lately is kept in slices of one beat. */
const slices = 6

/**
 * What this process has in hand and what has ended since it last reported. It grows with the slots of the process and never with
 * time, however long the database is away.
 */
export class Ledger {
  readonly #held = new Map<string, Run>()
  readonly #used = new Map<string, number>()
  readonly #tallies = new Map<string, Tally>()
  readonly #lately: { at: number; tallies: Map<string, Tally> }[] = []
  readonly #startedAt: number
  #since: number
  #runs: (JobInHand & { startedAt: number; endedAt: number; outcome: EndedRun['outcome'] })[] = []
  #unrecorded = 0
  #stops: { event: string; id: string; outcome?: StopOutcome['outcome']; at: number }[] = []

  constructor(now: number) {
    this.#startedAt = now
    this.#since = now
  }

  get held(): number {
    return this.#held.size
  }

  get heldIds(): string[] {
    return [...new Set([...this.#held.values()].map(({ id }) => id))]
  }

  used(queue: string): number {
    return this.#used.get(queue) ?? 0
  }

  find(id: string): Run[] {
    return [...this.#held.values()].filter((run) => run.id === id)
  }

  begin(job: JobInHand, now: number): Run {
    const run: Run = { ...job, startedAt: now, controller: new AbortController() }
    this.#held.set(keyOf(run), run)
    this.#used.set(job.queue, this.used(job.queue) + 1)
    return run
  }

  end(run: Run, failed: boolean, now: number): void {
    // A job that was taken again meanwhile, e.g. after its time limit, has another run.
    if (this.#held.get(keyOf(run)) === run) this.#held.delete(keyOf(run))
    this.#used.set(run.queue, Math.max(0, this.used(run.queue) - 1))
    const tally = tallyOf(this.#tallies, run.queue)
    if (failed) tally.failed += 1
    else tally.done += 1
    if (run.stop !== undefined) this.#stops.push({ event: run.stop, id: run.id, outcome: !failed ? 'completed' : 'stopped', at: now })
    if (!failed) return
    if (this.#runs.length >= maxRuns) this.#unrecorded += 1
    else this.#runs.push({ id: run.id, queue: run.queue, worker: run.worker, attempt: run.attempt, startedAt: run.startedAt, endedAt: now, outcome: run.stop === undefined ? 'failed' : 'stopped' })
  }

  /** Marks a run to be stopped. */
  heard(run: Run, event: string, now: number): void {
    run.stop = event
    this.#stops.push({ event, id: run.id, at: now })
  }

  /** What a beat says; `reported` is called once it has arrived. */
  report(now: number): { held: HeldJob[]; tallies: ReadonlyMap<string, Tally>; lately: ReadonlyMap<string, Tally>; up: number; seconds: number; latelySeconds: number; unrecorded: number; reported(): void } {
    const tallies = new Map([...this.#tallies].map(([queue, tally]) => [queue, { ...tally }]))
    const lately = new Map<string, Tally>()
    for (const slice of [...this.#lately, { tallies }]) for (const [queue, tally] of slice.tallies) add(tallyOf(lately, queue), tally, 1)
    const unrecorded = this.#unrecorded
    return {
      held: [...this.#held.values()].map(({ id, queue, worker, attempt, startedAt }) => ({ id, queue, worker: worker ?? null, attempt: attempt ?? null, age: (now - startedAt) / 1000 })),
      tallies,
      lately,
      up: (now - this.#startedAt) / 1000,
      seconds: (now - this.#since) / 1000,
      latelySeconds: (now - (this.#lately[0]?.at ?? this.#since)) / 1000,
      unrecorded,
      reported: () => {
        for (const [queue, tally] of tallies) add(tallyOf(this.#tallies, queue), tally, -1)
        this.#unrecorded -= unrecorded
        this.#lately.push({ at: this.#since, tallies })
        if (this.#lately.length >= slices) this.#lately.shift()
        this.#since = now
      },
    }
  }

  /** Failed runs to send; `sent` is called once they have arrived. */
  takeRuns(now: number): { runs: EndedRun[]; sent(): void } {
    const some = [...this.#runs]
    return {
      runs: some.map(({ startedAt, endedAt, worker, attempt, ...run }) => ({ ...run, worker: worker ?? null, attempt: attempt ?? null, started: (now - startedAt) / 1000, ended: (now - endedAt) / 1000 })),
      sent: () => {
        this.#runs = this.#runs.slice(some.length)
      },
    }
  }

  takeStops(now: number): { stops: StopOutcome[]; sent(): void } {
    const some = [...this.#stops]
    // The last that is known of each.
    const last = new Map(some.map((stop) => [`${stop.event} ${stop.id}`, stop]))
    return {
      stops: [...last.values()].map(({ at, ...stop }) => ({ ...stop, ago: (now - at) / 1000 })),
      sent: () => {
        this.#stops = this.#stops.slice(some.length)
      },
    }
  }
}

function keyOf({ id, queue, attempt }: JobInHand): string {
  return `${queue}\n${id}\n${attempt ?? ''}`
}

function tallyOf(tallies: Map<string, Tally>, queue: string): Tally {
  let tally = tallies.get(queue)
  if (!tally) tallies.set(queue, (tally = { done: 0, failed: 0 }))
  return tally
}

function add(to: Tally, { done, failed }: Tally, sign: 1 | -1): void {
  to.done += sign * done
  to.failed += sign * failed
}
