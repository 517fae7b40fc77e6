import pg from 'pg'

/** A statement that has had no answer for so long makes us ask whether the server is there at all. */
const askAfterMs = 1_500
/** So long the server may take to let a new connection in. */
const answerWithinMs = 2_000
const askAgainMs = 1_000
const checkEveryMs = 250

/** What waits for the server, and how its wait is ended. */
export interface Waiting {
  since: number
  /** Whatever the server does otherwise, nobody waits longer. */
  limitMs: number
  giveUp(error: Error): void
}

/**
 * Notices a server that keeps its connections open and says nothing, e.g. because its machine is stopped. A statement alone
 * cannot tell that from a lock or from much work, so a connection of its own asks: as long as anybody is let in or refused, a
 * statement that takes long is left to the server's own limits. Where nobody is, everything that waits is given up at once,
 * and nothing new begins until the server answers again.
 */
export class SilenceWatch {
  silent = false
  readonly #waiting = new Set<Waiting>()
  readonly #isThere: () => Promise<boolean>
  #timer: NodeJS.Timeout | undefined
  #asking = false
  #heardAt = 0
  #askedAt = 0
  #closed = false

  constructor(isThere: () => Promise<boolean>) {
    this.#isThere = isThere
  }

  /** Call `done` on what it returns when the server has answered. */
  begin(limitMs: number, giveUp: (error: Error) => void): Waiting {
    const waiting = { since: performance.now(), limitMs, giveUp }
    this.#waiting.add(waiting)
    this.#timer ??= setTimeout(() => this.#check(), checkEveryMs).unref()
    return waiting
  }

  /** `heard`: it was the server that answered, and not the connection that broke. */
  done(waiting: Waiting, heard: boolean): void {
    this.#waiting.delete(waiting)
    if (heard) this.#heardAt = performance.now()
  }

  /** Gives up whatever still waits. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    if (this.silent) this.#giveUpAll()
  }

  #check(): void {
    this.#timer = undefined
    if (this.#closed) return
    const now = performance.now()
    for (const waiting of this.#waiting) {
      if (now - waiting.since > waiting.limitMs) this.#giveUp(waiting)
    }
    const [oldest] = this.#waiting
    if ((this.silent || (oldest && now - oldest.since > askAfterMs)) && now - this.#askedAt > askAgainMs) void this.#ask()
    if (oldest || this.silent) this.#timer = setTimeout(() => this.#check(), checkEveryMs).unref()
  }

  async #ask(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    const begun = performance.now()
    const there = (await this.#isThere()) || this.#heardAt > begun
    this.#asking = false
    this.#askedAt = performance.now()
    this.silent = !there && !this.#closed
    if (this.silent) this.#giveUpAll()
  }

  #giveUpAll(): void {
    for (const waiting of this.#waiting) this.#giveUp(waiting)
  }

  #giveUp(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    waiting.giveUp(silenceError())
  }
}

/** Counts as unavailable by its code, like any other error of the network. */
export function silenceError(): Error {
  return Object.assign(new Error('The database does not answer.'), { code: 'ETIMEDOUT' })
}

/** Does the server let a connection in, or refuse it? Either is an answer. */
export function isServerThere(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, application_name: 'ops-powertools probe' })
  const begun = performance.now()
  return new Promise((resolve) => {
    client.on('error', () => {})
    const timer = setTimeout(() => {
      // Our own process may have been busy; then nothing is known.
      const unsure = performance.now() - begun > answerWithinMs + 500
      destroyConnection(client)
      resolve(unsure)
    }, answerWithinMs)
    const answered = () => {
      clearTimeout(timer)
      void endConnection(client)
      resolve(true)
    }
    client.connect().then(answered, answered)
  })
}

const farewellMs = 2_000

/** Says goodbye; a server that does not answer to that either is left. */
export async function endConnection(client: pg.Client): Promise<void> {
  const timer = setTimeout(() => destroyConnection(client), farewellMs)
  await client.end().catch(() => {})
  clearTimeout(timer)
}

/** Ends a connection without asking the server, which would have to answer. */
export function destroyConnection(client: pg.Client | pg.PoolClient, error?: Error): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(error?: Error): void } } }
  connection.stream.destroy(error)
}
