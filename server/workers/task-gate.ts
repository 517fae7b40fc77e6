import type { Wish } from './companion.ts'

/** Limits how many jobs of a task run at once; jobs taken beyond the limit wait for their turn. */
export class TaskGate {
  #limit: number | null = null
  #running = 0
  readonly #waiting: (() => void)[] = []

  /** Is there room for another job? */
  get open(): boolean {
    return this.#limit === null || this.#running < this.#limit
  }

  obey({ limit }: Pick<Wish, 'limit'>): void {
    this.#limit = limit
    this.#admit()
  }

  async enter(): Promise<void> {
    if (!this.open) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running += 1
  }

  leave(): void {
    this.#running -= 1
    this.#admit()
  }

  #admit(): void {
    while (this.open && this.#waiting.length) {
      this.#running += 1
      this.#waiting.shift()!()
    }
  }
}
