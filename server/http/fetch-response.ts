import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http'
import { Writable } from 'node:stream'

/** How much of an answer may wait for its reader. */
const maxWaitingBytes = 64 * 1024

const bodiless = new Set([204, 205, 304])
/** How the bytes of one connection are framed is the host's; that a connection should be closed is ours to say. */
const framing = new Set(['keep-alive', 'transfer-encoding'])

/**
 * Node's response as far as Koa and our streams use it, which becomes a `Response` of the fetch standard with its first byte. Bytes
 * are passed on as fast as they are read, so that a slow reader slows the writer down, as on a connection.
 */
export class FetchResponse extends Writable {
  statusCode = 200
  statusMessage = ''
  headersSent = false
  readonly req: IncomingMessage
  readonly answer: Promise<Response>
  readonly #headers = new Map<string, OutgoingHttpHeader>()
  #resolve!: (response: Response) => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #resume: (() => void) | undefined

  constructor(req: IncomingMessage) {
    super({ highWaterMark: maxWaitingBytes })
    this.req = req
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve
    })
    // A reader who left is no error; whoever writes sees that the stream is destroyed.
    this.on('error', () => {})
    this.once('close', () => req.destroy())
  }

  get socket(): IncomingMessage['socket'] {
    return this.req.socket
  }

  /** Koa and `on-finished` ask this of Node's response. */
  get finished(): boolean {
    return this.writableEnded
  }

  setHeader(name: string, value: OutgoingHttpHeader): this {
    this.#headers.set(name.toLowerCase(), value)
    return this
  }

  appendHeader(name: string, value: string | string[]): this {
    return this.setHeader(name, [this.getHeader(name) ?? [], value].flat().map(String))
  }

  getHeader(name: string): OutgoingHttpHeader | undefined {
    return this.#headers.get(name.toLowerCase())
  }

  getHeaders(): Record<string, OutgoingHttpHeader> {
    return Object.fromEntries(this.#headers)
  }

  getHeaderNames(): string[] {
    return [...this.#headers.keys()]
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name.toLowerCase())
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase())
  }

  writeHead(status: number, headers: Record<string, OutgoingHttpHeader> = {}): this {
    this.statusCode = status
    for (const [name, value] of Object.entries(headers)) this.setHeader(name, value)
    this.flushHeaders()
    return this
  }

  flushHeaders(): void {
    if (this.headersSent) return
    this.headersSent = true
    const hasBody = this.req.method !== 'HEAD' && !bodiless.has(this.statusCode)
    this.#resolve(new Response(hasBody ? this.#openBody() : null, { status: this.statusCode, headers: this.#toHeaders() }))
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.flushHeaders()
    if (!this.#controller) return done()
    // A copy, because the pool that small buffers share would go with it if the reader transferred it.
    this.#controller.enqueue(new Uint8Array(chunk))
    if ((this.#controller.desiredSize ?? 1) > 0) done()
    else this.#resume = done
  }

  override _final(done: () => void): void {
    this.flushHeaders()
    this.#controller?.close()
    this.#controller = undefined
    done()
  }

  /** For a reader who left. Hosts print an error of a body that nobody reads, so it just ends. */
  abandon(): void {
    this.#controller?.close()
    this.#controller = undefined
    this.destroy()
  }

  /** Cut off before its end: whoever reads must not take what came for all there is. A stream of hints has no end anyway. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.headersSent) {
      this.headersSent = true
      this.#resolve(new Response(null, { status: 499 }))
    } else if (this.getHeader('content-type') === 'text/event-stream') {
      if (!this.writableFinished) this.#controller?.close()
    } else if (!this.writableFinished) {
      this.#controller?.error(error ?? new Error('The response was cut off before its end.'))
    }
    this.#controller = undefined
    done(error)
  }

  #openBody(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => {
          const resume = this.#resume
          this.#resume = undefined
          resume?.()
        },
        cancel: () => {
          this.#controller = undefined
          this.destroy()
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: maxWaitingBytes }),
    )
  }

  #toHeaders(): Headers {
    const headers = new Headers()
    for (const [name, value] of this.#headers) {
      if (framing.has(name)) continue
      for (const each of [value].flat()) headers.append(name, String(each))
    }
    return headers
  }
}

/** Koa and our streams use no more of Node's response than this has. */
export function asServerResponse(response: FetchResponse): ServerResponse {
  return response as unknown as ServerResponse
}
