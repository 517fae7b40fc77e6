import type { NumberedHint } from './hub.ts'

/** More than this one reader may be behind by; what then waits is told in fewer words. */
const maxHints = 200
const maxBytes = 64 * 1024

/**
 * Hints on their way to one reader. One who falls behind gets a single hint for each topic in place of those that
 * waited, "read all of it again", so that what is kept for a reader has a limit however slow it is.
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

  /** The last id of each topic, in order: whoever resumes from one of them misses nothing. */
  #coalesce(): void {
    const topics = new Map<string, NumberedHint>()
    for (const { id, hint: { topic } } of this.#waiting) {
      topics.delete(topic)
      topics.set(topic, { id, hint: { topic }, bytes: topic.length })
    }
    this.#waiting = [...topics.values()]
    this.#bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0)
  }
}
