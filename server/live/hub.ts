import type { PublishedHint } from '../db/hint.ts'

export interface NumberedHint {
  id: string
  hint: PublishedHint
  /** Roughly what it takes on the line. */
  bytes: number
}

type Listener = (numbered: NumberedHint) => void

const remembered = 500

/** Fans hints out to the streams of this process, and remembers the last ones for streams that come back. */
export class Hub {
  readonly #listeners = new Set<Listener>()
  readonly #ends = new Set<() => void>()
  readonly #places = new Map<string, number>()
  readonly #recent: NumberedHint[] = []
  /** Ids say nothing: numbers in a row would tell a listener how many hints are not for them. */
  #last: string = crypto.randomUUID()

  /** Do hints reach this process? While they do not, a stream that stays open would only look alive. */
  connected = false

  get size(): number {
    return this.#listeners.size
  }

  /** `bytes`: of the hint as it came. */
  publish(hint: PublishedHint, bytes = 100): void {
    const numbered = { id: crypto.randomUUID(), hint, bytes }
    this.#last = numbered.id
    this.#recent.push(numbered)
    if (this.#recent.length > remembered) this.#recent.shift()
    for (const listener of this.#listeners) listener(numbered)
  }

  /** One more stream of this actor, or undefined when it has `max` already; to be released when it ends. */
  takePlace(actor: string, max: number): (() => void) | undefined {
    const taken = this.#places.get(actor) ?? 0
    if (taken >= max) return undefined
    this.#places.set(actor, taken + 1)
    return () => {
      const left = (this.#places.get(actor) ?? 1) - 1
      if (left > 0) this.#places.set(actor, left)
      else this.#places.delete(actor)
    }
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
    if (lastEventId === this.#last) return []
    const index = this.#recent.findIndex(({ id }) => id === lastEventId)
    return index >= 0 ? this.#recent.slice(index + 1) : [{ id: this.#last, hint: { topic: 'reset' }, bytes: 0 }]
  }
}
