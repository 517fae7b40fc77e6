import type { PublishedHint } from '../db/hint.ts'

export interface NumberedHint {
  id: string
  hint: PublishedHint
}

type Listener = (numbered: NumberedHint) => void

const remembered = 500

/** Fans hints out to the streams of this process, and remembers the last ones for streams that come back. */
export class Hub {
  readonly #listeners = new Set<Listener>()
  readonly #ends = new Set<() => void>()
  readonly #recent: NumberedHint[] = []
  /** Hints of another process, or of one that has restarted, have another epoch: their ids say nothing here. */
  readonly #epoch = crypto.randomUUID().slice(0, 8)
  #count = 0

  /** Do hints reach this process? While they do not, a stream that stays open would only look alive. */
  connected = false

  get size(): number {
    return this.#listeners.size
  }

  publish(hint: PublishedHint): void {
    const numbered = { id: `${this.#epoch}-${++this.#count}`, hint }
    this.#recent.push(numbered)
    if (this.#recent.length > remembered) this.#recent.shift()
    for (const listener of this.#listeners) listener(numbered)
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Ends every stream; browsers come back by themselves and find another process, or this one restarted. */
  close(): void {
    for (const end of this.#ends) end()
  }

  onClose(end: () => void): () => void {
    this.#ends.add(end)
    return () => this.#ends.delete(end)
  }

  /** What came after `lastEventId`; a single `reset` when that cannot be known. */
  since(lastEventId: string): NumberedHint[] {
    const current = `${this.#epoch}-${this.#count}`
    if (lastEventId === current) return []
    const index = this.#recent.findIndex(({ id }) => id === lastEventId)
    return index >= 0 ? this.#recent.slice(index + 1) : [{ id: current, hint: { topic: 'reset' } }]
  }
}
