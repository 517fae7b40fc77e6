/** How long `stop()` waits for requests that are being answered. */
const maxWaitMs = 10_000

/** The requests that are being answered, so that `stop()` can let them finish. */
export class Running {
  readonly #requests = new Set<Promise<void>>()
  #stopping = false

  async run(work: () => Promise<void>): Promise<void> {
    const request = work()
    this.#requests.add(request)
    try {
      await request
    } finally {
      this.#requests.delete(request)
    }
  }

  /** Since the host called `stop()`. */
  get stopping(): boolean {
    return this.#stopping
  }

  /** Resolves when every request has been answered, or after ten seconds. */
  async stop(): Promise<void> {
    this.#stopping = true
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, maxWaitMs)
    })
    await Promise.race([Promise.allSettled(this.#requests), limit])
    clearTimeout(timer)
  }
}
