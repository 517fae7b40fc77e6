import type { LiveHint } from '../../schemas/index.ts'
import type { TestServer } from './server.ts'

/** An open stream of one person. */
export class LiveReader {
  readonly #stopped = new AbortController()
  #reading: Promise<void> = Promise.resolve()
  #text = ''
  #heard: LiveHint[] = []
  #wake: () => void = () => {}

  static async open({ api }: Pick<TestServer, 'api'>, who: string): Promise<LiveReader> {
    const reader = new LiveReader()
    const response = await fetch(`${api}/live`, { headers: { authorization: `Bearer ${who}` }, signal: reader.#stopped.signal })
    if (!response.ok || !response.body) throw new Error(`GET /live: got ${response.status}, expected a stream`)
    reader.#reading = reader.#read(response.body).catch(() => {})
    return reader
  }

  /** What was heard since the last time, up to the next hint of this topic, which is left out. */
  async takeUntil(topic: string): Promise<LiveHint[]> {
    for (;;) {
      const end = this.#heard.findIndex((hint) => hint.topic === topic)
      if (end >= 0) return this.#heard.splice(0, end + 1).slice(0, -1)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    await this.#reading
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      this.#text += decoder.decode(chunk, { stream: true })
      const blocks = this.#text.split('\n\n')
      this.#text = blocks.pop()!
      for (const block of blocks) {
        const data = /^data: (.+)$/m.exec(block)?.[1]
        if (data !== undefined) this.#heard.push(JSON.parse(data) as LiveHint)
      }
      this.#wake()
    }
  }
}
