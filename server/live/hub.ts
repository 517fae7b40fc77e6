import type { PublishedHint } from '../db/hint.ts'

export interface NumberedHint {
  id: string
  hint: PublishedHint
  /** Approximate size when sent. */
  bytes: number
}

type Listener = (numbered: NumberedHint) => void

const maxRecent = 500

/** Fans hints out to this process's streams, and keeps the latest ones for streams that reconnect. */
export class Hub {
  readonly #listeners = new Set<Listener>()
  readonly #ends = new Set<() => void>()
  readonly #beats = new Set<(measuredAt: string) => void>()
  readonly #slots = new Map<string, number>()
  readonly #recent: NumberedHint[] = []
  /** Ids are random: consecutive numbers would reveal to a listener how many hints are withheld from them. */
  #last: string = crypto.randomUUID()

  /** Whether hints reach this process. If they do not, an open stream would only look alive. */
  connected = false

  get size(): number {
    return this.#listeners.size
  }

  /** `bytes` is the size of the hint as received. */
  publish(hint: PublishedHint, bytes = 100): void {
    const numbered = { id: crypto.randomUUID(), hint, bytes }
    this.#last = numbered.id
    this.#recent.push(numbered)
    if (this.#recent.length > maxRecent) this.#recent.shift()
    for (const listener of this.#listeners) listener(numbered)
  }

  /** Notifies all streams that the engine was measured, whether or not anything changed. Not kept: only the latest beat matters. */
  beat(measuredAt: string): void {
    for (const listener of this.#beats) listener(measuredAt)
  }

  onBeat(listener: (measuredAt: string) => void): () => void {
    this.#beats.add(listener)
    return () => this.#beats.delete(listener)
  }

  /** Reserves a stream for this actor. Returns the function that releases it, or undefined if the actor already has `max`. */
  acquireSlot(actor: string, max: number): (() => void) | undefined {
    const taken = this.#slots.get(actor) ?? 0
    if (taken >= max) return undefined
    this.#slots.set(actor, taken + 1)
    return () => {
      const left = (this.#slots.get(actor) ?? 1) - 1
      if (left > 0) this.#slots.set(actor, left)
      else this.#slots.delete(actor)
    }
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Ends every stream; browsers reconnect by themselves, to another process or to this one after a restart. */
  close(): void {
    for (const end of this.#ends) end()
  }

  onClose(end: () => void): () => void {
    this.#ends.add(end)
    return () => this.#ends.delete(end)
  }

  /** The hints after `lastEventId`, or a single `reset` if that id is no longer known. */
  since(lastEventId: string): NumberedHint[] {
    if (lastEventId === this.#last) return []
    const index = this.#recent.findIndex(({ id }) => id === lastEventId)
    return index >= 0 ? this.#recent.slice(index + 1) : [{ id: this.#last, hint: { topic: 'reset' }, bytes: 0 }]
  }
}
