import type { NumberedHint } from './hub.ts'

/** How far one reader may fall behind before its waiting hints are coalesced. */
const maxHints = 200
const maxBytes = 64 * 1024

/**
 * Hints waiting to be sent to one reader. If the reader falls behind, they are coalesced into one hint per topic, meaning
 * "read all of this topic again", so that memory per reader is bounded however slow it is.
 */
export class Outbox {
  #waiting: NumberedHint[] = []
  #bytes = 0

  get size(): number {
    return this.#waiting.length
  }

  add(numbered: NumberedHint): void {
    this.#waiting.push(numbered)
    this.#bytes += numbered.bytes
    if (this.#waiting.length > maxHints || this.#bytes > maxBytes) this.#coalesce()
  }

  next(): NumberedHint | undefined {
    const numbered = this.#waiting.shift()
    if (numbered) this.#bytes -= numbered.bytes
    return numbered
  }

  /** Keeps the last id of each topic, in order, so that a reader resuming from any of them misses nothing. */
  #coalesce(): void {
    const topics = new Map<string, NumberedHint>()
    for (const { id, hint: { topic, after } } of this.#waiting) {
      topics.delete(topic)
      topics.set(topic, { id, hint: { topic, after }, bytes: topic.length + (after?.length ?? 0) })
    }
    this.#waiting = [...topics.values()]
    this.#bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0)
  }
}
