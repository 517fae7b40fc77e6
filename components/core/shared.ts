/** A value that is loaded once and shared by many watchers. */
export class Shared<T> {
  value?: T
  error?: unknown
  private readonly load: () => Promise<T>
  private running?: Promise<void>
  private readonly watchers = new Set<() => void>()

  constructor(load: () => Promise<T>) {
    this.load = load
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher)
    if (this.value === undefined) void this.reload()
    return () => void this.watchers.delete(watcher)
  }

  /** Reloads; concurrent callers share one request. The last value stays until the new one arrives. */
  reload(): Promise<void> {
    return (this.running ??= this.run().finally(() => (this.running = undefined)))
  }

  private async run() {
    try {
      this.value = await this.load()
      this.error = undefined
    } catch (error) {
      this.error = error
    }
    for (const watcher of [...this.watchers]) watcher()
  }
}
