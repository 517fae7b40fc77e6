import pg from 'pg'

/** When a statement has had no answer for this long, we probe whether the server is there at all. */
const probeAfterMs = 1_500
/** How long the server may take to accept a new connection. */
const probeTimeoutMs = 2_000
const probeIntervalMs = 1_000
const checkIntervalMs = 250

/** Something that is waiting for the server, and how to end its wait. */
export interface Waiting {
  since: number
  /** The wait is given up after this long, even if the server is otherwise responsive. */
  limitMs: number
  giveUp(error: Error): void
}

/**
 * Detects a server that keeps its connections open but no longer responds, e.g. because its machine is suspended. From a
 * statement alone that cannot be distinguished from a lock wait or a slow query, so we probe with a new connection. As long as
 * the server accepts or refuses connections, slow statements are left to its own timeouts. Once it does neither, every wait is
 * given up at once, and no new one starts until the server responds again.
 */
export class SilenceWatch {
  silent = false
  readonly #waiting = new Set<Waiting>()
  readonly #isReachable: () => Promise<boolean>
  #timer: NodeJS.Timeout | undefined
  #probing = false
  #heardAt = 0
  #probedAt = 0
  #closed = false

  constructor(isReachable: () => Promise<boolean>) {
    this.#isReachable = isReachable
  }

  /** Registers a wait; pass the returned value to `done` when it is over. */
  begin(limitMs: number, giveUp: (error: Error) => void): Waiting {
    const waiting = { since: performance.now(), limitMs, giveUp }
    this.#waiting.add(waiting)
    this.#timer ??= setTimeout(() => this.#check(), checkIntervalMs).unref()
    return waiting
  }

  /** `heard`: the server itself answered, as opposed to a broken connection. */
  done(waiting: Waiting, heard: boolean): void {
    this.#waiting.delete(waiting)
    if (heard) this.#heardAt = performance.now()
  }

  /** Stops watching. If the server is silent, everything still waiting is given up. */
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
    if ((this.silent || (oldest && now - oldest.since > probeAfterMs)) && now - this.#probedAt > probeIntervalMs) void this.#probe()
    if (oldest || this.silent) this.#timer = setTimeout(() => this.#check(), checkIntervalMs).unref()
  }

  async #probe(): Promise<void> {
    if (this.#probing) return
    this.#probing = true
    const startedAt = performance.now()
    const reachable = (await this.#isReachable()) || this.#heardAt > startedAt
    this.#probing = false
    this.#probedAt = performance.now()
    this.silent = !reachable && !this.#closed
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

/** Its code classifies it as unavailability, like any other network error. */
export function silenceError(): Error {
  return Object.assign(new Error('The database does not answer.'), { code: 'ETIMEDOUT' })
}

/** Does the server accept or refuse a new connection? Either is an answer. */
export function isServerReachable(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, application_name: 'ops-powertools probe' })
  const startedAt = performance.now()
  return new Promise((resolve) => {
    client.on('error', () => {})
    const timer = setTimeout(() => {
      // If our own event loop was blocked, the timeout proves nothing.
      const unsure = performance.now() - startedAt > probeTimeoutMs + 500
      destroyConnection(client)
      resolve(unsure)
    }, probeTimeoutMs)
    const handleAnswer = () => {
      clearTimeout(timer)
      void endConnection(client)
      resolve(true)
    }
    client.connect().then(handleAnswer, handleAnswer)
  })
}

const closeTimeoutMs = 2_000

/** Closes the connection in an orderly way, or destroys it if the server does not respond to that either. */
export async function endConnection(client: pg.Client): Promise<void> {
  const timer = setTimeout(() => destroyConnection(client), closeTimeoutMs)
  await client.end().catch(() => {})
  clearTimeout(timer)
}

/** Drops a connection locally, without an exchange with the server. */
export function destroyConnection(client: pg.Client | pg.PoolClient, error?: Error): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(error?: Error): void } } }
  connection.stream.destroy(error)
}
